// SPDX-License-Identifier: Apache-2.0
#include "learn/few_vectors.h"

#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace sleeve {
namespace {

// Parameters: rows, columns, vectors; none of them a multiple of what is done at once, some below it.
class FewVectors : public testing::TestWithParam<std::tuple<size_t, size_t, size_t>> {
 protected:
  std::vector<double> numbers(size_t count) {
    std::vector<double> result(count);
    for (double& value : result) value = rng_.normal();
    return result;
  }
  Matrix matrix(size_t rows, size_t columns) {
    Matrix x(rows, columns);
    for (size_t i = 0; i < rows * columns; ++i) x.data()[i] = static_cast<float>(rng_.normal());
    return x;
  }

  Rng rng_{7};
};

INSTANTIATE_TEST_SUITE_P(Shapes, FewVectors,
                         testing::Combine(testing::Values(1, 4, 11), testing::Values(1, 8, 37),
                                          testing::Values(1, 2, 3, 8)));

TEST_P(FewVectors, MultiplyAsTheDefinitionSays) {
  const auto [rows, columns, count] = GetParam();
  const Matrix x = matrix(rows + 2, columns);
  const size_t vector_stride = columns + 1;
  const size_t stride = count + 2;
  const std::vector<double> vectors = numbers(count * vector_stride);
  std::vector<double> products(rows * stride, -5.0);
  multiply({x, 1, rows + 1}, {vectors.data(), count, vector_stride}, products.data(), stride);
  for (size_t i = 0; i < rows; ++i) {
    for (size_t k = 0; k < count; ++k) {
      double expected = 0.0;
      for (size_t j = 0; j < columns; ++j) expected += double{x(i + 1, j)} * vectors[k * vector_stride + j];
      EXPECT_NEAR(products[i * stride + k], expected, 1e-12) << i << ' ' << k;
    }
    for (size_t k = count; k < stride; ++k) EXPECT_EQ(products[i * stride + k], -5.0);  // not ours
  }
}

TEST_P(FewVectors, AddRowsAsTheDefinitionSays) {
  const auto [rows, columns, count] = GetParam();
  const Matrix x = matrix(rows + 2, columns);
  const size_t vector_stride = columns + 1;
  const size_t stride = count + 2;
  const std::vector<double> factors = numbers(rows * stride);
  const std::vector<double> before = numbers(count * vector_stride);
  std::vector<double> vectors = before;
  add_rows({x, 1, rows + 1}, factors.data(), stride, {vectors.data(), count, vector_stride});
  for (size_t k = 0; k < count; ++k) {
    for (size_t j = 0; j < columns; ++j) {
      double expected = before[k * vector_stride + j];
      for (size_t i = 0; i < rows; ++i) expected += factors[i * stride + k] * double{x(i + 1, j)};
      EXPECT_NEAR(vectors[k * vector_stride + j], expected, 1e-12) << k << ' ' << j;
    }
    EXPECT_EQ(vectors[k * vector_stride + columns], before[k * vector_stride + columns]);  // not ours
  }
}

// The bits of a row's product must not depend on the rows that are taken with it: blocks are cut differently.
TEST_P(FewVectors, ARowAloneHasTheSameBits) {
  const auto [rows, columns, count] = GetParam();
  const Matrix x = matrix(rows, columns);
  const std::vector<double> vectors = numbers(count * columns);
  std::vector<double> together(rows * count);
  multiply({x, 0, rows}, {vectors.data(), count, columns}, together.data(), count);
  for (size_t i = 0; i < rows; ++i) {
    std::vector<double> alone(count);
    multiply({x, i, i + 1}, {vectors.data(), count, columns}, alone.data(), count);
    for (size_t k = 0; k < count; ++k) EXPECT_EQ(alone[k], together[i * count + k]);
  }
}

}  // namespace
}  // namespace sleeve
