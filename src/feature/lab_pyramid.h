// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_LAB_PYRAMID_H_
#define SLEEVE_FEATURE_LAB_PYRAMID_H_

#include "feature/colour_pyramid.h"
#include "feature/descriptor.h"

namespace sleeve {

struct LabPyramidOptions {
  int levels = 3;
  int lightness = 4;
  int colour = 4;
};

template <class V>
void describe(V& v, LabPyramidOptions& o) {
  v.number("levels", o.levels, {1, 5}, "", "Levels of the pyramid: 1 × 1, 2 × 2, 4 × 4 … cells");
  v.number("lightness", o.lightness, {1, 16}, "", "Bins of lightness");
  v.number("colour", o.colour, {1, 16}, "", "Bins of green-red and of blue-yellow");
}

// Where which colours are: joint histograms of L, a and b of the 128 × 128 copy on a spatial pyramid, see
// ColourPyramid. The bins of a and b divide -64 to 63, where nearly all colours of pictures lie; stronger
// ones are in the outer bins.
class LabPyramidDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "lab_pyramid";
  // kUsage if there would be too many values.
  static Status check(const LabPyramidOptions& options);
  static Result<std::unique_ptr<Descriptor>> make(const LabPyramidOptions& options);

  explicit LabPyramidDescriptor(const LabPyramidOptions& options);
  static size_t size_of(const LabPyramidOptions& options);
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  LabPyramidOptions options_;
  ColourPyramid pyramid_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_LAB_PYRAMID_H_
