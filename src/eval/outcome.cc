// SPDX-License-Identifier: Apache-2.0
#include "eval/outcome.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/parallel.h"
#include "base/quantile.h"
#include "base/rng.h"
#include "base/try.h"
#include "eval/fold_outputs.h"
#include "eval/group_rows.h"

namespace sleeve {
namespace {

using FoldValues = std::vector<std::optional<double>>;

FoldValues values_of(const TrainingSet& truth, const Matrix& outputs) {
  FoldValues values;
  for (const Objective* objective : objectives_of(truth.goal))
    values.push_back(objective->of(truth, outputs));
  return values;
}

Interval percentile_interval(std::vector<double> values) {
  std::ranges::sort(values);
  return {quantile(values, 0.025), quantile(values, 0.975)};
}

std::vector<size_t> draw_groups(const GroupRows& groups, Rng& rng) {
  std::vector<size_t> rows;
  for (size_t draw = 0; draw < groups.groups(); ++draw) {
    const auto drawn = groups.rows(static_cast<size_t>(rng.below(groups.groups())));
    rows.insert(rows.end(), drawn.begin(), drawn.end());
  }
  return rows;
}

Interval share_interval(const std::vector<uint8_t>& inside, std::span<const int> groups, uint64_t seed) {
  const GroupRows group_rows(groups, inside.size());
  std::vector<double> shares(1000);
  parallel_for(shares.size(), [&](size_t i) {
    Rng rng(seed, i);
    double sum = 0.0;
    const std::vector<size_t> rows = draw_groups(group_rows, rng);
    for (const size_t row : rows) sum += inside[row];
    shares[i] = sum / static_cast<double>(rows.size());
  });
  return percentile_interval(std::move(shares));
}

std::vector<double> errors_outside(const Task& task, const Matrix& outputs, std::span<const Fold> folds,
                                   size_t left_out) {
  std::vector<double> errors;
  for (size_t f = 0; f < folds.size(); ++f) {
    if (f == left_out) continue;
    for (const size_t row : folds[f].test) {
      errors.push_back(
          std::abs(static_cast<double>(task.values[row]) - static_cast<double>(outputs(row, 0))));
    }
  }
  return errors;
}

std::optional<ConformalCheck> check_conformal(const Task& task, const Matrix& outputs,
                                              std::span<const Fold> first_repeat, uint64_t seed) {
  ConformalCheck check;
  std::vector<uint8_t> inside;
  std::vector<int> groups;
  for (size_t f = 0; f < first_repeat.size(); ++f) {
    const auto width = conformal_half_width(errors_outside(task, outputs, first_repeat, f), check.coverage);
    if (!width) return std::nullopt;
    check.half_width += *width / static_cast<double>(first_repeat.size());
    for (const size_t row : first_repeat[f].test) {
      const double error =
          std::abs(static_cast<double>(task.values[row]) - static_cast<double>(outputs(row, 0)));
      inside.push_back(error <= *width ? 1 : 0);
      if (!task.groups.empty()) groups.push_back(task.groups[row]);
    }
  }
  check.measured = static_cast<double>(std::ranges::count(inside, uint8_t{1})) /
                   static_cast<double>(std::max<size_t>(1, inside.size()));
  check.interval = share_interval(inside, groups, seed);
  return check;
}

}  // namespace

Outcome judge_outputs(const TrainingSet& truth, const Matrix& outputs, uint64_t seed, int replicates) {
  assert(truth.x.rows() == outputs.rows() && outputs.rows() > 0);
  const auto goals = objectives_of(truth.goal);
  const GroupRows groups(truth.groups, outputs.rows());
  Outcome outcome{outputs.rows(), groups.groups(), {}, {}};
  const FoldValues values = values_of(truth, outputs);
  for (size_t i = 0; i < goals.size(); ++i) {
    outcome.metrics.push_back({std::string(goals[i]->name), values[i], {}});
  }
  if (truth.goal == Goal::kLabels) outcome.labels = score_labels(truth, outputs);
  std::vector<FoldValues> replicated(static_cast<size_t>(replicates));
  parallel_for(replicated.size(), [&](size_t i) {
    Rng rng(seed, i);
    const std::vector<size_t> rows = draw_groups(groups, rng);
    const Answers answers = Answers::of(truth, rows);
    const Matrix none(rows.size(), 0);
    replicated[i] = values_of(answers.set(none, truth), outputs.select(rows));
  });
  for (size_t i = 0; i < goals.size(); ++i) {
    std::vector<double> known;
    for (const FoldValues& replicate : replicated) {
      if (replicate[i]) known.push_back(*replicate[i]);
    }
    if (!known.empty()) outcome.metrics[i].interval = percentile_interval(std::move(known));
  }
  return outcome;
}

std::optional<double> conformal_half_width(std::vector<double> absolute_errors, double coverage) {
  const auto place =
      static_cast<size_t>(std::ceil((static_cast<double>(absolute_errors.size()) + 1.0) * coverage));
  if (place == 0 || place > absolute_errors.size()) return std::nullopt;
  const auto nth = absolute_errors.begin() + static_cast<std::ptrdiff_t>(place - 1);
  std::ranges::nth_element(absolute_errors, nth);
  return *nth;
}

ConformalCheck check_interval(const TrainingSet& truth, const Matrix& outputs, double half_width,
                              double coverage, uint64_t seed) {
  ConformalCheck check;
  check.coverage = coverage;
  check.half_width = half_width;
  std::vector<uint8_t> inside;
  for (size_t row = 0; row < outputs.rows(); ++row) {
    const double error =
        std::abs(static_cast<double>(truth.values[row]) - static_cast<double>(outputs(row, 0)));
    inside.push_back(error <= half_width ? 1 : 0);
  }
  check.measured =
      static_cast<double>(std::ranges::count(inside, uint8_t{1})) / static_cast<double>(inside.size());
  check.interval = share_interval(inside, truth.groups, seed);
  return check;
}

Result<std::optional<double>> out_of_fold_half_width(const Task& task, const PipelineSpec& pipeline,
                                                     double coverage, uint64_t seed,
                                                     const WorkContext& context) {
  constexpr int kInnerFolds = 5;
  SLEEVE_TRY(const auto folds, task_folds(task, SplitKind::kGrouped, task.groups, kInnerFolds, 1, seed));
  Matrix outputs(task.x.rows(), 1);
  const auto take = [&](size_t f, std::vector<FamilyOutputs> of_fold) -> Status {
    for (size_t i = 0; i < folds[f].test.size(); ++i) outputs(folds[f].test[i], 0) = of_fold[0].test(i, 0);
    return {};
  };
  const FoldRun run{folds, kInnerFolds,       std::span(&pipeline, 1),
                    {},    mix_seed(seed, 1), "measuring the interval"};
  SLEEVE_CHECK(run_folds(task, run, context, take));
  return conformal_half_width(errors_outside(task, outputs, folds, folds.size()), coverage);
}

Result<PipelineSpec> baseline_of(Goal goal) {
  return parse_pipeline(goal == Goal::kNumber ? "mean" : "majority", goal);
}

Result<std::vector<OutcomeValidation>> validate_outcomes(const Task& task, std::span<const Fold> folds,
                                                         size_t folds_per_repeat,
                                                         std::span<const PipelineSpec> pipelines,
                                                         uint64_t seed, const WorkContext& context) {
  assert(task.goal != Goal::kClass);
  std::vector<OutcomeValidation> results(pipelines.size());
  for (size_t p = 0; p < pipelines.size(); ++p) {
    results[p].pipeline = pipelines[p];
    results[p].fold_scores.resize(folds.size());
    results[p].train_scores.resize(folds.size());
    results[p].outputs = Matrix(task.x.rows(), static_cast<size_t>(task.classes()));
    results[p].tested.assign(task.x.rows(), false);
  }
  const TrainingSet whole = task.set();
  const Matrix none;
  const FoldRun run{folds, folds_per_repeat, pipelines, {true, true}, seed, "cross-validating"};
  const auto take = [&](size_t f, std::vector<FamilyOutputs> outputs) -> Status {
    const Matrix test_rows(folds[f].test.size(), 0);
    const Matrix train_rows(folds[f].train.size(), 0);
    const Answers test = Answers::of(whole, folds[f].test);
    const Answers train = Answers::of(whole, folds[f].train);
    for (size_t p = 0; p < outputs.size(); ++p) {
      results[p].fold_scores[f] = values_of(test.set(test_rows, whole), outputs[p].test);
      results[p].train_scores[f] = values_of(train.set(train_rows, whole), outputs[p].train);
      if (f >= folds_per_repeat) continue;
      for (size_t i = 0; i < folds[f].test.size(); ++i) {
        std::ranges::copy(outputs[p].test.row(i), results[p].outputs.row(folds[f].test[i]).begin());
      }
    }
    return {};
  };
  SLEEVE_CHECK(run_folds(task, run, context, take));
  std::vector<size_t> tested;
  for (const Fold& fold : folds.first(folds_per_repeat)) {
    tested.insert(tested.end(), fold.test.begin(), fold.test.end());
  }
  std::ranges::sort(tested);
  const Task judged = select_rows(task, tested);
  for (OutcomeValidation& result : results) {
    for (const Fold& fold : folds) result.leaking_rows += count_leaking_rows(task, fold);
    for (const size_t row : tested) result.tested[row] = true;
    result.pooled = judge_outputs(judged.set(), result.outputs.select(tested), seed);
    if (task.goal == Goal::kNumber) {
      result.conformal = check_conformal(task, result.outputs, folds.first(folds_per_repeat), seed);
    }
  }
  return results;
}

OutcomeSummary summarise(const std::vector<std::vector<std::optional<double>>>& scores, size_t objective) {
  OutcomeSummary summary;
  for (const auto& fold : scores) {
    if (!fold[objective]) continue;
    summary.mean += *fold[objective];
    ++summary.folds;
  }
  if (summary.folds == 0) return summary;
  summary.mean /= static_cast<double>(summary.folds);
  if (summary.folds < 2) return summary;
  double sum = 0.0;
  for (const auto& fold : scores) {
    if (fold[objective]) sum += (*fold[objective] - summary.mean) * (*fold[objective] - summary.mean);
  }
  summary.deviation = std::sqrt(sum / static_cast<double>(summary.folds - 1));
  return summary;
}

}  // namespace sleeve
