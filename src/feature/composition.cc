// SPDX-License-Identifier: Apache-2.0
#include "feature/composition.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <fmt/format.h>

#include "feature/saliency.h"

namespace sleeve {
namespace {

constexpr int kCompositionSide = 128;  // of the copy whose edges are looked at
constexpr int kSmall = 64;             // of the copy for symmetry and saliency
constexpr int kCompositionMargin = 8;
constexpr size_t kDirections = 8;
constexpr size_t kEdges = 1 + 1 + 9 + kDirections;
constexpr size_t kSymmetries = 3, kMargins = 4, kSaliency = 9 + 3 + 4 + 2;
static_assert(kEdges + kSymmetries + kMargins + kSaliency == CompositionDescriptor::kValues);

size_t third_of(int place, int side) { return static_cast<size_t>(place * 3 / side); }

// The borders between the bins of directions, 11.25° + k × 22.5°, rounded to 15 digits: the same everywhere.
struct Borders {
  std::array<double, kDirections> cosine{}, sine{};
  Borders() {
    for (size_t k = 0; k < kDirections; ++k) {
      const double angle = std::numbers::pi * (static_cast<double>(k) + 0.5) / kDirections;
      cosine[k] = std::nearbyint(std::cos(angle) * 1e15) / 1e15;
      sine[k] = std::nearbyint(std::sin(angle) * 1e15) / 1e15;
    }
  }
  // How many borders a gradient's direction over 180° has passed; none and all are the bin of 0°.
  [[nodiscard]] size_t bin(int down, int across) const {
    if (down < 0 || (down == 0 && across < 0)) {
      down = -down;
      across = -across;
    }
    size_t passed = 0;
    while (passed < kDirections && cosine[passed] * down - sine[passed] * across >= 0.0) ++passed;
    return passed % kDirections;
  }
};

void write_edges(const cv::Mat& grey, int threshold, std::span<float> out) {
  static const Borders kBorders;
  std::array<double, kDirections> directions{};
  std::array<int, 9> edges{}, pixels{};
  double total = 0.0;
  for (int y = 1; y + 1 < kCompositionSide; ++y) {
    const auto *above = grey.ptr<uint8_t>(y - 1), *here = grey.ptr<uint8_t>(y),
               *below = grey.ptr<uint8_t>(y + 1);
    for (int x = 1; x + 1 < kCompositionSide; ++x) {
      const int down = below[x] - above[x], across = here[x + 1] - here[x - 1];
      const size_t cell = third_of(y, kCompositionSide) * 3 + third_of(x, kCompositionSide);
      ++pixels[cell];
      const int square = down * down + across * across;
      if (square == 0) continue;
      if (square >= threshold * threshold) ++edges[cell];
      const double size = std::sqrt(static_cast<double>(square));
      directions[kBorders.bin(down, across)] += size;
      total += size;
    }
  }
  const double inner = (kCompositionSide - 2) * (kCompositionSide - 2);
  out[0] = static_cast<float>(total / inner / 255.0);
  int all = 0;
  for (size_t cell = 0; cell < 9; ++cell) {
    all += edges[cell];
    out[2 + cell] = static_cast<float>(static_cast<double>(edges[cell]) / pixels[cell]);
  }
  out[1] = static_cast<float>(all / inner);
  for (size_t k = 0; k < kDirections; ++k) {
    out[11 + k] = total > 0.0 ? static_cast<float>(directions[k] / total) : 0.0F;
  }
}

// Correlation of the picture with another order of its pixels, in whole numbers until the last step.
void write_symmetries(const cv::Mat& grey, std::span<float> out) {
  int64_t sum = 0, squares = 0;
  std::array<int64_t, kSymmetries> products{};
  for (int y = 0; y < kSmall; ++y) {
    const auto *row = grey.ptr<uint8_t>(y), *opposite = grey.ptr<uint8_t>(kSmall - 1 - y);
    for (int x = 0; x < kSmall; ++x) {
      const int value = row[x];
      sum += value;
      squares += value * value;
      products[0] += value * row[kSmall - 1 - x];
      products[1] += value * opposite[x];
      products[2] += value * opposite[kSmall - 1 - x];
    }
  }
  constexpr int64_t kPixels = int64_t{kSmall} * kSmall;
  const int64_t variance = kPixels * squares - sum * sum;
  for (size_t i = 0; i < kSymmetries; ++i) {
    out[i] = variance == 0 ? 1.0F
                           : static_cast<float>(static_cast<double>(kPixels * products[i] - sum * sum) /
                                                static_cast<double>(variance));
  }
}

float deviation(const cv::Mat& strip) {
  int64_t sum = 0, squares = 0;
  for (int y = 0; y < strip.rows; ++y) {
    for (int x = 0; x < strip.cols; ++x) {
      const int value = strip.at<uint8_t>(y, x);
      sum += value;
      squares += value * value;
    }
  }
  const auto n = static_cast<int64_t>(strip.total());
  return static_cast<float>(std::sqrt(static_cast<double>(n * squares - sum * sum)) / static_cast<double>(n) /
                            127.5);
}

void write_margins(const cv::Mat& grey, std::span<float> out) {
  out[0] = deviation(grey.rowRange(0, kCompositionMargin));
  out[1] = deviation(grey.rowRange(kCompositionSide - kCompositionMargin, kCompositionSide));
  out[2] = deviation(grey.colRange(0, kCompositionMargin));
  out[3] = deviation(grey.colRange(kCompositionSide - kCompositionMargin, kCompositionSide));
}

// Which of the two thirds' lines a pixel's centre lies within a twelfth of the side of: 0, 1, or 2 for none.
size_t line_near(int place) {
  const int doubled = 2 * place + 1;  // of 2 × kSmall
  for (int line = 1; line <= 2; ++line) {
    if (std::abs(3 * doubled - 2 * line * kSmall) * 4 < 2 * kSmall) return static_cast<size_t>(line - 1);
  }
  return 2;
}

void write_saliency(const cv::Mat& grey, std::span<float> out) {
  const cv::Mat saliency = spectral_saliency(grey);
  std::array<double, 9> cells{};
  std::array<double, 4> points{};
  double across = 0.0, down = 0.0, squares = 0.0, horizontal = 0.0, vertical = 0.0;
  for (int y = 0; y < kSmall; ++y) {
    for (int x = 0; x < kSmall; ++x) {
      const double share = saliency.at<double>(y, x);
      const double right = (x + 0.5) / kSmall, below = (y + 0.5) / kSmall;
      cells[third_of(y, kSmall) * 3 + third_of(x, kSmall)] += share;
      across += share * right;
      down += share * below;
      squares += share * (right * right + below * below);
      const size_t row = line_near(y), column = line_near(x);
      if (row < 2) horizontal += share;
      if (column < 2) vertical += share;
      if (row < 2 && column < 2) points[2 * row + column] += share;
    }
  }
  for (size_t cell = 0; cell < 9; ++cell) out[cell] = static_cast<float>(cells[cell]);
  out[9] = static_cast<float>(across);
  out[10] = static_cast<float>(down);
  out[11] = static_cast<float>(std::sqrt(std::max(0.0, squares - across * across - down * down)));
  for (size_t i = 0; i < 4; ++i) out[12 + i] = static_cast<float>(points[i]);
  out[16] = static_cast<float>(horizontal);
  out[17] = static_cast<float>(vertical);
}

}  // namespace

Result<std::unique_ptr<Descriptor>> CompositionDescriptor::make(const CompositionOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<CompositionDescriptor>(options));
}

std::vector<std::string> CompositionDescriptor::value_names() const {
  std::vector<std::string> names = {"mean gradient", "edge density"};
  for (int cell = 0; cell < 9; ++cell) names.push_back(fmt::format("edge density {},{}", cell / 3, cell % 3));
  for (size_t k = 0; k < kDirections; ++k) {
    names.push_back(fmt::format("gradient {:.4g}°", 180.0 * static_cast<double>(k) / kDirections));
  }
  for (const char* what : {"left-right", "top-bottom", "half-turn"})
    names.push_back(fmt::format("symmetry {}", what));
  for (const char* side : {"top", "bottom", "left", "right"}) names.push_back(fmt::format("margin {}", side));
  for (int cell = 0; cell < 9; ++cell) names.push_back(fmt::format("saliency {},{}", cell / 3, cell % 3));
  for (const char* what : {"centre across", "centre down", "spread"})
    names.push_back(fmt::format("saliency {}", what));
  for (int point = 0; point < 4; ++point) {
    names.push_back(fmt::format("thirds point {},{}", point / 2, point % 2));
  }
  names.emplace_back("thirds horizontal lines");
  names.emplace_back("thirds vertical lines");
  return names;
}

Status CompositionDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const cv::Mat& grey = picture.planes->grey(kCompositionSide);
  const cv::Mat& small = picture.planes->grey(kSmall);
  write_edges(grey, options_.edge, out.first(kEdges));
  write_symmetries(small, out.subspan(kEdges, kSymmetries));
  write_margins(grey, out.subspan(kEdges + kSymmetries, kMargins));
  write_saliency(small, out.last(kSaliency));
  return {};
}

}  // namespace sleeve
