// SPDX-License-Identifier: Apache-2.0
#include "learn/few_vectors.h"

#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace sleeve {
namespace {

// Parameters: rows, columns, vectors; none of them a multiple of what is done at once, some below it. All
// stand in larger arrays, whose rest must stay as it is.
class FewVectors : public testing::TestWithParam<std::tuple<size_t, size_t, size_t>> {
 protected:
  FewVectors() : x_(rows_ + 2, columns_), vectors_(numbers(count_ * vector_stride_)) {
    for (size_t i = 0; i < x_.rows() * columns_; ++i) x_.data()[i] = static_cast<float>(rng_.normal());
  }
  std::vector<double> numbers(size_t count) {
    std::vector<double> result(count);
    for (double& value : result) value = rng_.normal();
    return result;
  }

  const size_t rows_ = std::get<0>(GetParam());
  const size_t columns_ = std::get<1>(GetParam());
  const size_t count_ = std::get<2>(GetParam());
  const size_t stride_ = count_ + 2;
  const size_t vector_stride_ = columns_ + 1;
  Rng rng_{7};
  Matrix x_;  // of which the first and the last row don't take part
  std::vector<double> vectors_;
};

INSTANTIATE_TEST_SUITE_P(Shapes, FewVectors,
                         testing::Combine(testing::Values(1, 4, 11), testing::Values(1, 8, 37),
                                          testing::Values(1, 2, 3, 8)));

TEST_P(FewVectors, MultiplyAsTheDefinitionSays) {
  std::vector<double> products(rows_ * stride_, -5.0);
  multiply({x_, 1, rows_ + 1}, {vectors_.data(), count_, vector_stride_}, products.data(), stride_);
  for (size_t i = 0; i < rows_; ++i) {
    for (size_t k = 0; k < count_; ++k) {
      double expected = 0.0;
      for (size_t j = 0; j < columns_; ++j)
        expected += double{x_(i + 1, j)} * vectors_[k * vector_stride_ + j];
      EXPECT_NEAR(products[i * stride_ + k], expected, 1e-12) << i << ' ' << k;
    }
    for (size_t k = count_; k < stride_; ++k) EXPECT_EQ(products[i * stride_ + k], -5.0);
  }
}

TEST_P(FewVectors, AddRowsAsTheDefinitionSays) {
  const std::vector<double> factors = numbers(rows_ * stride_);
  const std::vector<double> before = vectors_;
  add_rows({x_, 1, rows_ + 1}, factors.data(), stride_, {vectors_.data(), count_, vector_stride_});
  for (size_t k = 0; k < count_; ++k) {
    for (size_t j = 0; j < columns_; ++j) {
      double expected = before[k * vector_stride_ + j];
      for (size_t i = 0; i < rows_; ++i) expected += factors[i * stride_ + k] * double{x_(i + 1, j)};
      EXPECT_NEAR(vectors_[k * vector_stride_ + j], expected, 1e-12) << k << ' ' << j;
    }
    EXPECT_EQ(vectors_[k * vector_stride_ + columns_], before[k * vector_stride_ + columns_]);
  }
}

// The bits of a row's product must not depend on the rows that are taken with it: blocks are cut differently.
TEST_P(FewVectors, ARowAloneHasTheSameBits) {
  const VectorsOf<const double> vectors{vectors_.data(), count_, vector_stride_};
  std::vector<double> together(x_.rows() * count_);
  multiply({x_, 0, x_.rows()}, vectors, together.data(), count_);
  for (size_t i = 0; i < x_.rows(); ++i) {
    std::vector<double> alone(count_);
    multiply({x_, i, i + 1}, vectors, alone.data(), count_);
    for (size_t k = 0; k < count_; ++k) EXPECT_EQ(alone[k], together[i * count_ + k]);
  }
}

}  // namespace
}  // namespace sleeve
