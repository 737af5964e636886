// SPDX-License-Identifier: Apache-2.0
#include "image/perceptual_hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

namespace sleeve {
namespace {

constexpr int kSide = 32;        // cells a side
constexpr int kFrequencies = 8;  // a direction
constexpr int kCellScale = 256;  // units a grey level
constexpr int kWaveScale = 4096;

using Cells = std::array<int64_t, kSide * kSide>;
using Coefficients = std::array<int64_t, kFrequencies * kFrequencies>;

// Calls take(cell, position, length) for every piece that the borders of the cells cut `pixels`
// pixels into, in order. Lengths are in 1/32 pixels, so that all borders are whole numbers.
template <class Take>
void for_each_piece(int pixels, Take take) {
  for (int i = 0; i < pixels; ++i) {
    const int64_t end = int64_t{i + 1} * kSide;
    for (int64_t start = end - kSide; start < end;) {
      const int64_t cell = start / pixels;
      const int64_t stop = std::min(end, (cell + 1) * pixels);
      take(static_cast<size_t>(cell), i, static_cast<uint32_t>(stop - start));
      start = stop;
    }
  }
}

// Exact means over equal cells, whatever the picture's size, in 1/256 grey levels.
Cells average_cells(const cv::Mat& grey) {
  Cells sums{};
  // First down: columns[c] holds each column's sum over the rows of cell row c.
  const auto width = static_cast<size_t>(grey.cols);
  std::vector<uint32_t> columns(width * kSide);
  for_each_piece(grey.rows, [&](size_t cell, int y, uint32_t length) {
    const uchar* row = grey.ptr(y);
    uint32_t* column = columns.data() + cell * width;
    for (size_t x = 0; x < width; ++x) column[x] += length * row[x];
  });
  for_each_piece(grey.cols, [&](size_t cell, int x, uint32_t length) {
    for (size_t v = 0; v < kSide; ++v) {
      sums[v * kSide + cell] += int64_t{length} * columns[v * width + static_cast<size_t>(x)];
    }
  });
  const int64_t area = int64_t{grey.cols} * grey.rows;
  for (int64_t& sum : sums) sum = (sum * kCellScale + area / 2) / area;
  return sums;
}

// Row k: the k-th cosine of the orthonormal DCT-II, but for the factor sqrt(2 / 32). Rounding takes
// away what mathematical libraries differ in.
std::array<std::array<int64_t, kSide>, kFrequencies> make_waves() {
  std::array<std::array<int64_t, kSide>, kFrequencies> waves{};
  for (size_t k = 0; k < kFrequencies; ++k) {
    const double scale = kWaveScale * (k == 0 ? std::numbers::sqrt2 / 2 : 1.0);
    for (size_t n = 0; n < kSide; ++n) {
      const double angle =
          std::numbers::pi * (2 * static_cast<double>(n) + 1) * static_cast<double>(k) / (2 * kSide);
      waves[k][n] = std::llround(scale * std::cos(angle));
    }
  }
  return waves;
}

Coefficients low_frequencies(const Cells& cells) {
  static const auto kWaves = make_waves();
  std::array<int64_t, kSide * kFrequencies> across{};
  for (size_t y = 0; y < kSide; ++y) {
    for (size_t u = 0; u < kFrequencies; ++u) {
      for (size_t x = 0; x < kSide; ++x) across[y * kFrequencies + u] += cells[y * kSide + x] * kWaves[u][x];
    }
  }
  Coefficients result{};
  for (size_t v = 0; v < kFrequencies; ++v) {
    for (size_t y = 0; y < kSide; ++y) {
      for (size_t u = 0; u < kFrequencies; ++u) {
        result[v * kFrequencies + u] += across[y * kFrequencies + u] * kWaves[v][y];
      }
    }
  }
  return result;
}

int64_t median(std::vector<int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::optional<uint64_t> perceptual_hash(const Picture& picture) {
  const Coefficients coefficients = low_frequencies(average_cells(picture.grey));
  const std::vector<int64_t> waves(coefficients.begin() + 1, coefficients.end());
  std::vector<int64_t> sizes(waves);
  for (int64_t& size : sizes) size = std::abs(size);
  // One grey level; 2 / 32 is the DCT's factor that the waves leave out.
  constexpr int64_t kOneLevel = int64_t{kCellScale} * kWaveScale * kWaveScale * kSide / 2;
  if (median(std::move(sizes)) < kOneLevel) return std::nullopt;
  const int64_t middle = median(waves);
  uint64_t hash = 0;
  for (size_t i = 1; i < coefficients.size(); ++i) {
    if (coefficients[i] > middle) hash |= uint64_t{1} << i;
  }
  return hash;
}

int hash_distance(uint64_t a, uint64_t b) { return std::popcount(a ^ b); }

}  // namespace sleeve
