// SPDX-License-Identifier: Apache-2.0
#include "feature/saliency.h"

#include <cassert>
#include <cmath>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "feature/portable_math.h"

namespace sleeve {
namespace {

constexpr int kSaliencySide = 64;
constexpr size_t kSaliencyPixels = size_t{kSaliencySide} * kSaliencySide;
constexpr double kSaliencyFloor = 0.01;
constexpr double kSigma = 2.5;

size_t place(int row, int column) {
  return static_cast<size_t>(row & (kSaliencySide - 1)) * kSaliencySide +
         static_cast<size_t>(column & (kSaliencySide - 1));
}

// log(|F| + floor) of every frequency; of F and its conjugate once.
std::vector<double> log_amplitudes(const cv::Mat& spectrum) {
  std::vector<double> logs(kSaliencyPixels);
  for (int row = 0; row < kSaliencySide; ++row) {
    const auto* line = spectrum.ptr<cv::Vec2d>(row);
    for (int column = 0; column <= kSaliencySide / 2; ++column) {
      const double real = line[column][0], imaginary = line[column][1];
      const double value = portable_log(std::sqrt(real * real + imaginary * imaginary) + kSaliencyFloor);
      logs[place(row, column)] = value;
      logs[place(-row, -column)] = value;
    }
  }
  return logs;
}

}  // namespace

cv::Mat spectral_saliency(const cv::Mat& grey) {
  assert(grey.type() == CV_8UC1 && grey.rows == kSaliencySide && grey.cols == kSaliencySide);
  cv::Mat input, spectrum;
  grey.convertTo(input, CV_64F, 1.0 / 255.0);
  cv::dft(input, spectrum, cv::DFT_COMPLEX_OUTPUT);
  const std::vector<double> logs = log_amplitudes(spectrum);
  std::vector<double> sums(kSaliencyPixels);  // of three neighbours in a row
  for (int row = 0; row < kSaliencySide; ++row) {
    for (int column = 0; column < kSaliencySide; ++column) {
      sums[place(row, column)] =
          logs[place(row, column - 1)] + logs[place(row, column)] + logs[place(row, column + 1)];
    }
  }
  for (int row = 0; row < kSaliencySide; ++row) {
    for (int column = 0; column <= kSaliencySide / 2; ++column) {
      const double mean =
          (sums[place(row - 1, column)] + sums[place(row, column)] + sums[place(row + 1, column)]) / 9.0;
      const double factor = portable_exp(-mean);
      const size_t here = place(row, column), mirrored = place(-row, -column);
      spectrum.ptr<cv::Vec2d>()[here] *= factor;
      if (column != 0 && column != kSaliencySide / 2) spectrum.ptr<cv::Vec2d>()[mirrored] *= factor;
    }
  }
  cv::Mat residual, saliency;
  cv::dft(spectrum, residual, cv::DFT_INVERSE | cv::DFT_REAL_OUTPUT);
  cv::multiply(residual, residual, residual);
  cv::GaussianBlur(residual, saliency, {0, 0}, kSigma, kSigma, cv::BORDER_REFLECT_101);
  double sum = 0.0;
  for (size_t i = 0; i < kSaliencyPixels; ++i) sum += saliency.ptr<double>()[i];
  // A black picture has no frequencies at all.
  if (sum <= 0.0)
    return cv::Mat(kSaliencySide, kSaliencySide, CV_64F,
                   cv::Scalar(1.0 / static_cast<double>(kSaliencyPixels)));
  return saliency / sum;
}

}  // namespace sleeve
