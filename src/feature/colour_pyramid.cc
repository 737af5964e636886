// SPDX-License-Identifier: Apache-2.0
#include "feature/colour_pyramid.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

namespace sleeve {

ColourPyramid::Table equal_parts(int bins, int top, size_t stride) {
  ColourPyramid::Table table(256);
  for (int value = 0; value < 256; ++value) {
    const int bin = std::min(value * bins / top, bins - 1);
    table[static_cast<size_t>(value)] = static_cast<uint16_t>(static_cast<size_t>(bin) * stride);
  }
  return table;
}

size_t ColourPyramid::cells(int levels) {
  size_t cells = 0;
  for (int level = 0; level < levels; ++level) cells += size_t{1} << (2 * level);
  return cells;
}

std::vector<std::string> ColourPyramid::cell_names(int levels) {
  std::vector<std::string> names;
  for (int level = 0; level < levels; ++level) {
    const int grid = 1 << level;
    for (int cell = 0; cell < grid * grid; ++cell) {
      names.push_back(
          level == 0 ? "whole" : fmt::format("cell {},{} of {} × {}", cell / grid, cell % grid, grid, grid));
    }
  }
  return names;
}

void ColourPyramid::describe(const cv::Mat& picture, std::span<float> out) {
  assert(out.size() == cells(levels_) * bins_);
  const size_t finest = size_t{1} << (levels_ - 1);
  const auto rows = static_cast<size_t>(picture.rows), columns = static_cast<size_t>(picture.cols);
  counts_.assign(finest * finest * bins_, 0);
  for (size_t y = 0; y < rows; ++y) {
    const auto* pixel = picture.ptr<uint8_t>(static_cast<int>(y));
    for (size_t cell = 0; cell < finest; ++cell) {
      uint32_t* counts = counts_.data() + (y * finest / rows * finest + cell) * bins_;
      for (size_t x = 0; x < columns / finest; ++x, pixel += 3) {
        ++counts[size_t{tables_[0][pixel[0]]} + tables_[1][pixel[1]] + tables_[2][pixel[2]]];
      }
    }
  }
  // From the finest level, which stands last, to the coarsest: four cells make one.
  size_t end = out.size();
  double weight = levels_ == 1 ? 1.0 : 0.5;
  for (size_t grid = finest; grid > 0; grid /= 2) {
    const size_t begin = end - grid * grid * bins_;
    const double pixels = static_cast<double>(rows * columns) / static_cast<double>(grid * grid);
    for (size_t i = 0; i < grid * grid * bins_; ++i) {
      out[begin + i] = static_cast<float>(weight * counts_[i] / pixels);
    }
    end = begin;
    if (grid > 2) weight /= 2.0;
    for (size_t i = 0; i < grid * grid / 4 * bins_; ++i) {
      const size_t cell = i / bins_, half = grid / 2;
      const size_t from = ((cell / half * 2) * grid + cell % half * 2) * bins_ + i % bins_;
      counts_[i] = counts_[from] + counts_[from + bins_] + counts_[from + grid * bins_] +
                   counts_[from + (grid + 1) * bins_];
    }
  }
}

}  // namespace sleeve
