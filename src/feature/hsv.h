// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_HSV_H_
#define SLEEVE_FEATURE_HSV_H_

#include <array>
#include <cstdint>

#include "feature/descriptor.h"

namespace sleeve {

struct HsvOptions {
  int bins = 8;
};

template <class V>
void describe(V& v, HsvOptions& o) {
  v.number("bins", o.bins, {2, 32}, "", "Bins of hue, of saturation and of value");
}

// A joint colour histogram: OpenCV's 8-bit HSV (hue 0-179, so the highest bins of hue stay
// empty), bins over [0, 256) in each channel, divided by its Euclidean length; what cv2.calcHist
// and cv2.normalize give.
class HsvDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "hsv";
  static Status check(const HsvOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const HsvOptions& options);

  explicit HsvDescriptor(const HsvOptions& options);
  static size_t size_of(const HsvOptions& options) {
    const auto bins = static_cast<size_t>(options.bins);
    return bins * bins * bins;
  }
  [[nodiscard]] size_t size() const override { return bins_ * bins_ * bins_; }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  size_t bins_;
  std::array<uint16_t, 256> hue_{}, saturation_{}, value_{};  // what a channel adds to the bin's index
  std::vector<uint32_t> counts_;
  cv::Mat strip_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_HSV_H_
