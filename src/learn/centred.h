// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_CENTRED_H_
#define SLEEVE_LEARN_CENTRED_H_

#include <algorithm>
#include <vector>

#include <Eigen/Core>

#include "base/parallel.h"
#include "learn/blocks.h"

// Centred rows and the products of all pairs of their rows or columns. For this room's .cc files only.
namespace sleeve {

// The rows minus their mean; a constant column becomes 0 to the bit.
inline Rows centred(const Matrix& x, std::vector<double>& means) {
  Rows rows = block_of(x, 0, x.rows());
  const Eigen::RowVectorXd first = rows.row(0);
  rows.rowwise() -= first;
  const Eigen::RowVectorXd rest = rows.colwise().sum() / static_cast<double>(x.rows());
  rows.rowwise() -= rest;
  const Eigen::RowVectorXd mean = first + rest;
  means.assign(mean.data(), mean.data() + mean.size());
  return rows;
}

// tile(i, height, j, width) gives rows of i times columns of j of a symmetric size × size matrix, of which
// the lower half is filled, in parallel.
template <class Tile>
Eigen::MatrixXd symmetric(size_t size, const Tile& tile) {
  constexpr size_t kTile = 128;
  Eigen::MatrixXd result(index_of(size), index_of(size));
  const size_t tiles = blocks_in(size, kTile);
  parallel_for(tiles * tiles, [&](size_t at) {
    const size_t i = at / tiles * kTile;
    const size_t j = at % tiles * kTile;
    if (j > i) return;
    const size_t height = std::min(size - i, kTile);
    const size_t width = std::min(size - j, kTile);
    result.block(index_of(i), index_of(j), index_of(height), index_of(width)) = tile(i, height, j, width);
  });
  return result;
}

// Products of columns with columns.
inline Eigen::MatrixXd column_products(const Rows& rows) {
  return symmetric(static_cast<size_t>(rows.cols()), [&](size_t i, size_t m, size_t j, size_t n) {
    return (rows.middleCols(index_of(i), index_of(m)).transpose() * rows.middleCols(index_of(j), index_of(n)))
        .eval();
  });
}

// Products of the smaller of the two: of rows with rows if there are fewer rows than columns, otherwise of
// columns with columns.
inline Eigen::MatrixXd smaller_products(const Rows& rows) {
  if (rows.rows() < rows.cols()) {
    return symmetric(static_cast<size_t>(rows.rows()), [&](size_t i, size_t m, size_t j, size_t n) {
      return (rows.middleRows(index_of(i), index_of(m)) *
              rows.middleRows(index_of(j), index_of(n)).transpose())
          .eval();
    });
  }
  return column_products(rows);
}

}  // namespace sleeve

#endif  // SLEEVE_LEARN_CENTRED_H_
