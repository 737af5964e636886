// SPDX-License-Identifier: Apache-2.0
#include "feature/hsv.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

namespace sleeve {
namespace {

// Neighbouring pixels mostly fall into the same bin; counting them in turn in several tables
// keeps one addition from waiting for the last.
constexpr size_t kTables = 4;
constexpr int kStripPixels = 16'384;  // what is converted at once stays in the cache

}  // namespace

Result<std::unique_ptr<Descriptor>> HsvDescriptor::make(const HsvOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<HsvDescriptor>(options));
}

HsvDescriptor::HsvDescriptor(const HsvOptions& options)
    : bins_(static_cast<size_t>(options.bins)), counts_(kTables * size()) {
  for (size_t i = 0; i < 256; ++i) {
    const size_t bin = i * bins_ / 256;
    hue_[i] = static_cast<uint16_t>(bin * bins_ * bins_);
    saturation_[i] = static_cast<uint16_t>(bin * bins_);
    value_[i] = static_cast<uint16_t>(bin);
  }
}

std::vector<std::string> HsvDescriptor::value_names() const {
  std::vector<std::string> names;
  for (size_t h = 0; h < bins_; ++h) {
    for (size_t s = 0; s < bins_; ++s) {
      for (size_t v = 0; v < bins_; ++v)
        names.push_back(fmt::format("hue {} saturation {} value {}", h, s, v));
    }
  }
  return names;
}

Status HsvDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  std::ranges::fill(counts_, 0U);
  const cv::Mat& bgr = picture.bgr;
  const int strip_rows = std::max(1, kStripPixels / bgr.cols);
  for (int y = 0; y < bgr.rows; y += strip_rows) {
    cv::cvtColor(bgr.rowRange(y, std::min(bgr.rows, y + strip_rows)), strip_, cv::COLOR_BGR2HSV);
    for (int row = 0; row < strip_.rows; ++row) {
      const auto* pixel = strip_.ptr<uint8_t>(row);
      for (int x = 0; x < strip_.cols; ++x, pixel += 3) {
        const size_t bin = size_t{hue_[pixel[0]]} + saturation_[pixel[1]] + value_[pixel[2]];
        ++counts_[(static_cast<size_t>(x) % kTables) * size() + bin];
      }
    }
  }
  double energy = 0.0;
  for (size_t i = 0; i < size(); ++i) {
    for (size_t table = 1; table < kTables; ++table) counts_[i] += counts_[table * size() + i];
    energy += static_cast<double>(counts_[i]) * counts_[i];
  }
  const double length = std::sqrt(energy);  // never 0: a picture has a pixel
  for (size_t i = 0; i < size(); ++i) out[i] = static_cast<float>(counts_[i] / length);
  return {};
}

}  // namespace sleeve
