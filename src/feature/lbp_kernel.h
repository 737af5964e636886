// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_LBP_KERNEL_H_
#define SLEEVE_FEATURE_LBP_KERNEL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sleeve {

// One sampling point of the circle around a pixel: a weighted mean of up to four pixels. The
// weights are 15-bit fractions that sum to exactly 32768, so that equal pixels compare as equal.
struct LbpPoint {
  int row, column;     // of the upper left pixel, seen from the centre
  int32_t weights[4];  // upper left, upper right, lower left, lower right
};

// scikit-image's sampling points: radius × (cos, −sin) of equal steps, rounded to five decimals.
std::vector<LbpPoint> lbp_points(int points, int radius);

// The rows around the one that is coded, each width + 2 × margin pixels with zeros in the margin:
// rows[margin] is the centre's row, rows[margin + k] the one k below. pairs[…] has the same rows
// with every pixel followed by its right neighbour, as 16-bit numbers (the vector kernel's diet).
struct LbpWindow {
  std::span<const uint8_t* const> rows;
  std::span<const int16_t* const> pairs;
  int margin;
  size_t width;
};

// Codes of one row: the number of points not darker than the centre where the circle changes at
// most twice between neighbouring points (the last and the first aren't compared, as in
// scikit-image), else points + 1. `codes` has room for width rounded up to 32.
void lbp_row_plain(std::span<const LbpPoint> points, const LbpWindow& window, uint8_t* codes);
// The same codes, with AVX2 where the CPU has it.
void lbp_row(std::span<const LbpPoint> points, const LbpWindow& window, uint8_t* codes);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_LBP_KERNEL_H_
