// SPDX-License-Identifier: Apache-2.0
#include "feature/resample.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

#include "feature/cpu.h"
#include "feature/portable_math.h"

namespace sleeve {
namespace {

// rgb2gray's coefficients times 10,000. A row of grey is kept in these units: whole numbers up to
// 2,550,000, which a float holds exactly.
constexpr int kBlue = 721;
constexpr int kGreen = 7154;
constexpr int kRed = 2125;
constexpr double kGreyUnits = 10'000.0 * 255.0;

// The place of index i in a signal of n values continued as "d c b | a b c d | c b a".
size_t mirror(int64_t i, int64_t n) {
  if (n == 1) return 0;
  const int64_t period = 2 * n - 2;
  const int64_t place = ((i % period) + period) % period;
  return static_cast<size_t>(place < n ? place : period - place);
}

// gaussian_filter1d's kernel, from -radius to radius.
std::vector<double> gaussian_kernel(double sigma) {
  if (sigma <= 1e-15) return {1.0};
  const int radius = static_cast<int>(4.0 * sigma + 0.5);
  std::vector<double> kernel;
  double sum = 0.0;
  for (int i = -radius; i <= radius; ++i) {
    kernel.push_back(portable_exp(-0.5 / (sigma * sigma) * i * i));
    sum += kernel.back();
  }
  for (double& weight : kernel) weight /= sum;
  return kernel;
}

SLEEVE_INLINE void mix_rows_body(const float* const* rows, const double* weights, size_t count, double* out,
                                 size_t width) {
  for (size_t x = 0; x < width; ++x) out[x] = 0.0;
  size_t t = 0;
  for (; t + 4 <= count; t += 4) {
    const float *a = rows[t], *b = rows[t + 1], *c = rows[t + 2], *d = rows[t + 3];
    const double wa = weights[t], wb = weights[t + 1], wc = weights[t + 2], wd = weights[t + 3];
    for (size_t x = 0; x < width; ++x) {
      out[x] = (((out[x] + wa * static_cast<double>(a[x])) + wb * static_cast<double>(b[x])) +
                wc * static_cast<double>(c[x])) +
               wd * static_cast<double>(d[x]);
    }
  }
  for (; t < count; ++t) {
    for (size_t x = 0; x < width; ++x) out[x] += weights[t] * static_cast<double>(rows[t][x]);
  }
}

void mix_rows_any(const float* const* rows, const double* weights, size_t count, double* out, size_t width) {
  mix_rows_body(rows, weights, count, out, width);
}

SLEEVE_AVX2 void mix_rows_avx2(const float* const* rows, const double* weights, size_t count, double* out,
                               size_t width) {
  mix_rows_body(rows, weights, count, out, width);
}

SLEEVE_INLINE void grey_body(const uint8_t* bgr, float* out, size_t width) {
  for (size_t x = 0; x < width; ++x) {
    out[x] = static_cast<float>(kBlue * bgr[3 * x] + kGreen * bgr[3 * x + 1] + kRed * bgr[3 * x + 2]);
  }
}

void grey_any(const uint8_t* bgr, float* out, size_t width) { grey_body(bgr, out, width); }

SLEEVE_AVX2 void grey_avx2(const uint8_t* bgr, float* out, size_t width) { grey_body(bgr, out, width); }

}  // namespace

AxisFilter make_axis_filter(size_t input, size_t output) {
  assert(input > 0 && output > 0);
  const double factor = static_cast<double>(input) / static_cast<double>(output);
  const std::vector<double> kernel = gaussian_kernel(std::max(0.0, (factor - 1.0) / 2.0));
  const auto radius = static_cast<int64_t>(kernel.size() / 2);
  const auto n = static_cast<int64_t>(input);
  AxisFilter filter;
  std::vector<double> dense(input, 0.0);
  for (size_t k = 0; k < output; ++k) {
    const double position = (static_cast<double>(k) + 0.5) * factor - 0.5;
    const auto below = static_cast<int64_t>(std::floor(position));
    const double share = position - static_cast<double>(below);
    size_t low = input, high = 0;
    for (int64_t side = 0; side < 2; ++side) {
      const double part = side == 0 ? 1.0 - share : share;
      if (part == 0.0) continue;
      // Interpolation looks at the smoothed signal, itself continued by mirroring.
      const auto centre = static_cast<int64_t>(mirror(below + side, n));
      for (int64_t i = -radius; i <= radius; ++i) {
        const size_t place = mirror(centre + i, n);
        dense[place] += part * kernel[static_cast<size_t>(i + radius)];
        low = std::min(low, place);
        high = std::max(high, place);
      }
    }
    filter.first.push_back(low);
    filter.weights.emplace_back(dense.begin() + static_cast<std::ptrdiff_t>(low),
                                dense.begin() + static_cast<std::ptrdiff_t>(high) + 1);
    std::fill(dense.begin() + static_cast<std::ptrdiff_t>(low),
              dense.begin() + static_cast<std::ptrdiff_t>(high) + 1, 0.0);
  }
  // Rows are taken in one after the other; a filter that reaches over the whole signal may begin
  // later than its neighbour above.
  for (size_t k = output - 1; k-- > 0;) {
    const size_t next = filter.first[k + 1];
    if (filter.first[k] > next) {
      filter.weights[k].insert(filter.weights[k].begin(), filter.first[k] - next, 0.0);
      filter.first[k] = next;
    }
  }
  return filter;
}

void GreyResizer::prepare(size_t rows, size_t columns, size_t side) {
  next_row_ = 0;
  if (rows == rows_ && columns == columns_ && side == side_) return;
  rows_ = rows;
  columns_ = columns;
  side_ = side;
  down_ = make_axis_filter(rows, side);
  across_ = make_axis_filter(columns, side);
  ring_rows_ = 0;
  for (const auto& weights : down_.weights) ring_rows_ = std::max(ring_rows_, weights.size());
  ring_.assign(ring_rows_ * columns, 0.0F);
  mixed_.assign(columns, 0.0);
  result_.assign(side * side, 0.0);
}

const float* GreyResizer::grey_row(const cv::Mat& bgr, size_t y) {
  float* slot = ring_.data() + (y % ring_rows_) * columns_;
  if (y >= next_row_) {
    const auto* pixels = bgr.ptr<uint8_t>(static_cast<int>(y));
    cpu_has_avx2() ? grey_avx2(pixels, slot, columns_) : grey_any(pixels, slot, columns_);
    next_row_ = y + 1;
  }
  return slot;
}

const std::vector<double>& GreyResizer::resize(const cv::Mat& bgr, size_t side) {
  prepare(static_cast<size_t>(bgr.rows), static_cast<size_t>(bgr.cols), side);
  for (size_t k = 0; k < side; ++k) {
    const std::vector<double>& weights = down_.weights[k];
    sources_.clear();
    for (size_t i = 0; i < weights.size(); ++i) sources_.push_back(grey_row(bgr, down_.first[k] + i));
    const auto mix = cpu_has_avx2() ? mix_rows_avx2 : mix_rows_any;
    mix(sources_.data(), weights.data(), weights.size(), mixed_.data(), columns_);
    for (size_t j = 0; j < side; ++j) {
      const double* in = mixed_.data() + across_.first[j];
      double sum = 0.0;
      for (const double weight : across_.weights[j]) sum += weight * *in++;
      result_[k * side + j] = sum / kGreyUnits;
    }
  }
  return result_;
}

}  // namespace sleeve
