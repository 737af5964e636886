// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_COLOUR_H_
#define SLEEVE_FEATURE_COLOUR_H_

#include "feature/descriptor.h"

namespace sleeve {

struct ColourOptions {
  int grid = 3;
};

template <class V>
void describe(V& v, ColourOptions& o) {
  v.number("grid", o.grid, {1, 8}, "cells",
           "Moments also of so many cells down and across (1: of the whole only)");
}

// How colourful, bright, sharp a picture is, in a few numbers, of its 128 × 128 copy: moments of L, a and b
// (Stricker & Orengo 1995: mean, deviation, cube root of the third moment) of the whole and of each cell;
// colourfulness (Hasler & Süsstrunk 2003); brightness and contrast (mean and deviation of grey); sharpness
// (deviation of the Laplacian, Pech-Pacheco 2000, of the 256 × 256 copy); shares of black, white and grey;
// of the hues, weighted by saturation × value: entropy and mean direction.
class ColourDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "colour";
  static Status check(const ColourOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const ColourOptions& options);

  explicit ColourDescriptor(const ColourOptions& options) : options_(options) {}
  static size_t size_of(const ColourOptions& options);
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  ColourOptions options_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_COLOUR_H_
