// SPDX-License-Identifier: Apache-2.0
#include "feature/lab_pyramid.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr int kLabPyramidSide = 128;
constexpr size_t kMaxLabPyramidValues = 65'536;

size_t bins_of(const LabPyramidOptions& o) {
  return static_cast<size_t>(o.lightness) * static_cast<size_t>(o.colour) * static_cast<size_t>(o.colour);
}

// Bins of [-64, 64) of a channel whose zero is at 128.
ColourPyramid::Table middle_parts(int bins, size_t stride) {
  ColourPyramid::Table table(256);
  for (int value = 0; value < 256; ++value) {
    const int place = std::clamp(value - 64, 0, 127);
    table[static_cast<size_t>(value)] =
        static_cast<uint16_t>(static_cast<size_t>(place * bins / 128) * stride);
  }
  return table;
}

std::vector<ColourPyramid::Table> tables_of(const LabPyramidOptions& o) {
  const auto colours = static_cast<size_t>(o.colour);
  return {equal_parts(o.lightness, 256, colours * colours), middle_parts(o.colour, colours),
          middle_parts(o.colour, 1)};
}

}  // namespace

Status LabPyramidDescriptor::check(const LabPyramidOptions& options) {
  const size_t values = size_of(options);
  if (values <= kMaxLabPyramidValues) return {};
  return make_error(ErrorCode::kUsage, "lab_pyramid: {} values, over the limit of {}; lower levels or bins",
                    values, kMaxLabPyramidValues);
}

Result<std::unique_ptr<Descriptor>> LabPyramidDescriptor::make(const LabPyramidOptions& options) {
  SLEEVE_CHECK(check(options));
  return std::unique_ptr<Descriptor>(std::make_unique<LabPyramidDescriptor>(options));
}

LabPyramidDescriptor::LabPyramidDescriptor(const LabPyramidOptions& options)
    : options_(options), pyramid_(options.levels, tables_of(options), bins_of(options)) {}

size_t LabPyramidDescriptor::size_of(const LabPyramidOptions& options) {
  return ColourPyramid::cells(options.levels) * bins_of(options);
}

std::vector<std::string> LabPyramidDescriptor::value_names() const {
  std::vector<std::string> names;
  for (const std::string& cell : ColourPyramid::cell_names(options_.levels)) {
    for (int l = 0; l < options_.lightness; ++l) {
      for (int a = 0; a < options_.colour; ++a) {
        for (int b = 0; b < options_.colour; ++b) {
          names.push_back(fmt::format("{} lightness {} green-red {} blue-yellow {}", cell, l, a, b));
        }
      }
    }
  }
  return names;
}

Status LabPyramidDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  pyramid_.describe(picture.planes->lab(kLabPyramidSide), out);
  return {};
}

}  // namespace sleeve
