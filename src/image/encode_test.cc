// SPDX-License-Identifier: Apache-2.0
#include "image/encode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "base/rng.h"
#include "image/picture_testing.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

// Noise over a gradient: every coefficient has something to say.
cv::Mat noisy(int width, int height, int type, uint64_t seed) {
  cv::Mat picture(height, width, type);
  Rng rng(seed);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width * picture.channels(); ++x) {
      picture.ptr(y)[x] = static_cast<uint8_t>((x + y) % 160 + static_cast<int>(rng.below(96)));
    }
  }
  return picture;
}

std::vector<cv::Mat> pictures() {
  return {noisy(1, 1, CV_8UC3, 1), noisy(17, 9, CV_8UC3, 2), noisy(200, 131, CV_8UC3, 3),
          noisy(64, 65, CV_8UC1, 4),
          noisy(300, 300, CV_8UC3, 5)(cv::Rect(10, 20, 100, 70))};  // rows that don't follow one another
}

TEST(Encode, JpegsAreThoseOfOpenCv) {
  for (const cv::Mat& picture : pictures()) {
    for (const int quality : {1, 30, 75, 92, 100}) {
      const auto jpeg = encode_jpeg(picture, quality);
      ASSERT_TRUE(jpeg.ok()) << jpeg.error().message;
      EXPECT_EQ(*jpeg, testing::encoded(picture, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality}))
          << picture.size << " " << quality;
    }
  }
}

TEST(Encode, PngsAreThoseOfOpenCv) {
  for (const cv::Mat& picture : pictures()) {
    const auto png = encode_png(picture);
    ASSERT_TRUE(png.ok()) << png.error().message;
    EXPECT_EQ(*png, testing::encoded(picture, ".png")) << picture.size;
  }
}

TEST(Encode, WhatAFormatCannotHoldIsRefused) {
  const auto jpeg = encode_jpeg(cv::Mat(1, 65'501, CV_8UC1, cv::Scalar(7)), 90);
  ASSERT_FALSE(jpeg.ok());
  EXPECT_EQ(jpeg.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(jpeg.error().message, HasSubstr("65501 × 1"));
  const auto png = encode_png(cv::Mat(1, 1'000'001, CV_8UC1, cv::Scalar(7)));
  ASSERT_FALSE(png.ok());
  EXPECT_EQ(png.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace sleeve
