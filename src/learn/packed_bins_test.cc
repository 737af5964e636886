// SPDX-License-Identifier: Apache-2.0
#include "learn/packed_bins.h"

#include <array>
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

TEST_F(PackedBins, SaysThatNothingIsThere) { expect_same(kMaxBins, false); }

}  // namespace
}  // namespace sleeve
