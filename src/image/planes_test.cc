// SPDX-License-Identifier: Apache-2.0
#include "image/planes.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "base/rng.h"
#include "image/picture.h"

namespace sleeve {
namespace {

cv::Mat noise(int height, int width, uint64_t seed) {
  Rng rng(seed);
  cv::Mat bgr(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < 3 * width; ++x) bgr.ptr<uint8_t>(y)[x] = static_cast<uint8_t>(rng.below(256));
  }
  return bgr;
}

// Every pixel's area under the output pixel counted one by one on a grid that both sizes divide.
int slow_mean(const cv::Mat& bgr, int side, int row, int column, int channel) {
  int64_t sum = 0;
  for (int y = row * bgr.rows; y < (row + 1) * bgr.rows; ++y) {
    for (int x = column * bgr.cols; x < (column + 1) * bgr.cols; ++x) {
      sum += bgr.at<cv::Vec3b>(y / side, x / side)[channel];
    }
  }
  const int64_t area = int64_t{bgr.rows} * bgr.cols;
  return static_cast<int>((2 * sum + area) / (2 * area));
}

TEST(ShrinkToSquare, GivesTheExactMeanRoundedHalfUp) {
  for (const auto& [height, width] : {std::pair{37, 53}, {16, 64}, {7, 11}, {1, 1}, {8, 8}, {5, 200}}) {
    const cv::Mat bgr = noise(height, width, 5);
    const cv::Mat small = shrink_to_square(bgr, 8);
    ASSERT_EQ(small.size(), cv::Size(8, 8));
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 8; ++x) {
        for (int c = 0; c < 3; ++c) {
          ASSERT_EQ(small.at<cv::Vec3b>(y, x)[c], slow_mean(bgr, 8, y, x, c)) << height << " × " << width;
        }
      }
    }
  }
}

// 255 × 5,000 × 4,000 doesn't fit into 32 bits.
TEST(ShrinkToSquare, LargePicturesDoNotOverflow) {
  cv::Mat bgr(4000, 5000, CV_8UC3, cv::Scalar(255, 254, 3));
  bgr.colRange(2500, 5000).setTo(cv::Scalar(0, 1, 255));
  const cv::Mat small = shrink_to_square(bgr, 2);
  EXPECT_EQ(small.at<cv::Vec3b>(1, 0), cv::Vec3b(255, 254, 3));
  EXPECT_EQ(small.at<cv::Vec3b>(0, 1), cv::Vec3b(0, 1, 255));
  EXPECT_EQ(shrink_to_square(bgr, 1).at<cv::Vec3b>(0, 0), cv::Vec3b(128, 128, 129));
}

TEST(Planes, AreTheHalvedPictureInOpenCvsColourSpaces) {
  const Picture picture = picture_from_pixels(noise(300, 200, 8));
  const cv::Mat expected = halve(shrink_to_square(picture.bgr, 256));
  EXPECT_EQ(cv::norm(picture.planes->bgr(128), expected, cv::NORM_INF), 0);
  cv::Mat lab, hsv, grey;
  cv::cvtColor(expected, lab, cv::COLOR_BGR2Lab);
  cv::cvtColor(expected, hsv, cv::COLOR_BGR2HSV);
  cv::cvtColor(expected, grey, cv::COLOR_BGR2GRAY);
  EXPECT_EQ(cv::norm(picture.planes->lab(128), lab, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(picture.planes->hsv(128), hsv, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(picture.planes->grey(128), grey, cv::NORM_INF), 0);
  EXPECT_EQ(picture.planes->bgr(32).size(), cv::Size(32, 32));
}

TEST(Planes, AreMadeOnceForAllThreads) {
  const Picture picture = picture_from_pixels(noise(90, 120, 1));
  std::vector<const uint8_t*> seen(8);
  std::vector<std::thread> threads;
  for (const uint8_t*& data : seen) {
    threads.emplace_back([&] { data = picture.planes->lab(64).data; });
  }
  for (std::thread& thread : threads) thread.join();
  for (const uint8_t* data : seen) EXPECT_EQ(data, seen[0]);
  EXPECT_EQ(picture.planes->lab(64).data, seen[0]);
}

TEST(Halve, RoundsHalfUp) {
  cv::Mat bgr(2, 2, CV_8UC3, cv::Scalar(0, 1, 255));
  bgr.at<cv::Vec3b>(0, 0) = {2, 2, 255};
  EXPECT_EQ(halve(bgr).at<cv::Vec3b>(0, 0), cv::Vec3b(1, 1, 255));
}

}  // namespace
}  // namespace sleeve
