// SPDX-License-Identifier: Apache-2.0
#include "learn/few_vectors.h"

#include <algorithm>
#include <array>

#include "learn/lanes.h"
#include "learn/widest.h"

namespace sleeve {
namespace {

// So many rows and vectors at a time: their sums stay in registers.
constexpr size_t kRowsAtOnce = 4;
constexpr size_t kVectorsAtOnce = 3;

template <size_t kRows>
using RowStarts = std::array<const float*, kRows>;

template <size_t kRows>
[[gnu::always_inline]] inline RowStarts<kRows> starts_of(const RowBlock& rows, size_t row) {
  RowStarts<kRows> starts;
  for (size_t r = 0; r < kRows; ++r) starts[r] = rows.x.data() + (row + r) * rows.x.columns();
  return starts;
}

[[gnu::always_inline]] inline Doubles eight_values(const float* from) {
  return __builtin_convertvector(load_lanes<EightFloats>(from), Doubles);
}

template <size_t kRows, size_t kVectors>
[[gnu::always_inline]] inline void multiply_tile(const RowStarts<kRows>& x, size_t columns,
                                                 const double* vectors, size_t vector_stride,
                                                 double* products, size_t stride) {
  std::array<std::array<Doubles, kVectors>, kRows> sums{};
  const size_t whole = columns / kLanes * kLanes;
  for (size_t j = 0; j < whole; j += kLanes) {
    std::array<Doubles, kVectors> weights;
    for (size_t k = 0; k < kVectors; ++k) weights[k] = load_lanes<Doubles>(vectors + k * vector_stride + j);
    for (size_t r = 0; r < kRows; ++r) {
      const Doubles values = eight_values(x[r] + j);
      for (size_t k = 0; k < kVectors; ++k) sums[r][k] += values * weights[k];
    }
  }
  for (size_t r = 0; r < kRows; ++r) {
    for (size_t k = 0; k < kVectors; ++k) {
      double sum = 0.0;
      for (size_t lane = 0; lane < kLanes; ++lane) sum += sums[r][k][lane];
      for (size_t j = whole; j < columns; ++j) sum += double{x[r][j]} * vectors[k * vector_stride + j];
      products[r * stride + k] = sum;
    }
  }
}

template <size_t kRows, size_t kVectors>
[[gnu::always_inline]] inline void add_tile(const RowStarts<kRows>& x, size_t columns, const double* factors,
                                            size_t stride, double* vectors, size_t vector_stride) {
  const size_t whole = columns / kLanes * kLanes;
  for (size_t j = 0; j < whole; j += kLanes) {
    std::array<Doubles, kVectors> sums;
    for (size_t k = 0; k < kVectors; ++k) sums[k] = load_lanes<Doubles>(vectors + k * vector_stride + j);
    for (size_t r = 0; r < kRows; ++r) {
      const Doubles values = eight_values(x[r] + j);
      for (size_t k = 0; k < kVectors; ++k) sums[k] += values * factors[r * stride + k];
    }
    for (size_t k = 0; k < kVectors; ++k) store_lanes(sums[k], vectors + k * vector_stride + j);
  }
  for (size_t k = 0; k < kVectors; ++k) {
    for (size_t j = whole; j < columns; ++j) {
      double& sum = vectors[k * vector_stride + j];
      for (size_t r = 0; r < kRows; ++r) sum += double{x[r][j]} * factors[r * stride + k];
    }
  }
}

template <size_t kVectors>
[[gnu::always_inline]] inline void multiply_vectors(const RowBlock& rows, const double* vectors,
                                                    size_t vector_stride, double* products, size_t stride) {
  const size_t columns = rows.x.columns();
  size_t row = rows.begin;
  for (; row + kRowsAtOnce <= rows.end; row += kRowsAtOnce, products += kRowsAtOnce * stride) {
    multiply_tile<kRowsAtOnce, kVectors>(starts_of<kRowsAtOnce>(rows, row), columns, vectors, vector_stride,
                                         products, stride);
  }
  for (; row < rows.end; ++row, products += stride) {
    multiply_tile<1, kVectors>(starts_of<1>(rows, row), columns, vectors, vector_stride, products, stride);
  }
}

template <size_t kVectors>
[[gnu::always_inline]] inline void add_to_vectors(const RowBlock& rows, const double* factors, size_t stride,
                                                  double* vectors, size_t vector_stride) {
  const size_t columns = rows.x.columns();
  size_t row = rows.begin;
  for (; row + kRowsAtOnce <= rows.end; row += kRowsAtOnce, factors += kRowsAtOnce * stride) {
    add_tile<kRowsAtOnce, kVectors>(starts_of<kRowsAtOnce>(rows, row), columns, factors, stride, vectors,
                                    vector_stride);
  }
  for (; row < rows.end; ++row, factors += stride) {
    add_tile<1, kVectors>(starts_of<1>(rows, row), columns, factors, stride, vectors, vector_stride);
  }
}

}  // namespace

SLEEVE_WIDEST void multiply(const RowBlock& rows, const VectorsOf<const double>& vectors, double* products,
                            size_t stride) {
  for (size_t k = 0; k < vectors.count; k += kVectorsAtOnce) {
    const double* const first = vectors.first + k * vectors.stride;
    const size_t left = vectors.count - k;
    if (left >= 3) {
      multiply_vectors<3>(rows, first, vectors.stride, products + k, stride);
    } else if (left == 2) {
      multiply_vectors<2>(rows, first, vectors.stride, products + k, stride);
    } else {
      multiply_vectors<1>(rows, first, vectors.stride, products + k, stride);
    }
  }
}

SLEEVE_WIDEST void add_rows(const RowBlock& rows, const double* factors, size_t stride,
                            const VectorsOf<double>& vectors) {
  for (size_t k = 0; k < vectors.count; k += kVectorsAtOnce) {
    double* const first = vectors.first + k * vectors.stride;
    const size_t left = vectors.count - k;
    if (left >= 3) {
      add_to_vectors<3>(rows, factors + k, stride, first, vectors.stride);
    } else if (left == 2) {
      add_to_vectors<2>(rows, factors + k, stride, first, vectors.stride);
    } else {
      add_to_vectors<1>(rows, factors + k, stride, first, vectors.stride);
    }
  }
}

}  // namespace sleeve
