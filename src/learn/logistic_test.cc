// SPDX-License-Identifier: Apache-2.0
#include "learn/logistic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/lbfgs.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

TEST(Logistic, AgreesWithScikitLearn) {
  const Json cases = golden_learners()["logistic"];
  ASSERT_EQ(cases.size(), 5U);
  for (const Json& golden : cases) {
    const Matrix x = matrix_of(golden["x"]);
    const auto labels = golden["labels"].get<std::vector<int>>();
    const int classes = golden["classes"].get<int>();
    SCOPED_TRACE(classes);
    const std::string class_weight = golden["balanced"].get<bool>() ? "balanced" : "none";
    Logistic logistic({golden["c"].get<double>(), 10000, 1e-9, class_weight});
    ASSERT_TRUE(logistic.fit({x, labels, classes}, 1, {}).ok());
    EXPECT_TRUE(logistic.converged());
    const Json& coefficients = golden["coefficients"];
    const size_t stride = x.columns() + 1;
    ASSERT_EQ(logistic.weights().size(), coefficients.size() * stride);
    // Only differences of intercepts matter, and scikit-learn's sum to nearly, not quite, nothing.
    for (size_t k = 0; k < coefficients.size(); ++k) {
      for (size_t j = 0; j < x.columns(); ++j) {
        EXPECT_NEAR(logistic.weights()[k * stride + j], coefficients[k][j].get<double>(), 2e-5);
      }
    }
    const Matrix p = logistic.outputs(x);
    const Matrix expected = matrix_of(golden["probabilities"]);
    for (size_t i = 0; i < x.rows(); ++i) {
      for (size_t k = 0; k < expected.columns(); ++k) EXPECT_NEAR(p(i, k), expected(i, k), 1e-5);
    }
  }
}

TEST(Logistic, SaysThatItDidNotConverge) {
  const Drawn data = draw_data(100, 6, 3, 1.0, 1);
  testing::internal::CaptureStderr();
  Logistic hasty({1.0, 2, 1e-5, "none"});
  ASSERT_TRUE(hasty.fit(data.set(), 1, {}).ok());
  EXPECT_FALSE(hasty.converged());
  EXPECT_EQ(hasty.iterations(), 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("not converged after 2 iterations"));
}

TEST(Logistic, ASmallerCGivesSmallerWeights) {
  const Drawn data = draw_data(100, 4, 2, 2.0, 1);
  const auto weight = [&](double c) {
    Logistic logistic({c, 1000, 1e-6, "none"});
    EXPECT_TRUE(logistic.fit(data.set(), 1, {}).ok());
    return std::abs(logistic.weights()[0]);
  };
  EXPECT_LT(weight(0.001), weight(0.1));
  EXPECT_LT(weight(0.1), weight(10.0));
}

TEST(Lbfgs, FindsTheBottomOfRosenbrocksValley) {
  const Objective valley = [](std::span<const double> at, std::span<double> gradient) {
    const double a = 1.0 - at[0];
    const double b = at[1] - at[0] * at[0];
    gradient[0] = -2.0 * a - 400.0 * at[0] * b;
    gradient[1] = 200.0 * b;
    return a * a + 100.0 * b * b;
  };
  const LbfgsResult result = minimise(valley, {-1.2, 1.0}, {1000, 1e-9, 10}, [] { return false; });
  EXPECT_TRUE(result.converged);
  EXPECT_NEAR(result.at[0], 1.0, 1e-8);
  EXPECT_NEAR(result.at[1], 1.0, 1e-8);
  EXPECT_LT(result.iterations, 100);
}

}  // namespace
}  // namespace sleeve
