// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_REGION_COVARIANCE_H_
#define SLEEVE_FEATURE_REGION_COVARIANCE_H_

#include "feature/descriptor.h"
#include "feature/filter_bank.h"
#include "feature/second_order.h"

namespace sleeve {

struct RegionCovarianceOptions {
  int orientations = 6;
  int scales = 3;
};

template <class V>
void describe(V& v, RegionCovarianceOptions& o) {
  v.number("orientations", o.orientations, {2, 12}, "", "Directions of the Gabor filters");
  v.number("scales", o.scales, {1, 4}, "", "Sizes of the Gabor filters");
}

// How colours, edges and places go together over the whole picture: the region covariance of Tuzel, Porikli &
// Meer (2006) over richer maps, its square root taken as a matrix (second_order.h). The maps, 128 × 128 each:
// square roots of Gabor energies of the lightness (filter_bank.h), scale by scale; of lightness, green-red
// and blue-yellow (CIE Lab) the plane smoothed by a Gaussian of 1 px and the square roots of what differences
// of Gaussians (1, 2, 4 and 8 px; of the colours from 2 px on) show as spots above and below their
// surroundings; saturation; row, column and distance from the middle column. Each map has a fixed gain that
// brings its deviation on covers to about 1, so that all count alike.
class RegionCovarianceDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "region_covariance";
  static Status check(const RegionCovarianceOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const RegionCovarianceOptions& options);

  explicit RegionCovarianceDescriptor(const RegionCovarianceOptions& options);
  static size_t size_of(const RegionCovarianceOptions& options) {
    return second_order_size(maps_of(options));
  }
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  // "light spots 2 px with row": two maps.
  [[nodiscard]] std::vector<std::string> value_names() const override;
  [[nodiscard]] std::vector<std::string> map_names() const;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  static size_t maps_of(const RegionCovarianceOptions& options);

  RegionCovarianceOptions options_;
  FilterBank bank_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_REGION_COVARIANCE_H_
