// SPDX-License-Identifier: Apache-2.0
#include "feature/lbp.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include <fmt/format.h>

namespace sleeve {
namespace {

constexpr size_t kLanes = 32;

}  // namespace

Result<std::unique_ptr<Descriptor>> LbpDescriptor::make(const LbpOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<LbpDescriptor>(options));
}

LbpDescriptor::LbpDescriptor(const LbpOptions& options)
    : margin_(options.radius + 1), points_(lbp_points(options.points, options.radius)) {}

std::vector<std::string> LbpDescriptor::value_names() const {
  std::vector<std::string> names;
  for (size_t i = 0; i <= points_.size(); ++i) {
    names.push_back(fmt::format("uniform, {} of {} not darker", i, points_.size()));
  }
  names.emplace_back("not uniform");
  return names;
}

void LbpDescriptor::prepare(size_t width) {
  if (width == width_) return;
  width_ = width;
  const auto margin = static_cast<size_t>(margin_);
  // The last 32 pixels may begin anywhere in the row and look `margin` further.
  stride_ = (width + kLanes - 1) / kLanes * kLanes + 2 * margin + kLanes;
  pixels_.assign((2 * margin + 1) * stride_, 0);
  pairs_.assign((2 * margin + 1) * stride_ * 2, 0);
  codes_.assign((width + kLanes - 1) / kLanes * kLanes, 0);
}

// Puts row y of the picture, or zeros where it has none, into its place in the window.
void LbpDescriptor::take_row(const cv::Mat& grey, int y) {
  const size_t slot = static_cast<size_t>(y + margin_) % static_cast<size_t>(2 * margin_ + 1);
  uint8_t* pixels = pixels_.data() + slot * stride_;
  int16_t* pairs = pairs_.data() + slot * stride_ * 2;
  if (y < 0 || y >= grey.rows) {
    std::memset(pixels, 0, stride_);
    std::memset(pairs, 0, stride_ * 2 * sizeof(int16_t));
    return;
  }
  std::memcpy(pixels + margin_, grey.ptr<uint8_t>(y), width_);
  for (size_t x = 0; x + 1 < stride_; ++x) {
    pairs[2 * x] = pixels[x];
    pairs[2 * x + 1] = pixels[x + 1];
  }
}

template <class Take>
void LbpDescriptor::code_rows(const cv::Mat& grey, const Take& take) {
  prepare(static_cast<size_t>(grey.cols));
  const auto rows = static_cast<size_t>(2 * margin_ + 1);
  std::vector<const uint8_t*> pixel_rows(rows);
  std::vector<const int16_t*> pair_rows(rows);
  for (int y = -margin_; y < margin_; ++y) take_row(grey, y);
  for (int y = 0; y < grey.rows; ++y) {
    take_row(grey, y + margin_);
    for (size_t k = 0; k < rows; ++k) {
      const size_t slot = (static_cast<size_t>(y) + k) % rows;
      pixel_rows[k] = pixels_.data() + slot * stride_;
      pair_rows[k] = pairs_.data() + slot * stride_ * 2;
    }
    lbp_row(points_, {pixel_rows, pair_rows, margin_, width_}, codes_.data());
    take(y, codes_.data());
  }
}

cv::Mat LbpDescriptor::codes(const Picture& picture) {
  cv::Mat map(picture.grey.size(), CV_8UC1);
  code_rows(picture.grey,
            [&](int y, const uint8_t* codes) { std::memcpy(map.ptr<uint8_t>(y), codes, width_); });
  return map;
}

Status LbpDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const cv::Mat& grey = picture.grey;
  std::array<std::array<uint64_t, 256>, 4> counts{};
  code_rows(grey, [&](int /*y*/, const uint8_t* codes) {
    for (size_t x = 0; x < width_; ++x) ++counts[x % 4][codes[x]];
  });
  const auto pixels = static_cast<double>(grey.total());
  for (size_t i = 0; i < size(); ++i) {
    out[i] = static_cast<float>(
        static_cast<double>(counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i]) / pixels);
  }
  return {};
}

}  // namespace sleeve
