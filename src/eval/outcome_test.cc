// SPDX-License-Identifier: Apache-2.0
#include "eval/outcome.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/parallel.h"
#include "base/rng.h"

namespace sleeve {
namespace {

// Groups of three rows; label 0 follows column 0 with some noise, label 1 follows nothing.
Task label_task(uint64_t seed) {
  Rng rng(seed);
  Task task{Matrix(240, 4), {}, {}, {"planted", "random"}, Goal::kLabels};
  for (size_t row = 0; row < 240; ++row) {
    for (float& value : task.x.row(row)) value = static_cast<float>(rng.normal());
    task.members.push_back(static_cast<double>(task.x(row, 0)) + rng.normal(0.0, 0.5) > 0.0 ? 1 : 0);
    task.members.push_back(rng.uniform() < 0.4 ? 1 : 0);
    task.groups.push_back(static_cast<int>(row / 3));
  }
  return task;
}

std::vector<Fold> folds_of(const Task& task, int repeats = 1) {
  return task_folds(task, SplitKind::kGrouped, task.groups, 4, repeats, 1).value();
}

double metric_of(const Outcome& outcome, const std::string& name) {
  for (const MetricOutcome& metric : outcome.metrics) {
    if (metric.name == name) return metric.value.value();
  }
  ADD_FAILURE() << name;
  return 0.0;
}

TEST(Outcome, FindsThePlantedLabelAndNotTheRandomOne) {
  const Task task = label_task(1);
  const std::vector<PipelineSpec> pipelines = {parse_pipeline("logistic", Goal::kLabels).value(),
                                               parse_pipeline("majority", Goal::kLabels).value()};
  const auto results = validate_outcomes(task, folds_of(task), 4, pipelines, 1, {}).value();
  EXPECT_GT(results[0].pooled.labels[0].roc_auc.value(), 0.9);
  EXPECT_NEAR(results[0].pooled.labels[1].roc_auc.value(), 0.5, 0.12);
  EXPECT_EQ(results[0].pooled.groups, 80U);
  EXPECT_EQ(results[0].leaking_rows, 0U);
  for (const MetricOutcome& metric : results[0].pooled.metrics) {
    ASSERT_TRUE(metric.interval.has_value()) << metric.name;
    EXPECT_LE(metric.interval->low, metric.value.value()) << metric.name;
    EXPECT_GE(metric.interval->high, metric.value.value()) << metric.name;
  }
  // Per fold the baseline knows nothing: every row of a fold gets the same.
  EXPECT_NEAR(summarise(results[1].fold_scores, 0).mean, 0.5, 1e-9);
  EXPECT_LT(metric_of(results[0].pooled, "label_log_loss"), metric_of(results[1].pooled, "label_log_loss"));
}

TEST(Outcome, IsTheSameBitsForAnyNumberOfThreads) {
  const Task task = label_task(2);
  const std::vector<PipelineSpec> pipelines = {parse_pipeline("forest:trees=9", Goal::kLabels).value()};
  std::vector<Matrix> outputs;
  std::vector<double> lows;
  for (const size_t threads : {1, 2, 8}) {
    const ThreadLimit limit(threads);
    auto result = validate_outcomes(task, folds_of(task, 2), 4, pipelines, 1, {}).value();
    lows.push_back(result[0].pooled.metrics[0].interval->low);
    outputs.push_back(std::move(result[0].outputs));
  }
  EXPECT_EQ(outputs[0], outputs[1]);
  EXPECT_EQ(outputs[0], outputs[2]);
  EXPECT_EQ(lows[0], lows[1]);
  EXPECT_EQ(lows[0], lows[2]);
}

TEST(Conformal, TheWidthIsTheStatedRankOfTheErrors) {
  std::vector<double> errors(99);
  std::iota(errors.begin(), errors.end(), 1.0);
  EXPECT_EQ(conformal_half_width(errors, 0.9), 90.0);
  EXPECT_EQ(conformal_half_width({5.0}, 0.5), 5.0);
  EXPECT_FALSE(conformal_half_width({5.0}, 0.9).has_value());
  EXPECT_FALSE(conformal_half_width({}, 0.9).has_value());
}

}  // namespace
}  // namespace sleeve
