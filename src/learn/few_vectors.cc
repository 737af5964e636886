// SPDX-License-Identifier: Apache-2.0
#include "learn/few_vectors.h"

#include <array>

#include "learn/lanes.h"
#include "learn/widest.h"

namespace sleeve {
namespace {

// So many rows and vectors at a time, a tile: their sums stay in registers.
constexpr size_t kRowsAtOnce = 4;
constexpr size_t kVectorsAtOnce = 3;

size_t whole_lanes(size_t columns) { return columns / kLanes * kLanes; }

// Where rows or vectors begin, asked for once a tile: the compiler can't know that they stay.
template <size_t kRows>
[[gnu::always_inline]] inline std::array<const float*, kRows> starts_of(const RowBlock& rows, size_t row) {
  std::array<const float*, kRows> starts;
  for (size_t r = 0; r < kRows; ++r) starts[r] = rows.x.data() + (row + r) * rows.x.columns();
  return starts;
}

template <size_t kVectors, class T>
[[gnu::always_inline]] inline std::array<T*, kVectors> starts_of(const VectorsOf<T>& vectors, size_t k) {
  std::array<T*, kVectors> starts;
  for (size_t i = 0; i < kVectors; ++i) starts[i] = vectors.at(k + i);
  return starts;
}

// Columns j … j+7 of a row, of every vector.
[[gnu::always_inline]] inline Doubles eight_of(const float* row, size_t j) {
  return __builtin_convertvector(load_lanes<EightFloats>(row + j), Doubles);
}

template <size_t kVectors, class T>
[[gnu::always_inline]] inline std::array<Doubles, kVectors> eight_of(const std::array<T*, kVectors>& vectors,
                                                                     size_t j) {
  std::array<Doubles, kVectors> eight;
  for (size_t i = 0; i < kVectors; ++i) eight[i] = load_lanes<Doubles>(vectors[i] + j);
  return eight;
}

struct Multiply {
  const RowBlock& rows;
  const VectorsOf<const double>& vectors;
  double* products;
  size_t stride;

  template <size_t kRows, size_t kVectors>
  [[gnu::always_inline]] void tile(size_t row, size_t k) const {
    std::array<std::array<Doubles, kVectors>, kRows> sums{};
    const auto x = starts_of<kRows>(rows, row);
    const auto v = starts_of<kVectors>(vectors, k);
    const size_t columns = rows.x.columns();
    const size_t whole = whole_lanes(columns);
    for (size_t j = 0; j < whole; j += kLanes) {
      const auto weights = eight_of(v, j);
      for (size_t r = 0; r < kRows; ++r) {
        const Doubles values = eight_of(x[r], j);
        for (size_t i = 0; i < kVectors; ++i) sums[r][i] += values * weights[i];
      }
    }
    for (size_t r = 0; r < kRows; ++r) {
      for (size_t i = 0; i < kVectors; ++i) {
        double sum = 0.0;
        for (size_t lane = 0; lane < kLanes; ++lane) sum += sums[r][i][lane];
        for (size_t j = whole; j < columns; ++j) sum += double{x[r][j]} * v[i][j];
        products[(row + r - rows.begin) * stride + k + i] = sum;
      }
    }
  }
};

struct AddRows {
  const RowBlock& rows;
  const double* factors;
  size_t stride;
  const VectorsOf<double>& vectors;

  template <size_t kRows, size_t kVectors>
  [[gnu::always_inline]] void tile(size_t row, size_t k) const {
    const double* const own = factors + (row - rows.begin) * stride + k;
    const auto x = starts_of<kRows>(rows, row);
    const auto v = starts_of<kVectors>(vectors, k);
    const size_t columns = rows.x.columns();
    const size_t whole = whole_lanes(columns);
    for (size_t j = 0; j < whole; j += kLanes) {
      auto sums = eight_of(v, j);
      for (size_t r = 0; r < kRows; ++r) {
        const Doubles values = eight_of(x[r], j);
        for (size_t i = 0; i < kVectors; ++i) sums[i] += values * own[r * stride + i];
      }
      for (size_t i = 0; i < kVectors; ++i) store_lanes(sums[i], v[i] + j);
    }
    for (size_t j = whole; j < columns; ++j) {
      for (size_t i = 0; i < kVectors; ++i) {
        for (size_t r = 0; r < kRows; ++r) {
          v[i][j] += double{x[r][j]} * own[r * stride + i];
        }
      }
    }
  }
};

template <size_t kVectors, class Product>
[[gnu::always_inline]] inline void for_rows(const Product& product, size_t k) {
  size_t row = product.rows.begin;
  for (; row + kRowsAtOnce <= product.rows.end; row += kRowsAtOnce) {
    product.template tile<kRowsAtOnce, kVectors>(row, k);
  }
  for (; row < product.rows.end; ++row) product.template tile<1, kVectors>(row, k);
}

template <class Product>
[[gnu::always_inline]] inline void for_tiles(const Product& product) {
  size_t k = 0;
  for (; k + kVectorsAtOnce <= product.vectors.count; k += kVectorsAtOnce) {
    for_rows<kVectorsAtOnce>(product, k);
  }
  for (; k < product.vectors.count; ++k) for_rows<1>(product, k);
}

}  // namespace

SLEEVE_WIDEST void multiply(const RowBlock& rows, const VectorsOf<const double>& vectors, double* products,
                            size_t stride) {
  for_tiles(Multiply{rows, vectors, products, stride});
}

SLEEVE_WIDEST void add_rows(const RowBlock& rows, const double* factors, size_t stride,
                            const VectorsOf<double>& vectors) {
  for_tiles(AddRows{rows, factors, stride, vectors});
}

}  // namespace sleeve
