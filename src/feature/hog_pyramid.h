// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_HOG_PYRAMID_H_
#define SLEEVE_FEATURE_HOG_PYRAMID_H_

#include <array>

#include "feature/descriptor.h"

namespace sleeve {

struct HogPyramidOptions {
  int orientations = 9;
  int cells = 8;
  int levels = 3;
};

template <class V>
void describe(V& v, HogPyramidOptions& o) {
  v.number("orientations", o.orientations, {2, 36}, "", "Orientation bins over 180 degrees");
  v.number("cells", o.cells, {1, 16}, "", "Cells down and across, on every level");
  v.number("levels", o.levels, {1, 3}, "", "Sizes of the picture: 128, 64, 32 px");
}

// Histograms of oriented gradients (Dalal & Triggs 2005) at several scales: of the 128 × 128, 64 × 64 and
// 32 × 32 grey copies, square-rooted; the same grid of cells on each, so that large shapes count as much as
// fine detail. A level's histograms are divided by their common length √(1 + Σh²); gradients are
// differences across two pixels, 0 at the border.
class HogPyramidDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "hog_pyramid";
  static Status check(const HogPyramidOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const HogPyramidOptions& options);

  explicit HogPyramidDescriptor(const HogPyramidOptions& options);
  static size_t size_of(const HogPyramidOptions& options);
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  void describe_level(const cv::Mat& grey, std::span<float> out);

  HogPyramidOptions options_;
  std::vector<double> cosine_, sine_;  // of the lower border of each bin
  std::array<double, 256> roots_{};
  std::vector<double> histogram_;  // of a level: cell row, cell column, orientation
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_HOG_PYRAMID_H_
