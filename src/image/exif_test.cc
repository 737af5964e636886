// SPDX-License-Identifier: Apache-2.0
#include "image/exif.h"

#include <gtest/gtest.h>

#include "image/picture_testing.h"

namespace sleeve {
namespace {

using namespace sleeve::testing;

// Applying a turn and the one that undoes it gives the picture back.
TEST(Exif, EachTurnHasItsInverse) {
  const cv::Mat picture = textured(7, 5);
  const int inverse[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat turned = turn_upright(picture, orientation);
    EXPECT_EQ(orientation >= 5 ? cv::Size(5, 7) : cv::Size(7, 5), turned.size()) << orientation;
    EXPECT_EQ(0, largest_difference(picture, turn_upright(turned, inverse[orientation]))) << orientation;
  }
}

TEST(Exif, ANonsenseOrientationIsUpright) {
  for (const uint32_t value : {0U, 9U, 65535U}) {
    const Bytes bytes = to_bytes(exif_block(value));
    EXPECT_EQ(1, exif_orientation(ByteView(bytes)));
  }
  EXPECT_EQ(1, exif_orientation(ByteView()));
  const Bytes good = to_bytes(exif_block(8));
  EXPECT_EQ(8, exif_orientation(ByteView(good)));
}

}  // namespace
}  // namespace sleeve
