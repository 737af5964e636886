// SPDX-License-Identifier: Apache-2.0
#include "eval/tail_probability.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"

namespace sleeve {
namespace {

Json golden_tails() {
  const auto text = read_text_file(SLEEVE_SOURCE_DIR "/tests/golden/significance.json");
  return parse_json(text.value()).value()["cases"]["tails"];
}

// Relative: a p value of 1e-80 must not be taken for 0.
void expect_relative(double value, double wanted) { EXPECT_NEAR(value, wanted, 1e-11 * std::abs(wanted)); }

TEST(TailProbability, StudentAgreesWithScipy) {
  const Json cases = golden_tails()["t"];
  ASSERT_GE(cases.size(), 50U);
  for (const Json& golden : cases) {
    SCOPED_TRACE(golden.dump());
    const double t = golden["t"].get<double>();
    expect_relative(student_t_two_sided(t, golden["freedom"].get<int>()), golden["p"].get<double>());
    EXPECT_EQ(student_t_two_sided(-t, golden["freedom"].get<int>()),
              student_t_two_sided(t, golden["freedom"].get<int>()));
  }
}

TEST(TailProbability, StudentInClosedForm) {
  expect_relative(student_t_two_sided(1, 1), 0.5);                     // Cauchy
  expect_relative(student_t_two_sided(2, 2), 1 - 2 / std::sqrt(6.0));  // 1 - t / √(2 + t²)
  EXPECT_EQ(student_t_two_sided(std::numeric_limits<double>::infinity(), 3), 0);
  EXPECT_EQ(student_t_two_sided(1e300, 3), 0);
}

TEST(TailProbability, ChiSquaredAgreesWithScipy) {
  const Json cases = golden_tails()["chi_squared"];
  ASSERT_GE(cases.size(), 6U);
  for (const Json& golden : cases) {
    SCOPED_TRACE(golden.dump());
    expect_relative(chi_squared_tail(golden["x"].get<double>()), golden["p"].get<double>());
  }
}

TEST(TailProbability, SignTestAgreesWithScipy) {
  const Json cases = golden_tails()["sign"];
  ASSERT_GE(cases.size(), 6U);
  for (const Json& golden : cases) {
    SCOPED_TRACE(golden.dump());
    expect_relative(sign_test(golden["fewer"].get<int64_t>(), golden["tosses"].get<int64_t>()),
                    golden["p"].get<double>());
  }
}

TEST(TailProbability, SignTestOfNothingAndOfTooMuch) {
  EXPECT_EQ(sign_test(0, 0), 1);
  EXPECT_EQ(sign_test(7, 7), 1);
  expect_relative(sign_test(0, 1000), std::ldexp(1.0, -999));
  EXPECT_EQ(sign_test(0, 100000), 0);  // below the least double
}

}  // namespace
}  // namespace sleeve
