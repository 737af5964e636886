// SPDX-License-Identifier: Apache-2.0
#include "learn/packed_bins.h"

#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace sleeve {
namespace {

struct Sums {
  std::vector<uint64_t> low, high;
  std::vector<uint8_t> occupied;
};

class PackedBins : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!sums_wide()) GTEST_SKIP() << "this machine has no AVX-512 with VBMI2: the plain way is used";
  }

  // One bin in `sparsity` has rows; a row's class is in the low word, in the high one, or there are both.
  void fill(size_t all_bins, uint64_t sparsity, bool two_words) {
    for (size_t bin = 0; bin < all_bins; ++bin) {
      if (rng_.below(sparsity) != 0) continue;
      const uint64_t which = two_words ? rng_.below(3) : 0;
      if (which != 1)
        low_[bin] = packed_draws(rng_.below(kClassesPerWord), 1 + static_cast<uint32_t>(rng_.below(200)));
      if (which != 0)
        high_[bin] = packed_draws(rng_.below(kClassesPerWord), 1 + static_cast<uint32_t>(rng_.below(200)));
    }
  }

  [[nodiscard]] Sums one_by_one() const {
    Sums sums;
    uint64_t low = 0;
    uint64_t high = 0;
    for (size_t bin = 0; bin < kMaxBins; ++bin) {
      low += low_[bin];
      high += high_[bin];
      if ((low_[bin] | high_[bin]) == 0) continue;
      sums.low.push_back(low);
      sums.high.push_back(high);
      sums.occupied.push_back(static_cast<uint8_t>(bin));
    }
    return sums;
  }

  void expect_same(size_t all_bins, bool two_words) {
    const Sums expected = one_by_one();
    std::array<uint64_t, kLeftPlaces> low;
    std::array<uint64_t, kLeftPlaces> high;
    std::array<uint8_t, kOccupiedPlaces> occupied;
    const size_t bins = sum_wide({low_.data(), two_words ? high_.data() : nullptr}, all_bins,
                                 {low.data(), two_words ? high.data() : nullptr}, occupied.data());
    ASSERT_EQ(bins, expected.occupied.size());
    for (size_t i = 0; i < bins; ++i) {
      EXPECT_EQ(occupied[i], expected.occupied[i]);
      EXPECT_EQ(low[i], expected.low[i]);
      if (two_words) {
        EXPECT_EQ(high[i], expected.high[i]);
      }
    }
    for (size_t i = bins; i < bins + kCutsAtOnce; ++i) {
      EXPECT_EQ(low[i], bins == 0 ? 0 : expected.low.back()) << "all is on the left behind the last bin";
      if (two_words) {
        EXPECT_EQ(high[i], bins == 0 ? 0 : expected.high.back());
      }
    }
    EXPECT_EQ(low_, (std::array<uint64_t, kMaxBins>{})) << "cleared for the next feature";
    EXPECT_EQ(high_, (std::array<uint64_t, kMaxBins>{}));
  }

  Rng rng_{5};
  std::array<uint64_t, kMaxBins> low_{};
  std::array<uint64_t, kMaxBins> high_{};
};

TEST_F(PackedBins, SumsAsOneBinAfterTheOther) {
  for (const bool two_words : {false, true}) {
    for (const size_t all_bins : {1, 7, 8, 9, 64, 200, 255, 256}) {
      for (const uint64_t sparsity : {1, 2, 9, 100}) {
        SCOPED_TRACE(testing::Message()
                     << all_bins << " bins, one in " << sparsity << ", two words " << two_words);
        fill(all_bins, sparsity, two_words);
        expect_same(all_bins, two_words);
      }
    }
  }
}

TEST_F(PackedBins, SumsNarrowDrawsAsWideOnes) {
  constexpr size_t kClasses = 3;
  for (const size_t all_bins : {1, 15, 16, 17, 100, 256}) {
    for (const uint64_t sparsity : {1, 3, 50}) {
      SCOPED_TRACE(testing::Message() << all_bins << " bins, one in " << sparsity);
      std::array<uint32_t, kMaxBins> halves{};
      std::array<uint64_t, kMaxBins> words{};
      uint32_t all_draws = 0;
      for (size_t bin = 0; bin < all_bins; ++bin) {
        if (rng_.below(sparsity) != 0) continue;
        const auto label = static_cast<size_t>(rng_.below(kClasses));
        const auto draws = 1 + static_cast<uint32_t>(rng_.below(3));
        halves[bin] += narrow_draws(kClasses, label, draws);
        words[bin] += packed_draws(label, draws);
        all_draws += draws;
      }
      ASSERT_TRUE(fits_narrow(kClasses, all_draws));
      std::array<uint32_t, kNarrowPlaces> left;
      std::array<uint64_t, kLeftPlaces> expected;
      std::array<uint8_t, kOccupiedPlaces> occupied;
      std::array<uint8_t, kOccupiedPlaces> expected_occupied;
      const size_t bins = sum_narrow(halves.data(), all_bins, left.data(), occupied.data());
      ASSERT_EQ(bins, sum_wide({words.data(), nullptr}, all_bins, {expected.data(), nullptr},
                               expected_occupied.data()));
      for (size_t i = 0; i < bins; ++i) EXPECT_EQ(occupied[i], expected_occupied[i]);
      for (size_t i = 0; i < bins + kCutsAtOnce; ++i) {
        for (size_t label = 0; label < kClasses; ++label) {
          EXPECT_EQ(left[i] >> (10 * label) & 0x3ff, expected[i] >> (16 * label) & 0xffff);
        }
      }
      EXPECT_EQ(halves, (std::array<uint32_t, kMaxBins>{}));
    }
  }
}

TEST(PackedScore, OfNarrowDrawsIsTheSameToTheBit) {
  Rng rng(9);
  for (const size_t classes : {2, 3, 4}) {
    const uint32_t limit = (1U << narrow_bits(classes)) - 1;
    ASSERT_TRUE(fits_narrow(classes, limit));
    ASSERT_FALSE(fits_narrow(classes, limit + 1));
    PackedNode node;
    std::array<uint32_t, 16> narrow{};
    std::array<uint64_t, 16> wide{};
    for (size_t label = 0; label < classes; ++label) {
      uint32_t count = 0;
      for (size_t i = 0; i < wide.size(); ++i) {
        count += static_cast<uint32_t>(rng.below(limit / (wide.size() * classes) + 1));
        narrow[i] += narrow_draws(classes, label, count);
        wide[i] += packed_draws(label, count);
      }
      node.weights[label] = 0.5 + rng.uniform();
      node.totals[label] = (count + 3) * node.weights[label];
      node.mass += node.totals[label];
      node.squares += node.totals[label] * node.totals[label];
    }
    std::array<double, 16> scores;
    std::array<double, 16> expected;
    const double largest = score_narrow(narrow.data(), classes, 16, node, scores.data());
    EXPECT_EQ(largest, score_packed(wide.data(), nullptr, classes, 16, node, expected.data()));
    EXPECT_GT(largest, 0);
    for (size_t i = 0; i < scores.size(); ++i) {
      if (!std::isnan(expected[i])) {
        EXPECT_EQ(scores[i], expected[i]);
      }
    }
  }
  EXPECT_FALSE(fits_narrow(5, 1));
}

TEST_F(PackedBins, SaysThatNothingIsThere) { expect_same(kMaxBins, false); }

}  // namespace
}  // namespace sleeve
