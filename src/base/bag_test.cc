// SPDX-License-Identifier: Apache-2.0
#include "base/bag.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace sleeve {
namespace {

TEST(Bag, WhatWasPackedIsUnpacked) {
  for (const size_t bytes : {1U, 2U, 3U, 61U, 128U}) {
    const BagLayout layout{LocalKind::kHistogram, bytes};
    std::vector<float> row(layout.columns(3));
    std::vector<uint8_t> vector(bytes);
    row[0] = 2.0F;
    for (size_t i = 0; i < 2; ++i) {
      for (size_t at = 0; at < bytes; ++at) vector[at] = static_cast<uint8_t>(255 - 7 * at - i);
      const ItemPlace place{0.25F * static_cast<float>(i + 1), 0.5F, 0.1F};
      pack_item(layout, place, vector, std::span(row).subspan(1 + i * layout.item(), layout.item()));
    }
    const BagRow bag(layout, row);
    ASSERT_EQ(bag.count(), 2U);
    std::vector<uint8_t> found(bytes);
    bag.unpack(1, found);
    EXPECT_EQ(found, vector);
    EXPECT_EQ(bag.place(1).x, 0.5F);
  }
}

TEST(Bag, ValuesThatNobodyPackedAreHarmless) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const BagLayout layout{LocalKind::kSigned, 3};
  std::vector<uint8_t> bytes(3);
  for (const float odd : {-1.0F, kInfinity, -kInfinity, std::nanf(""), 3e38F, 16777216.0F}) {
    std::vector<float> row(layout.columns(2), odd);
    const BagRow bag(layout, row);
    EXPECT_LE(bag.count(), 2U);
    row[0] = 2.0F;
    const BagRow full(layout, row);
    full.unpack(1, bytes);
    EXPECT_EQ(bytes, (std::vector<uint8_t>{0, 0, 0})) << odd;
  }
  EXPECT_EQ(BagRow(layout, {}).count(), 0U);
  const std::vector<float> claims_more = {1000.0F, 0, 0, 0, 0};
  EXPECT_EQ(BagRow(layout, claims_more).count(), 1U);
}

}  // namespace
}  // namespace sleeve
