// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_LBP_H_
#define SLEEVE_FEATURE_LBP_H_

#include <cstdint>

#include "feature/descriptor.h"
#include "feature/lbp_kernel.h"

namespace sleeve {

struct LbpOptions {
  int points = 24;
  int radius = 8;
};

template <class V>
void describe(V& v, LbpOptions& o) {
  v.number("points", o.points, {4, 64}, "", "Sampling points on the circle around a pixel");
  v.number("radius", o.radius, {1, 32}, "px", "Radius of the circle");
}

// Uniform local binary patterns (Ojala, Pietikäinen & Mäenpää 2002) of the grey picture at its full size, as
// scikit-image's local_binary_pattern(method="uniform"), as a histogram that sums to 1. A point
// exactly as bright as the centre counts as not darker, decided in whole numbers.
class LbpDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "lbp";
  static Status check(const LbpOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const LbpOptions& options);

  explicit LbpDescriptor(const LbpOptions& options);
  static size_t size_of(const LbpOptions& options) { return static_cast<size_t>(options.points) + 2; }
  [[nodiscard]] size_t size() const override { return points_.size() + 2; }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;
  // The place of each pixel in the histogram, CV_8UC1: for pictures of the patterns.
  cv::Mat codes(const Picture& picture);

 private:
  template <class Take>
  void code_rows(const cv::Mat& grey, const Take& take);  // take(row number, codes)
  void prepare(size_t width);
  void take_row(const cv::Mat& grey, int y);

  int margin_;
  std::vector<LbpPoint> points_;
  size_t width_ = 0, stride_ = 0;
  // The rows of the window, row y at (y + margin) % (2 × margin + 1); outside the picture all 0.
  std::vector<uint8_t> pixels_, codes_;
  std::vector<int16_t> pairs_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_LBP_H_
