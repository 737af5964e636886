// SPDX-License-Identifier: Apache-2.0
#include "feature/hog.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr size_t kMaxHogValues = 65'536;

// Gradients under this are what rounding leaves of zero (grey values are at most 1, their
// rounding errors about 1e-15). Unless they are taken as zero, the direction of a perfectly
// straight edge would be a matter of chance.
constexpr double kNoGradient = 1e-13;

constexpr double kEpsilon = 1e-5;  // scikit-image's

size_t count(int value) { return static_cast<size_t>(value); }

double cleared(double gradient) { return std::abs(gradient) < kNoGradient ? 0.0 : gradient; }

}  // namespace

Status HogDescriptor::check(const HogOptions& options) {
  const int cells = options.side / options.cell;
  if (cells < options.block) {
    return make_error(ErrorCode::kUsage,
                      "hog: side={} holds {} cells of {} px, fewer than block={}; lower cell or block",
                      options.side, cells, options.cell, options.block);
  }
  const size_t values = size_of(options);
  if (values > kMaxHogValues) {
    return make_error(ErrorCode::kUsage, "hog: {} values, over the limit of {}; raise cell or lower side",
                      values, kMaxHogValues);
  }
  return {};
}

Result<std::unique_ptr<Descriptor>> HogDescriptor::make(const HogOptions& options) {
  SLEEVE_CHECK(check(options));
  return std::unique_ptr<Descriptor>(std::make_unique<HogDescriptor>(options));
}

HogDescriptor::HogDescriptor(const HogOptions& options)
    : options_(options),
      cells_(count(options.side / options.cell)),
      blocks_(cells_ - count(options.block) + 1),
      histogram_(cells_ * cells_ * count(options.orientations)) {
  // Rounded to 15 digits: the same on every machine, and cos 90° is exactly 0.
  const auto rounded = [](double value) { return std::nearbyint(value * 1e15) / 1e15; };
  for (int i = 0; i < options.orientations; ++i) {
    const double angle = std::numbers::pi * i / options.orientations;
    cosine_.push_back(rounded(std::cos(angle)));
    sine_.push_back(rounded(std::sin(angle)));
  }
}

size_t HogDescriptor::size_of(const HogOptions& options) {
  const int blocks = options.side / options.cell - options.block + 1;
  return count(blocks * blocks) * count(options.block * options.block * options.orientations);
}

std::vector<std::string> HogDescriptor::value_names() const {
  std::vector<std::string> names;
  const size_t block = count(options_.block);
  for (size_t i = 0; i < blocks_ * blocks_; ++i) {
    for (size_t j = 0; j < block * block; ++j) {
      for (int o = 0; o < options_.orientations; ++o) {
        const double from = 180.0 * o / options_.orientations;
        const double to = 180.0 * (o + 1) / options_.orientations;
        names.push_back(fmt::format("block {},{} cell {},{} gradient {:.4g}-{:.4g}°", i / blocks_,
                                    i % blocks_, j / block, j % block, from, to));
      }
    }
  }
  return names;
}

// The bin of the gradient's direction over 180°, by comparing with the bins' borders: exact where
// atan2 would round, and the same on every machine.
size_t HogDescriptor::orientation_bin(double down, double across) const {
  if (down < 0.0 || (down == 0.0 && across < 0.0)) {
    down = -down;
    across = -across;
  }
  size_t bin = 0;
  while (bin + 1 < cosine_.size() && cosine_[bin + 1] * down - sine_[bin + 1] * across >= 0.0) ++bin;
  return bin;
}

void HogDescriptor::fill_cells(const std::vector<double>& grey) {
  std::ranges::fill(histogram_, 0.0);
  const size_t side = count(options_.side), cell = count(options_.cell);
  const size_t bins = count(options_.orientations);
  const size_t used = cells_ * cell;
  for (size_t y = 0; y < used; ++y) {
    const bool inner_row = y > 0 && y + 1 < side;
    for (size_t x = 0; x < used; ++x) {
      const double* at = grey.data() + y * side + x;
      const double down = inner_row ? cleared(at[side] - *(at - side)) : 0.0;
      const double across = x > 0 && x + 1 < side ? cleared(at[1] - *(at - 1)) : 0.0;
      if (down == 0.0 && across == 0.0) continue;
      histogram_[((y / cell) * cells_ + x / cell) * bins + orientation_bin(down, across)] +=
          std::sqrt(down * down + across * across);
    }
  }
  for (double& value : histogram_) value /= static_cast<double>(cell * cell);
}

Status HogDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  grey_ = resizer_.resize(picture.bgr, count(options_.side));
  if (options_.sqrt) {
    for (double& value : grey_) value = std::sqrt(value);
  }
  fill_cells(grey_);
  const size_t block = count(options_.block), bins = count(options_.orientations);
  float* next = out.data();
  for (size_t i = 0; i < blocks_ * blocks_; ++i) {
    double energy = 0.0;
    const auto cell_at = [&](size_t j) {
      return histogram_.data() + ((i / blocks_ + j / block) * cells_ + i % blocks_ + j % block) * bins;
    };
    for (size_t j = 0; j < block * block; ++j) {
      for (size_t o = 0; o < bins; ++o) energy += cell_at(j)[o] * cell_at(j)[o];
    }
    const double norm = std::sqrt(energy + kEpsilon * kEpsilon);
    for (size_t j = 0; j < block * block; ++j) {
      for (size_t o = 0; o < bins; ++o) *next++ = static_cast<float>(cell_at(j)[o] / norm);
    }
  }
  return {};
}

}  // namespace sleeve
