// SPDX-License-Identifier: Apache-2.0
#include "feature/lbp.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "base/rng.h"
#include "image/picture.h"

namespace sleeve {
namespace {

Picture random_picture(int height, int width, uint64_t seed, uint64_t levels) {
  cv::Mat bgr(height, width, CV_8UC3);
  Rng rng(seed);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto grey = static_cast<uint8_t>(rng.below(levels) * (255 / (levels - 1)));
      bgr.at<cv::Vec3b>(y, x) = {grey, grey, grey};
    }
  }
  return picture_from_pixels(bgr);
}

// The definition, pixel by pixel: a pixel outside the picture is 0.
int code_at(const cv::Mat& grey, const std::vector<LbpPoint>& points, int y, int x) {
  const auto pixel = [&](int row, int column) {
    const bool inside = row >= 0 && column >= 0 && row < grey.rows && column < grey.cols;
    return inside ? int{grey.at<uint8_t>(row, column)} : 0;
  };
  int ones = 0, changes = 0;
  std::vector<bool> bits;
  for (const LbpPoint& point : points) {
    const int row = y + point.row, column = x + point.column;
    const int sum = point.weights[0] * pixel(row, column) + point.weights[1] * pixel(row, column + 1) +
                    point.weights[2] * pixel(row + 1, column) + point.weights[3] * pixel(row + 1, column + 1);
    bits.push_back(sum >= 32768 * pixel(y, x));
    ones += bits.back() ? 1 : 0;
    if (bits.size() > 1 && bits[bits.size() - 1] != bits[bits.size() - 2]) ++changes;
  }
  return changes <= 2 ? ones : static_cast<int>(points.size()) + 1;
}

std::vector<float> reference(const Picture& picture, const LbpOptions& options) {
  const auto points = lbp_points(options.points, options.radius);
  std::vector<double> counts(points.size() + 2);
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      counts[static_cast<size_t>(code_at(picture.grey, points, y, x))] += 1.0;
    }
  }
  std::vector<float> histogram;
  for (const double count : counts) {
    histogram.push_back(static_cast<float>(count / static_cast<double>(picture.grey.total())));
  }
  return histogram;
}

TEST(LbpPoints, WeightsSumToExactlyOneAndLieWhereScikitImageLooks) {
  for (const auto& [count, radius] : {std::pair{24, 8}, {8, 1}, {16, 2}, {64, 32}, {5, 3}}) {
    for (const LbpPoint& point : lbp_points(count, radius)) {
      EXPECT_EQ(point.weights[0] + point.weights[1] + point.weights[2] + point.weights[3], 32768);
      for (const int32_t weight : point.weights) EXPECT_GE(weight, 0);
    }
  }
  const auto points = lbp_points(24, 8);
  EXPECT_EQ(points[0].row, 0);  // to the right, exactly on a pixel
  EXPECT_EQ(points[0].column, 8);
  EXPECT_EQ(points[0].weights[0], 32768);
  EXPECT_EQ(points[2].row, -4);  // 30°: 4 up, 6.92820 to the right
  EXPECT_EQ(points[2].column, 6);
  EXPECT_EQ(points[2].weights[1], 30415);  // 0.92820 × 32768
  EXPECT_EQ(points[2].weights[2], 0);
  EXPECT_EQ(points[6].row, -8);  // straight up
  EXPECT_EQ(points[6].column, 0);
}

TEST(LbpDescriptor, CountsWhatTheDefinitionSays) {
  // Few grey levels give many ties, many levels give many shapes.
  for (const uint64_t levels : {2, 3, 16, 256}) {
    for (const auto& [height, width] :
         {std::pair{1, 1}, {1, 70}, {70, 1}, {17, 31}, {20, 32}, {9, 33}, {40, 64}, {33, 100}, {8, 8}}) {
      const Picture picture =
          random_picture(height, width, levels * 1000 + static_cast<uint64_t>(width), levels);
      LbpDescriptor descriptor({});
      std::vector<float> ours(descriptor.size());
      ASSERT_TRUE(descriptor.describe(picture, ours).ok());
      EXPECT_EQ(ours, reference(picture, {})) << height << " × " << width << ", " << levels << " levels";
    }
  }
}

TEST(LbpDescriptor, HoldsForOtherCirclesToo) {
  for (const LbpOptions options :
       {LbpOptions{8, 1}, LbpOptions{16, 2}, LbpOptions{64, 32}, LbpOptions{5, 3}}) {
    const Picture picture = random_picture(45, 52, 3, 8);
    LbpDescriptor descriptor(options);
    std::vector<float> ours(descriptor.size());
    ASSERT_TRUE(descriptor.describe(picture, ours).ok());
    EXPECT_EQ(ours, reference(picture, options)) << options.points << " points, radius " << options.radius;
  }
}

// lbp_row() takes the vector code where the CPU has it; the plain code has to give the same.
TEST(LbpRow, PlainAndVectorCodeAgreeOnEveryCode) {
  const auto points = lbp_points(24, 8);
  constexpr int kMargin = 9;
  for (const size_t width : {1U, 31U, 32U, 33U, 100U}) {
    Rng rng(width);
    const size_t stride = width + 2 * kMargin + 64;
    std::vector<std::vector<uint8_t>> pixels(2 * kMargin + 1, std::vector<uint8_t>(stride));
    std::vector<std::vector<int16_t>> pairs(2 * kMargin + 1, std::vector<int16_t>(2 * stride));
    std::vector<const uint8_t*> rows;
    std::vector<const int16_t*> pair_rows;
    for (size_t k = 0; k < pixels.size(); ++k) {
      for (size_t x = 0; x < width; ++x) pixels[k][x + kMargin] = static_cast<uint8_t>(rng.below(6) * 51);
      for (size_t x = 0; x + 1 < stride; ++x) {
        pairs[k][2 * x] = pixels[k][x];
        pairs[k][2 * x + 1] = pixels[k][x + 1];
      }
      rows.push_back(pixels[k].data());
      pair_rows.push_back(pairs[k].data());
    }
    const LbpWindow window{rows, pair_rows, kMargin, width};
    std::vector<uint8_t> plain(width + 32), fast(width + 32);
    lbp_row_plain(points, window, plain.data());
    lbp_row(points, window, fast.data());
    plain.resize(width);
    fast.resize(width);
    EXPECT_EQ(plain, fast) << width;
  }
}

}  // namespace
}  // namespace sleeve
