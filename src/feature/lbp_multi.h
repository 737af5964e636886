// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_LBP_MULTI_H_
#define SLEEVE_FEATURE_LBP_MULTI_H_

#include <cstdint>

#include "feature/descriptor.h"

namespace sleeve {

struct LbpMultiOptions {
  int radii = 3;
  int grid = 3;
};

template <class V>
void describe(V& v, LbpMultiOptions& o) {
  v.number("radii", o.radii, {1, 4}, "", "How many radii: 1, 2, 4 and 8 px");
  v.number("grid", o.grid, {1, 8}, "cells", "Cells down and across, each with its own histogram");
}

// Local binary patterns of eight neighbours at several radii, of the 256 × 256 grey copy, so that texture
// counts alike in covers of any size (Ojala, Pietikäinen & Mäenpää 2002, the LBP^u2 codes: each of the 58
// uniform patterns, which know directions, and one for all others; in cells as Ahonen, Hadid & Pietikäinen
// 2006). The diagonal neighbours are whole pixels: 1, 1, 3 and 6 off at the four radii. The border is
// mirrored. Each cell's histogram sums to 1.
class LbpMultiDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "lbp_multi";
  static constexpr size_t kCodes = 59;
  static Status check(const LbpMultiOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const LbpMultiOptions& options);

  explicit LbpMultiDescriptor(const LbpMultiOptions& options);
  static size_t size_of(const LbpMultiOptions& options) {
    return static_cast<size_t>(options.radii) * static_cast<size_t>(options.grid * options.grid) * kCodes;
  }
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  LbpMultiOptions options_;
  std::vector<uint32_t> counts_;  // cell, pattern of 8 bits
};

// The codes 0 to 57 of the uniform patterns in ascending order, 58 for every other.
std::vector<uint8_t> uniform_codes();

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_LBP_MULTI_H_
