// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_FEW_VECTORS_H_
#define SLEEVE_LEARN_FEW_VECTORS_H_

#include <cstddef>

#include "learn/matrix.h"

// Products of many rows of floats with few vectors of doubles, as many as a linear model has classes. General
// matrix products would first copy the rows as doubles, and pack them, for every one of their few uses. For
// this room's .cc files only.
namespace sleeve {

// Rows begin … end-1 of a matrix.
struct RowBlock {
  const Matrix& x;
  size_t begin;
  size_t end;
};

// `count` vectors of at least as many values as the rows have columns, `stride` from one to the next.
template <class T>
struct VectorsOf {
  T* first;
  size_t count;
  size_t stride;
  [[nodiscard]] T* at(size_t k) const { return first + k * stride; }
};

// products[i * stride + k] = Σ_j x(begin + i, j) · vector k [j]. The order of the additions depends on the
// number of columns only.
void multiply(const RowBlock& rows, const VectorsOf<const double>& vectors, double* products, size_t stride);

// vector k [j] += Σ_i factors[i * stride + k] · x(begin + i, j), in the order of the rows.
void add_rows(const RowBlock& rows, const double* factors, size_t stride, const VectorsOf<double>& vectors);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_FEW_VECTORS_H_
