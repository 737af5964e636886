// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "learn/square_root.h"
#include "learn/standard_scaler.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

TEST(StandardScaler, AgreesWithScikitLearn) {
  const Json golden = golden_learners()["scaler"];
  const Matrix x = matrix_of(golden["x"]);
  StandardScaler scaler{{}};
  ASSERT_TRUE(scaler.fit(x, {}).ok());
  const Matrix scaled = scaler.apply(x);
  const Matrix expected = matrix_of(golden["scaled"]);
  for (size_t i = 0; i < x.rows(); ++i) {
    for (size_t j = 0; j < x.columns(); ++j) EXPECT_NEAR(scaled(i, j), expected(i, j), 1e-6) << i << " " << j;
  }
}

TEST(StandardScaler, AConstantColumnBecomesExactlyZero) {
  Matrix x(7, 2);
  for (size_t i = 0; i < 7; ++i) {
    x(i, 0) = 0.1F;  // a sum of these, divided by 7, is not 0.1F
    x(i, 1) = static_cast<float>(i);
  }
  StandardScaler scaler{{}};
  ASSERT_TRUE(scaler.fit(x, {}).ok());
  EXPECT_EQ(scaler.scales()[0], 1.0);
  const Matrix scaled = scaler.apply(x);
  for (size_t i = 0; i < 7; ++i) EXPECT_EQ(scaled(i, 0), 0.0F);
}

TEST(StandardScaler, KeepsSmallDifferencesBesideALargeMean) {
  Matrix x(4, 1);
  for (size_t i = 0; i < 4; ++i) x(i, 0) = 1e6F + static_cast<float>(i);
  StandardScaler scaler{{}};
  ASSERT_TRUE(scaler.fit(x, {}).ok());
  EXPECT_DOUBLE_EQ(scaler.means()[0], 1e6 + 1.5);
  EXPECT_NEAR(scaler.scales()[0], std::sqrt(1.25), 1e-12);
}

TEST(SquareRoot, KeepsTheSign) {
  Matrix x(1, 3);
  x(0, 0) = 9.0F;
  x(0, 1) = -4.0F;
  const Matrix rooted = SquareRoot{{}}.apply(x);
  EXPECT_EQ(rooted(0, 0), 3.0F);
  EXPECT_EQ(rooted(0, 1), -2.0F);
  EXPECT_EQ(rooted(0, 2), 0.0F);
}

}  // namespace
}  // namespace sleeve
