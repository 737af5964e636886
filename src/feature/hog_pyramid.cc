// SPDX-License-Identifier: Apache-2.0
#include "feature/hog_pyramid.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <fmt/format.h>

namespace sleeve {
namespace {

constexpr int kHogPyramidSide = 128;  // of the finest level

// Roots of whole numbers meet the bins' borders (√3 : 1 is 60°): what rounding leaves there counts as met.
constexpr double kMet = -1e-12;

size_t whole(int value) { return static_cast<size_t>(value); }

}  // namespace

Result<std::unique_ptr<Descriptor>> HogPyramidDescriptor::make(const HogPyramidOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<HogPyramidDescriptor>(options));
}

HogPyramidDescriptor::HogPyramidDescriptor(const HogPyramidOptions& options) : options_(options) {
  for (int i = 0; i < options.orientations; ++i) {
    const double angle = std::numbers::pi * i / options.orientations;
    // Rounded to 15 digits: the same on every machine, and cos 90° is exactly 0.
    cosine_.push_back(std::nearbyint(std::cos(angle) * 1e15) / 1e15);
    sine_.push_back(std::nearbyint(std::sin(angle) * 1e15) / 1e15);
  }
  for (size_t i = 0; i < roots_.size(); ++i) roots_[i] = std::sqrt(static_cast<double>(i));
  histogram_.resize(whole(options.cells * options.cells * options.orientations));
}

size_t HogPyramidDescriptor::size_of(const HogPyramidOptions& options) {
  return whole(options.levels) * whole(options.cells * options.cells) * whole(options.orientations);
}

std::vector<std::string> HogPyramidDescriptor::value_names() const {
  std::vector<std::string> names;
  for (int level = 0; level < options_.levels; ++level) {
    for (int cell = 0; cell < options_.cells * options_.cells; ++cell) {
      for (int o = 0; o < options_.orientations; ++o) {
        names.push_back(fmt::format("{} px cell {},{} gradient {:.4g}-{:.4g}°", kHogPyramidSide >> level,
                                    cell / options_.cells, cell % options_.cells,
                                    180.0 * o / options_.orientations,
                                    180.0 * (o + 1) / options_.orientations));
      }
    }
  }
  return names;
}

void HogPyramidDescriptor::describe_level(const cv::Mat& grey, std::span<float> out) {
  std::ranges::fill(histogram_, 0.0);
  const int side = grey.rows;
  const size_t bins = cosine_.size(), cells = whole(options_.cells);
  for (int y = 0; y < side; ++y) {
    const auto* here = grey.ptr<uint8_t>(y);
    const auto *above = y > 0 ? grey.ptr<uint8_t>(y - 1) : here,
               *below = y + 1 < side ? grey.ptr<uint8_t>(y + 1) : here;
    const bool inner_row = y > 0 && y + 1 < side;
    double* row = histogram_.data() + whole(y) * cells / whole(side) * cells * bins;
    for (int x = 0; x < side; ++x) {
      double down = inner_row ? roots_[below[x]] - roots_[above[x]] : 0.0;
      double across = x > 0 && x + 1 < side ? roots_[here[x + 1]] - roots_[here[x - 1]] : 0.0;
      if (down == 0.0 && across == 0.0) continue;
      const double size = std::sqrt(down * down + across * across);
      if (down < 0.0 || (down == 0.0 && across < 0.0)) {
        down = -down;
        across = -across;
      }
      size_t bin = 0;
      while (bin + 1 < bins && cosine_[bin + 1] * down - sine_[bin + 1] * across >= kMet) ++bin;
      row[whole(x) * cells / whole(side) * bins + bin] += size;
    }
  }
  double energy = 1.0;
  for (const double value : histogram_) energy += value * value;
  const double length = std::sqrt(energy);
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(histogram_[i] / length);
}

Status HogPyramidDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  for (int level = 0; level < options_.levels; ++level) {
    describe_level(picture.planes->grey(kHogPyramidSide >> level),
                   out.subspan(whole(level) * histogram_.size(), histogram_.size()));
  }
  return {};
}

}  // namespace sleeve
