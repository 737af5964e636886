// SPDX-License-Identifier: Apache-2.0
#include "eval/regression_metrics.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/rng.h"

namespace sleeve {
namespace {

constexpr double kRegressionTolerance = 1e-12;

void expect_same(const std::optional<double>& value, const Json& wanted) {
  ASSERT_EQ(value.has_value(), !wanted.is_null());
  if (value) {
    EXPECT_NEAR(*value, wanted.get<double>(), kRegressionTolerance * std::max(1.0, std::abs(*value)));
  }
}

TEST(RegressionMetrics, AgreeWithScikitLearnAndScipy) {
  const auto text = read_text_file(SLEEVE_SOURCE_DIR "/tests/golden/regression_metrics.json");
  const Json cases = parse_json(text.value()).value()["cases"];
  ASSERT_GE(cases.size(), 10U);
  for (const Json& golden : cases) {
    SCOPED_TRACE(golden["name"].get<std::string>());
    const auto truth = golden["truth"].get<std::vector<double>>();
    const auto predicted = golden["predicted"].get<std::vector<double>>();
    const RegressionScores scores = score_regression(truth, predicted);
    EXPECT_EQ(scores.rows, truth.size());
    EXPECT_NEAR(scores.mae, golden["mae"].get<double>(), kRegressionTolerance * 100);
    EXPECT_NEAR(scores.rmse, golden["rmse"].get<double>(), kRegressionTolerance * 100);
    expect_same(scores.r_squared, golden["r_squared"]);
    expect_same(scores.spearman, golden["spearman"]);
    expect_same(scores.kendall_tau, golden["kendall_tau"]);
  }
}

TEST(RegressionMetrics, RanksDoNotSeeAMonotoneBend) {
  Rng rng(2);
  std::vector<double> truth, bent, reversed;
  for (int i = 0; i < 200; ++i) {
    truth.push_back(rng.uniform(0, 10));
    bent.push_back(std::exp(truth.back()));
    reversed.push_back(-bent.back());
  }
  EXPECT_EQ(spearman(truth, bent), 1.0);
  EXPECT_EQ(kendall_tau(truth, bent), 1.0);
  EXPECT_EQ(spearman(truth, reversed), -1.0);
  EXPECT_EQ(kendall_tau(truth, reversed), -1.0);
  EXPECT_LT(*r_squared(truth, bent), 0);
}

// The definition, pair by pair.
double kendall_by_pairs(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, in_a = 0, in_b = 0;
  const auto sign = [](double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0; };
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      difference += sign(a[i] - a[j]) * sign(b[i] - b[j]);
      in_a += std::abs(sign(a[i] - a[j]));
      in_b += std::abs(sign(b[i] - b[j]));
    }
  }
  return difference / std::sqrt(in_a * in_b);
}

TEST(RegressionMetrics, KendallIsTheCountOverAllPairs) {
  Rng rng(3);
  for (const uint64_t values : {2U, 5U, 1000U}) {
    std::vector<double> a, b;
    for (int i = 0; i < 301; ++i) {
      a.push_back(static_cast<double>(rng.below(values)));
      b.push_back(rng.below(2) == 0 ? a.back() : static_cast<double>(rng.below(values)));
    }
    EXPECT_NEAR(*kendall_tau(a, b), kendall_by_pairs(a, b), kRegressionTolerance) << values;
    EXPECT_NEAR(*kendall_tau(b, a), kendall_by_pairs(a, b), kRegressionTolerance) << values;
  }
}

TEST(RegressionMetrics, TheMeanExplainsNothing) {
  const std::vector<double> truth = {1, 2, 6}, mean = {3, 3, 3};
  EXPECT_EQ(r_squared(truth, mean), 0.0);
  EXPECT_EQ(spearman(truth, mean), std::nullopt);
  EXPECT_EQ(kendall_tau(truth, mean), std::nullopt);
}

TEST(RegressionMetrics, WithoutRowsNothingIsClaimed) {
  const RegressionScores scores = score_regression({}, {});
  EXPECT_EQ(scores.rows, 0U);
  EXPECT_EQ(scores.mae, 0);
  EXPECT_EQ(scores.rmse, 0);
  EXPECT_EQ(scores.r_squared, std::nullopt);
  EXPECT_EQ(scores.spearman, std::nullopt);
  EXPECT_EQ(scores.kendall_tau, std::nullopt);
}

}  // namespace
}  // namespace sleeve
