// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_WAVELETS_H_
#define SLEEVE_FEATURE_WAVELETS_H_

#include "feature/descriptor.h"
#include "feature/filter_bank.h"

namespace sleeve {

struct WaveletsOptions {
  int orientations = 6;
  int second = 4;
  int grid = 2;
};

template <class V>
void describe(V& v, WaveletsOptions& o) {
  v.number("orientations", o.orientations, {2, 12}, "", "Directions of the wavelets");
  v.number("second", o.second, {2, 12}, "",
           "Directions of the wavelets that the energies are filtered with again");
  v.number("grid", o.grid, {1, 8}, "cells", "Cells down and across, over which energies are averaged");
}

// Wavelet energies of two orders, a scattering transform (Bruna & Mallat 2013) with FilterBank's Gabor
// wavelets of four scales: how strong each scale and direction is, and how its strength itself is patterned
// (stripes, halftone, lettering, brush strokes). Of the square-rooted 128 × 128 grey copy, taken as periodic,
// divided by
// 16. The energies of the three finer scales, shrunk to 64, 64 and 32 px, are filtered again at two coarser
// scales.
class WaveletsDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "wavelets";
  static Status check(const WaveletsOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const WaveletsOptions& options);

  explicit WaveletsDescriptor(const WaveletsOptions& options);
  static size_t size_of(const WaveletsOptions& options);
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  WaveletsOptions options_;
  FilterBank first_, middle_, small_;  // 128, 64 and 32 px
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_WAVELETS_H_
