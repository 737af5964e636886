// SPDX-License-Identifier: Apache-2.0
#include "feature/resample.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace sleeve {
namespace {

TEST(AxisFilter, WeightsSumToOneStayInsideAndNeverGoBack) {
  for (const size_t input : {1U, 2U, 3U, 20U, 99U, 100U, 101U, 112U, 113U, 130U, 300U, 640U, 3001U}) {
    for (const size_t output : {8U, 100U}) {
      const AxisFilter filter = make_axis_filter(input, output);
      ASSERT_EQ(filter.first.size(), output);
      for (size_t k = 0; k < output; ++k) {
        const auto& weights = filter.weights[k];
        EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1.0, 1e-12);
        EXPECT_LE(filter.first[k] + weights.size(), input);
        EXPECT_GE(filter.first[k], filter.first[k == 0 ? 0 : k - 1]);
      }
    }
  }
}

TEST(AxisFilter, IsTheIdentityWhereNothingChangesSize) {
  const AxisFilter filter = make_axis_filter(100, 100);
  for (size_t k = 0; k < 100; ++k) {
    EXPECT_EQ(filter.first[k], k);
    EXPECT_EQ(filter.weights[k], std::vector<double>{1.0});
  }
}

TEST(AxisFilter, InterpolatesWithoutSmoothingWhereThePictureGrows) {
  const AxisFilter filter = make_axis_filter(2, 8);  // positions -0.375, -0.125, 0.125, …, 1.375
  EXPECT_EQ(filter.weights[0], (std::vector<double>{0.625, 0.375}));  // mirrored at the border
  EXPECT_EQ(filter.weights[2], (std::vector<double>{0.875, 0.125}));
}

// What scikit-image does, step by step on each channel at full size.
class StepByStep {
 public:
  static std::vector<double> line(const std::vector<double>& in, size_t output) {
    const auto n = static_cast<long>(in.size());
    const double factor = static_cast<double>(n) / static_cast<double>(output);
    const double sigma = std::max(0.0, (factor - 1) / 2);
    const auto radius = static_cast<long>(4 * sigma + 0.5);
    std::vector<double> smooth(in.size());
    for (long i = 0; i < n; ++i) {
      double sum = 0, weights = 0;
      for (long k = -radius; k <= radius; ++k) {
        const double weight = radius == 0 ? 1 : std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma));
        sum += weight * in[static_cast<size_t>(fold(i + k, n))];
        weights += weight;
      }
      smooth[static_cast<size_t>(i)] = sum / weights;
    }
    std::vector<double> out;
    for (size_t k = 0; k < output; ++k) {
      const double position = std::abs((static_cast<double>(k) + 0.5) * factor - 0.5);
      const auto low = static_cast<long>(std::floor(position));
      const double share = position - static_cast<double>(low);
      out.push_back((1 - share) * smooth[static_cast<size_t>(fold(low, n))] +
                    share * smooth[static_cast<size_t>(fold(low + 1, n))]);
    }
    return out;
  }

 private:
  static long fold(long i, long n) {
    if (n == 1) return 0;
    while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
    return i;
  }
};

std::vector<double> grey_step_by_step(const cv::Mat& bgr, size_t side) {
  const double coefficients[3] = {0.0721, 0.7154, 0.2125};
  std::vector<double> grey(side * side, 0.0);
  for (int channel = 0; channel < 3; ++channel) {
    std::vector<std::vector<double>> columns;  // each already resized down
    for (int x = 0; x < bgr.cols; ++x) {
      std::vector<double> column;
      for (int y = 0; y < bgr.rows; ++y) column.push_back(bgr.at<cv::Vec3b>(y, x)[channel] / 255.0);
      columns.push_back(StepByStep::line(column, side));
    }
    for (size_t y = 0; y < side; ++y) {
      std::vector<double> row;
      for (const auto& column : columns) row.push_back(column[y]);
      const auto resized = StepByStep::line(row, side);
      for (size_t x = 0; x < side; ++x) grey[y * side + x] += coefficients[channel] * resized[x];
    }
  }
  return grey;
}

TEST(GreyResizer, OneFilterGivesWhatTheStepsGive) {
  GreyResizer resizer;
  Rng rng(5);
  for (const auto& [height, width] : {std::pair{37, 250}, {250, 37}, {105, 130}, {1, 40}, {211, 64}}) {
    cv::Mat bgr(height, width, CV_8UC3);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < 3; ++c) bgr.at<cv::Vec3b>(y, x)[c] = static_cast<uint8_t>(rng.below(256));
      }
    }
    for (const size_t side : {8U, 100U}) {
      const auto expected = grey_step_by_step(bgr, side);
      const auto& got = resizer.resize(bgr, side);
      ASSERT_EQ(got.size(), expected.size());
      for (size_t i = 0; i < got.size(); ++i)
        ASSERT_NEAR(got[i], expected[i], 1e-11) << height << " × " << width;
    }
  }
}

}  // namespace
}  // namespace sleeve
