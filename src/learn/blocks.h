// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_BLOCKS_H_
#define SLEEVE_LEARN_BLOCKS_H_

#include <cstddef>

#include <Eigen/Core>

#include "learn/matrix.h"

// Rows of a Matrix in double precision, for Eigen's products. For this room's .cc files only. Work is
// cut into blocks of fixed sizes, so that the bits of a product don't depend on the number of threads.
namespace sleeve {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Rows begin … end-1.
inline Rows block_of(const Matrix& x, size_t begin, size_t end) {
  const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> values(
      x.data() + begin * x.columns(), static_cast<Eigen::Index>(end - begin),
      static_cast<Eigen::Index>(x.columns()));
  return values.cast<double>();
}

// How many blocks of `size` hold `count`.
inline size_t blocks_in(size_t count, size_t size) { return (count + size - 1) / size; }

inline Eigen::Index index_of(size_t i) { return static_cast<Eigen::Index>(i); }

}  // namespace sleeve

#endif  // SLEEVE_LEARN_BLOCKS_H_
