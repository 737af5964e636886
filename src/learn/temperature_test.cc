// SPDX-License-Identifier: Apache-2.0
#include "learn/temperature.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sleeve {
namespace {

TEST(Sharpness, MakesProbabilitiesAsOftenRightAsTheySay) {
  // Score (1, 0) every time, right in 300 of 400: exp(s) / (exp(s) + 1) should be 0.75.
  std::vector<double> scores;
  std::vector<size_t> truth;
  for (size_t i = 0; i < 400; ++i) {
    scores.insert(scores.end(), {1.0, 0.0});
    truth.push_back(i % 4 == 0 ? 1 : 0);
  }
  EXPECT_NEAR(fit_sharpness(scores, truth, 2), std::log(3.0), 0.01);
}

TEST(Sharpness, IsBoundedAndNeverTurnsTheOrder) {
  const std::vector<double> scores{2.0, 1.0, 0.0, 2.0, 1.0, 0.0};
  const std::vector<size_t> wrong{2, 2};
  EXPECT_NEAR(fit_sharpness(scores, wrong, 3), kLowestSharpness, 1e-9);
  EXPECT_EQ(fit_sharpness({}, {}, 3), 1.0);
  const std::vector<double> tiny{1e-9, 0.0};
  const std::vector<size_t> right{0};
  EXPECT_NEAR(fit_sharpness(tiny, right, 2), kHighestSharpness, 1e-9);
}

TEST(Softmax, DoesNotOverflow) {
  std::vector<double> scores{1e300, -1e300, 1e300};
  softmax(scores, kHighestSharpness);
  EXPECT_EQ(scores, (std::vector<double>{0.5, 0.0, 0.5}));
}

}  // namespace
}  // namespace sleeve
