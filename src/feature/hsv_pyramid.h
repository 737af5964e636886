// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_HSV_PYRAMID_H_
#define SLEEVE_FEATURE_HSV_PYRAMID_H_

#include "feature/colour_pyramid.h"
#include "feature/descriptor.h"

namespace sleeve {

struct HsvPyramidOptions {
  int levels = 3;
  int hue = 8;
  int saturation = 3;
  int value = 3;
};

template <class V>
void describe(V& v, HsvPyramidOptions& o) {
  v.number("levels", o.levels, {1, 5}, "", "Levels of the pyramid: 1 × 1, 2 × 2, 4 × 4 … cells");
  v.number("hue", o.hue, {1, 36}, "", "Bins of hue");
  v.number("saturation", o.saturation, {1, 16}, "", "Bins of saturation");
  v.number("value", o.value, {1, 16}, "", "Bins of value");
}

// Where which colours are: joint histograms of hue, saturation and value of the 128 × 128 copy on a spatial
// pyramid, see ColourPyramid. Hue is divided over its real range, 0 to 179 in OpenCV.
class HsvPyramidDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "hsv_pyramid";
  // kUsage if there would be too many values.
  static Status check(const HsvPyramidOptions& options);
  static Result<std::unique_ptr<Descriptor>> make(const HsvPyramidOptions& options);

  explicit HsvPyramidDescriptor(const HsvPyramidOptions& options);
  static size_t size_of(const HsvPyramidOptions& options);
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  HsvPyramidOptions options_;
  ColourPyramid pyramid_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_HSV_PYRAMID_H_
