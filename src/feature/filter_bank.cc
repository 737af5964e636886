// SPDX-License-Identifier: Apache-2.0
#include "feature/filter_bank.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include <opencv2/core.hpp>

#include "feature/portable_math.h"

namespace sleeve {
namespace {

constexpr double kFinest = 0.3, kStep = 1.85;  // cycles a pixel; from scale to scale
constexpr double kReach = 2.8;                 // times a scale's frequency: beyond, filters are below 2e-5

// The frequency of place i of n, from -n/2 to n/2 - 1.
int frequency(int i, int n) { return i < n / 2 ? i : i - n; }

float bell(double exponent) { return exponent < -40.0 ? 0.0F : static_cast<float>(portable_exp(exponent)); }

// `size` is side, or half of it where only the lower half of the frequencies is kept.
cv::Mat gabor(int side, int size, double centre, int orientation, int orientations) {
  const double sharpness = 16.0 * orientations * orientations / (32.0 * 32.0);
  const double turn = std::numbers::pi * orientation / orientations;
  cv::Mat filter(size, size, CV_32F);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const double fx = frequency(x, size), fy = frequency(y, size);
      const double radius = std::sqrt(fx * fx + fy * fy) / side / centre - 1.0;
      double angle = std::atan2(fy, fx) + turn;
      if (angle < -std::numbers::pi) angle += 2.0 * std::numbers::pi;
      if (angle > std::numbers::pi) angle -= 2.0 * std::numbers::pi;
      filter.at<float>(y, x) =
          bell(-3.5 * radius * radius - 2.0 * sharpness * std::numbers::pi * angle * angle);
    }
  }
  return filter;
}

// A spectrum times a filter; of the spectrum's lowest frequencies only, where the filter is smaller.
cv::Mat product(const cv::Mat& spectrum, const cv::Mat& filter) {
  cv::Mat result(filter.size(), CV_32FC2);
  const int size = filter.rows, off = spectrum.rows - size;
  for (int y = 0; y < size; ++y) {
    const auto* in = spectrum.ptr<cv::Vec2f>(y < size / 2 ? y : y + off);
    const auto* weights = filter.ptr<float>(y);
    auto* out = result.ptr<cv::Vec2f>(y);
    for (int x = 0; x < size / 2; ++x) out[x] = in[x] * weights[x];
    for (int x = size / 2; x < size; ++x) out[x] = in[x + off] * weights[x];
  }
  return result;
}

}  // namespace

FilterBank::FilterBank(int side, std::span<const int> orientations, int first_scale) : side_(side) {
  assert(side % 2 == 0);
  double centre = kFinest;
  for (int s = 0; s < first_scale; ++s) centre /= kStep;
  for (const int count : orientations) {
    const bool half = kReach * centre < 0.25 && side % 4 == 0;
    for (int o = 0; o < count; ++o) filters_.push_back(gabor(side, half ? side / 2 : side, centre, o, count));
    centre /= kStep;
  }
}

cv::Mat FilterBank::spectrum(const cv::Mat& picture) {
  cv::Mat result;
  cv::dft(picture, result, cv::DFT_COMPLEX_OUTPUT);
  return result;
}

cv::Mat FilterBank::energy(const cv::Mat& spectrum, size_t filter) const {
  assert(spectrum.rows == side_ && spectrum.cols == side_ && spectrum.type() == CV_32FC2);
  cv::Mat wave;
  cv::dft(product(spectrum, filters_[filter]), wave, cv::DFT_INVERSE);
  const float scale = 1.0F / (static_cast<float>(side_) * static_cast<float>(side_));
  cv::Mat result(wave.size(), CV_32F);
  for (int y = 0; y < wave.rows; ++y) {
    const auto* in = wave.ptr<cv::Vec2f>(y);
    auto* out = result.ptr<float>(y);
    for (int x = 0; x < wave.cols; ++x) out[x] = std::sqrt(in[x][0] * in[x][0] + in[x][1] * in[x][1]) * scale;
  }
  return result;
}

cv::Mat low_pass(int side, double cutoff) {
  const double square = cutoff * cutoff / portable_log(2.0);
  cv::Mat filter(side, side, CV_32F);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double fx = frequency(x, side), fy = frequency(y, side);
      filter.at<float>(y, x) = bell(-(fx * fx + fy * fy) / square);
    }
  }
  return filter;
}

cv::Mat filtered(const cv::Mat& picture, const cv::Mat& filter) {
  cv::Mat result;
  cv::dft(product(FilterBank::spectrum(picture), filter), result,
          cv::DFT_INVERSE | cv::DFT_SCALE | cv::DFT_REAL_OUTPUT);
  return result;
}

}  // namespace sleeve
