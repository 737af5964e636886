// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_MATRIX_H_
#define SLEEVE_LEARN_MATRIX_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace sleeve {

// A dense matrix of floats, row-major: a row is a sample, a column a feature.
class Matrix {
 public:
  Matrix() = default;
  Matrix(size_t rows, size_t columns) : rows_(rows), columns_(columns), values_(rows * columns) {}
  // Takes over values laid out row by row. REQUIRES: rows × columns of them.
  Matrix(size_t rows, size_t columns, std::vector<float> values)
      : rows_(rows), columns_(columns), values_(std::move(values)) {
    assert(values_.size() == rows_ * columns_);
  }

  [[nodiscard]] size_t rows() const { return rows_; }
  [[nodiscard]] size_t columns() const { return columns_; }
  [[nodiscard]] std::span<float> row(size_t i) {
    assert(i < rows_);
    return {values_.data() + i * columns_, columns_};
  }
  [[nodiscard]] std::span<const float> row(size_t i) const {
    assert(i < rows_);
    return {values_.data() + i * columns_, columns_};
  }
  float& operator()(size_t i, size_t j) { return row(i)[j]; }
  float operator()(size_t i, size_t j) const { return row(i)[j]; }
  [[nodiscard]] const float* data() const { return values_.data(); }
  [[nodiscard]] float* data() { return values_.data(); }

  // The given rows, in the given order.
  [[nodiscard]] Matrix select(std::span<const size_t> rows) const {
    Matrix result(rows.size(), columns_);
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto from = row(rows[i]);
      std::copy(from.begin(), from.end(), result.row(i).begin());
    }
    return result;
  }
  friend bool operator==(const Matrix&, const Matrix&) = default;

 private:
  size_t rows_ = 0;
  size_t columns_ = 0;
  std::vector<float> values_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_MATRIX_H_
