// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_GIST_H_
#define SLEEVE_FEATURE_GIST_H_

#include "feature/descriptor.h"
#include "feature/filter_bank.h"

namespace sleeve {

struct GistOptions {
  int orientations = 8;
  int scales = 4;
  int grid = 4;
};

template <class V>
void describe(V& v, GistOptions& o) {
  v.number("orientations", o.orientations, {2, 16}, "", "Directions of the filters");
  v.number("scales", o.scales, {1, 5}, "", "Sizes of the filters");
  v.number("grid", o.grid, {1, 8}, "cells", "Cells down and across, over which energies are averaged");
}

// The gist of a scene (Oliva & Torralba 2001): the energy of Gabor filters of several scales and directions,
// averaged over a grid, after local contrast has been evened out. As their LMgist with 128 × 128 px: log,
// minus a low pass of 4 cycles, divided by 0.2 + the local deviation (mirrored by 8 px, LMgist: 5), mirrored
// by 32 px and filtered.
class GistDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "gist";
  static Status check(const GistOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const GistOptions& options);

  explicit GistDescriptor(const GistOptions& options);
  static size_t size_of(const GistOptions& options) {
    return static_cast<size_t>(options.orientations * options.scales) *
           static_cast<size_t>(options.grid * options.grid);
  }
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  GistOptions options_;
  cv::Mat low_pass_;
  FilterBank bank_;
};

// The mean of a CV_32FC1 picture's values in each cell of a grid over its inner part, `margin` pixels from
// the border.
void write_cell_means(const cv::Mat& values, int margin, int grid, std::span<float> out);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_GIST_H_
