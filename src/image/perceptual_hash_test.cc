// SPDX-License-Identifier: Apache-2.0
#include "image/perceptual_hash.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "image/picture_testing.h"

namespace sleeve {
namespace {

using namespace sleeve::testing;

std::optional<uint64_t> hash_of(const cv::Mat& pixels) {
  return perceptual_hash(picture_from_pixels(pixels));
}

int distance(const cv::Mat& a, const cv::Mat& b) {
  return hash_distance(hash_of(a).value(), hash_of(b).value());
}

TEST(PerceptualHash, SurvivesReencodingResizingAndBrightness) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const cv::Mat picture = textured(300, 300, seed);
    const Bytes poor = encoded(picture, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 30});
    EXPECT_LE(distance(picture, decode_picture(poor)->bgr), 4) << seed;
    cv::Mat smaller;
    cv::resize(picture, smaller, {97, 97}, 0, 0, cv::INTER_AREA);
    EXPECT_LE(distance(picture, smaller), 4) << seed;
    cv::Mat larger;
    cv::resize(picture, larger, {640, 640}, 0, 0, cv::INTER_CUBIC);
    EXPECT_LE(distance(picture, larger), 4) << seed;
    cv::Mat paler;
    picture.convertTo(paler, -1, 0.8, 25);
    EXPECT_LE(distance(picture, paler), 4) << seed;
  }
}

TEST(PerceptualHash, DifferentPicturesAreFarApart) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_GE(distance(textured(300, 300, seed), textured(300, 300, seed + 100)), 16) << seed;
  }
}

TEST(PerceptualHash, PlainPicturesHaveNone) {
  EXPECT_EQ(std::nullopt, hash_of(cv::Mat(300, 300, CV_8UC3, cv::Scalar::all(0))));
  EXPECT_EQ(std::nullopt, hash_of(cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 2, 3))));
  // A gradient has waves in one direction only: 7 of the 63 coefficients.
  cv::Mat gradient(256, 256, CV_8UC3);
  for (int x = 0; x < 256; ++x) gradient.col(x).setTo(cv::Scalar::all(x));
  EXPECT_EQ(std::nullopt, hash_of(gradient));
  // Grain alone averages out.
  cv::Mat grain(320, 320, CV_8UC3);
  Rng rng(5);
  for (int y = 0; y < grain.rows; ++y) {
    for (int x = 0; x < grain.cols; ++x)
      grain.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<uchar>(126 + rng.below(5)));
  }
  EXPECT_EQ(std::nullopt, hash_of(grain));
}

TEST(PerceptualHash, TheConstantHasNoBitAndTheOthersAreBalanced) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const uint64_t hash = hash_of(textured(200, 150, seed)).value();
    EXPECT_EQ(0U, hash & 1U);
    EXPECT_EQ(31, hash_distance(hash, 0));  // 31 of 63 are above their median
  }
}

// The definition, again: OpenCV's area average and floating-point DCT.
TEST(PerceptualHash, IsTheDefinition) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const Picture picture = picture_from_pixels(textured(320, 256, seed));  // whole pixels to a cell
    cv::Mat cells;
    picture.grey.convertTo(cells, CV_64F);
    cv::resize(cells, cells, {32, 32}, 0, 0, cv::INTER_AREA);
    cv::Mat waves;
    cv::dct(cells, waves);
    std::vector<double> values;
    for (int i = 1; i < 64; ++i) values.push_back(waves.at<double>(i / 8, i % 8));
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    uint64_t expected = 0;
    for (size_t i = 0; i < 63; ++i) {
      if (values[i] > sorted[31]) expected |= uint64_t{1} << (i + 1);
    }
    // A coefficient that equals the median but for rounding may fall to either side.
    EXPECT_LE(hash_distance(expected, perceptual_hash(picture).value()), 1) << seed;
  }
}

// Bits for all time: hashes stand in catalogues. The value is from NumPy, in floating point.
TEST(PerceptualHash, StaysTheSame) {
  cv::Mat picture(75, 100, CV_8UC3);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      picture.at<cv::Vec3b>(y, x) =
          cv::Vec3b::all(static_cast<uchar>((x * x + 3 * x * y / 7 + y * y * y / 50) % 251));
    }
  }
  EXPECT_EQ(0xffffd7e9900000c0ULL, hash_of(picture).value());
}

}  // namespace
}  // namespace sleeve
