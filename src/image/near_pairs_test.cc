// SPDX-License-Identifier: Apache-2.0
#include "image/near_pairs.h"

#include <bit>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace sleeve {
namespace {

using Pairs = std::vector<std::pair<size_t, size_t>>;

Pairs by_comparing_all(std::span<const uint64_t> hashes, int max_bits) {
  Pairs pairs;
  for (size_t i = 0; i < hashes.size(); ++i) {
    for (size_t j = i + 1; j < hashes.size(); ++j) {
      if (std::popcount(hashes[i] ^ hashes[j]) <= max_bits) pairs.emplace_back(i, j);
    }
  }
  return pairs;
}

TEST(NearPairs, FindsExactlyThePairsWithinTheDistance) {
  Rng rng(3);
  std::vector<uint64_t> hashes;
  for (int i = 0; i < 300; ++i) {
    // Families around a common hash, so that every distance occurs.
    const uint64_t centre = i % 10 == 0 || hashes.empty() ? rng.next() : hashes.back();
    uint64_t hash = centre;
    for (uint64_t flips = rng.below(8); flips > 0; --flips) hash ^= uint64_t{1} << rng.below(64);
    hashes.push_back(hash);
  }
  for (const int bits : {0, 1, 4, 7, 12, 15}) {
    const Pairs expected = by_comparing_all(hashes, bits);
    EXPECT_EQ(near_pairs(hashes, bits), expected) << bits << " bits";
    EXPECT_FALSE(bits > 0 && expected.empty());
  }
}

TEST(NearPairs, NothingToCompareGivesNothing) {
  EXPECT_TRUE(near_pairs({}, 4).empty());
  const std::vector<uint64_t> one = {7};
  EXPECT_TRUE(near_pairs(one, 4).empty());
}

}  // namespace
}  // namespace sleeve
