// SPDX-License-Identifier: Apache-2.0
#include "feature/second_order.h"

#include <array>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(SecondOrder, OfOneMapIsItsDeviation) {
  SecondOrder pooled(1);
  pooled.add(std::array{1.0F, 2.0F, 3.0F, 6.0F});
  EXPECT_THAT(pooled.root_of_covariance(), ElementsAre(DoubleNear(std::sqrt(3.5), 1e-12)));
}

TEST(SecondOrder, IsTheRootOfTheCovarianceAsAMatrix) {
  // Covariance [[5, 4], [4, 5]]: its root is [[2, 1], [1, 2]].
  SecondOrder pooled(2);
  pooled.add(std::array{3.0F, -3.0F, 1.0F, -1.0F,  // along the diagonal variance 9, across it 1:
                        3.0F, -3.0F, -1.0F, 1.0F});
  const auto root = pooled.root_of_covariance();
  EXPECT_THAT(root,
              ElementsAre(DoubleNear(2, 1e-12), DoubleNear(std::sqrt(2.0), 1e-12), DoubleNear(2, 1e-12)));
}

TEST(SecondOrder, TakesSeveralSetsOfPlacesAsOne) {
  SecondOrder whole(2);
  whole.add(std::array{1.0F, 4.0F, 2.0F, 8.0F, 0.5F, 0.25F, 7.0F, -3.0F});
  SecondOrder parts(2);
  parts.add(std::array{1.0F, 4.0F, 2.0F, 0.5F, 0.25F, 7.0F});
  parts.add(std::array{8.0F, -3.0F});
  const auto theirs = whole.root_of_covariance();
  const auto ours = parts.root_of_covariance();
  ASSERT_EQ(ours.size(), second_order_size(2));
  for (size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], 1e-12);
}

TEST(SecondOrder, OfMapsThatNeverChangeIsNothing) {
  SecondOrder pooled(2);
  pooled.add(std::array{0.3F, 0.3F, 0.3F, 1e6F, 1e6F, 1e6F});
  for (const double value : pooled.root_of_covariance()) EXPECT_NEAR(value, 0, 0.05);
}

TEST(SecondOrder, SaysWhereItWasGivenWhatIsNotFinite) {
  SecondOrder pooled(2);
  pooled.add(std::array{1.0F, std::numeric_limits<float>::infinity(), 0.0F, 2.0F});
  EXPECT_THAT(pooled.root_of_covariance(), testing::Each(testing::IsNan()));
}

}  // namespace
}  // namespace sleeve
