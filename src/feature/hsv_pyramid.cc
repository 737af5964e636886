// SPDX-License-Identifier: Apache-2.0
#include "feature/hsv_pyramid.h"

#include <cassert>

#include <fmt/format.h>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr int kHsvPyramidSide = 128;
constexpr size_t kMaxHsvPyramidValues = 65'536;

size_t bins_of(const HsvPyramidOptions& o) {
  return static_cast<size_t>(o.hue) * static_cast<size_t>(o.saturation) * static_cast<size_t>(o.value);
}

std::vector<ColourPyramid::Table> tables_of(const HsvPyramidOptions& o) {
  const auto saturations = static_cast<size_t>(o.saturation), values = static_cast<size_t>(o.value);
  return {equal_parts(o.hue, 180, saturations * values), equal_parts(o.saturation, 256, values),
          equal_parts(o.value, 256, 1)};
}

}  // namespace

Status HsvPyramidDescriptor::check(const HsvPyramidOptions& options) {
  const size_t values = size_of(options);
  if (values <= kMaxHsvPyramidValues) return {};
  return make_error(ErrorCode::kUsage, "hsv_pyramid: {} values, over the limit of {}; lower levels or bins",
                    values, kMaxHsvPyramidValues);
}

Result<std::unique_ptr<Descriptor>> HsvPyramidDescriptor::make(const HsvPyramidOptions& options) {
  SLEEVE_CHECK(check(options));
  return std::unique_ptr<Descriptor>(std::make_unique<HsvPyramidDescriptor>(options));
}

HsvPyramidDescriptor::HsvPyramidDescriptor(const HsvPyramidOptions& options)
    : options_(options), pyramid_(options.levels, tables_of(options), bins_of(options)) {}

size_t HsvPyramidDescriptor::size_of(const HsvPyramidOptions& options) {
  return ColourPyramid::cells(options.levels) * bins_of(options);
}

std::vector<std::string> HsvPyramidDescriptor::value_names() const {
  std::vector<std::string> names;
  for (const std::string& cell : ColourPyramid::cell_names(options_.levels)) {
    for (int h = 0; h < options_.hue; ++h) {
      for (int s = 0; s < options_.saturation; ++s) {
        for (int v = 0; v < options_.value; ++v) {
          names.push_back(fmt::format("{} hue {} saturation {} value {}", cell, h, s, v));
        }
      }
    }
  }
  return names;
}

Status HsvPyramidDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  pyramid_.describe(picture.planes->hsv(kHsvPyramidSide), out);
  return {};
}

}  // namespace sleeve
