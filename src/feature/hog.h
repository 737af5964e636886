// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_HOG_H_
#define SLEEVE_FEATURE_HOG_H_

#include "feature/descriptor.h"
#include "feature/resample.h"

namespace sleeve {

struct HogOptions {
  int orientations = 9;
  int cell = 20;
  int block = 2;
  int side = 100;
  bool sqrt = true;
};

template <class V>
void describe(V& v, HogOptions& o) {
  v.number("orientations", o.orientations, {2, 36}, "", "Orientation bins over 180 degrees");
  v.number("cell", o.cell, {2, 128}, "px", "Side of a square cell of the resized picture");
  v.number("block", o.block, {1, 8}, "cells", "Side of a block, within which cells are normalised");
  v.number("side", o.side, {8, 512}, "px", "Side that the picture is resized to");
  v.flag("sqrt", o.sqrt, "Take the square root of the grey values first, which evens out lighting");
}

// Histograms of oriented gradients (Dalal & Triggs 2005) as scikit-image 0.19 computes them:
// resize(side × side, anti_aliasing=True), rgb2gray, hog(block_norm="L2").
class HogDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "hog";
  // kUsage if a block doesn't fit into the picture or there would be too many values.
  static Status check(const HogOptions& options);
  static Result<std::unique_ptr<Descriptor>> make(const HogOptions& options);

  explicit HogDescriptor(const HogOptions& options);
  static size_t size_of(const HogOptions& options);
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  void fill_cells(const std::vector<double>& grey);
  [[nodiscard]] size_t orientation_bin(double down, double across) const;

  HogOptions options_;
  size_t cells_, blocks_;                 // along one side
  std::vector<double> cosine_, sine_;     // of the lower border of each bin
  std::vector<double> grey_, histogram_;  // histogram_: cell row, cell column, orientation
  GreyResizer resizer_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_HOG_H_
