// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace sleeve {
namespace {

TEST(Rng, SameSeedSameSequence) {
  Rng a(7);
  Rng b(7);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
}

// xoshiro256** seeded by SplitMix64(0), as other implementations of the two give it (NumPy-free
// reference: Blackman and Vigna's C code).
TEST(Rng, IsXoshiro256StarStar) {
  Rng rng(0);
  EXPECT_EQ(0x99EC5F36CB75F2B4ULL, rng.next());
  EXPECT_EQ(0xBF6E1F784956452AULL, rng.next());
  EXPECT_EQ(0x1A5F849D4933E6E0ULL, rng.next());
}

TEST(Rng, StreamsDiffer) {
  std::vector<uint64_t> first;
  for (uint64_t stream = 0; stream < 1000; ++stream) first.push_back(Rng(7, stream).next());
  for (uint64_t seed = 8; seed < 1008; ++seed) first.push_back(Rng(seed, 0).next());
  std::ranges::sort(first);
  EXPECT_EQ(first.end(), std::ranges::adjacent_find(first));
}

TEST(Rng, BelowIsUniform) {
  Rng rng(1);
  std::array<int, 6> counts{};
  constexpr int kDraws = 60'000;
  for (int i = 0; i < kDraws; ++i) ++counts.at(rng.below(6));
  double chi_square = 0;
  for (const int count : counts) chi_square += std::pow(count - kDraws / 6.0, 2) / (kDraws / 6.0);
  EXPECT_LT(chi_square, 20.5);  // 5 degrees of freedom, one in a thousand
  EXPECT_EQ(0U, rng.below(1));
}

TEST(Rng, NormalHasItsMoments) {
  Rng rng(2);
  double sum = 0;
  double squares = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double value = rng.normal(3, 2);
    sum += value;
    squares += (value - 3) * (value - 3);
  }
  EXPECT_NEAR(3, sum / kDraws, 0.03);
  EXPECT_NEAR(4, squares / kDraws, 0.08);
}

TEST(Rng, UniformStaysInside) {
  Rng rng(3);
  for (int i = 0; i < 10'000; ++i) {
    const double value = rng.uniform(-2, 5);
    EXPECT_GE(value, -2);
    EXPECT_LT(value, 5);
  }
}

TEST(Rng, ShuffleKeepsAllAndMovesThem) {
  std::vector<int> values(50);
  std::iota(values.begin(), values.end(), 0);
  std::vector<int> shuffled = values;
  Rng(4).shuffle(std::span(shuffled));
  EXPECT_NE(values, shuffled);
  std::ranges::sort(shuffled);
  EXPECT_EQ(values, shuffled);
}

}  // namespace
}  // namespace sleeve
