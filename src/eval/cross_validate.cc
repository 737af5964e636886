// SPDX-License-Identifier: Apache-2.0
#include "eval/cross_validate.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/pick.h"
#include "base/try.h"
#include "eval/fold_outputs.h"

namespace sleeve {
namespace {

struct FoldResult {
  Scores test;
  Scores train;
  Matrix probabilities;  // test rows × classes
};

Scores scores_of(const Task& task, std::span<const size_t> rows, const Matrix& outputs) {
  return score(ConfusionMatrix::of(pick(task.labels, rows), most_probable(outputs), task.classes()));
}

// Keeps the first repeat's predictions, and judges them together.
void pool(const Task& task, std::span<const Fold> folds, std::span<const FoldResult> results, uint64_t seed,
          CrossValidation& whole) {
  whole.predicted.assign(task.x.rows(), -1);
  whole.probabilities = Matrix(task.x.rows(), static_cast<size_t>(task.classes()));
  for (size_t f = 0; f < folds.size(); ++f) {
    const Matrix& probabilities = results[f].probabilities;
    const std::vector<int> predicted = most_probable(probabilities);
    for (size_t i = 0; i < folds[f].test.size(); ++i) {
      const size_t row = folds[f].test[i];
      whole.predicted[row] = predicted[i];
      std::ranges::copy(probabilities.row(i), whole.probabilities.row(row).begin());
    }
  }
  std::vector<size_t> tested;
  for (size_t row = 0; row < whole.predicted.size(); ++row) {
    if (whole.predicted[row] >= 0) tested.push_back(row);
  }
  const std::vector<int> groups = task.groups.empty() ? std::vector<int>() : pick(task.groups, tested);
  const Matrix probabilities = whole.probabilities.select(tested);
  whole.pooled = evaluate_predictions(pick(task.labels, tested), pick(whole.predicted, tested), groups,
                                      task.classes(), seed, &probabilities);
}

}  // namespace

Evaluation evaluate_predictions(std::span<const int> truth, std::span<const int> predicted,
                                std::span<const int> groups, int classes, uint64_t seed,
                                const Matrix* probabilities) {
  Evaluation evaluation;
  evaluation.confusion = ConfusionMatrix::of(truth, predicted, classes);
  evaluation.scores = score(evaluation.confusion);
  evaluation.intervals = bootstrap_intervals(truth, predicted, groups, classes, seed);
  evaluation.groups =
      groups.empty() ? truth.size() : std::unordered_set<int>(groups.begin(), groups.end()).size();
  if (probabilities != nullptr) evaluation.probability_scores = score_probabilities(*probabilities, truth);
  return evaluation;
}

Result<std::vector<CrossValidation>> cross_validate_all(const Task& task, std::span<const Fold> folds,
                                                        size_t folds_per_repeat,
                                                        std::span<const PipelineSpec> pipelines,
                                                        uint64_t seed, const WorkContext& context) {
  assert(task.goal == Goal::kClass && task.labels.size() == task.x.rows());
  assert(task.groups.empty() || task.groups.size() == task.x.rows());
  std::vector<std::vector<FoldResult>> results(pipelines.size(), std::vector<FoldResult>(folds.size()));
  const std::string what = pipelines.size() == 1
                               ? "cross-validating " + pipelines[0].text()
                               : fmt::format("cross-validating {} models", pipelines.size());
  const FoldRun run{folds, folds_per_repeat, pipelines, {true, true}, seed, what};
  const auto take = [&](size_t f, std::vector<FamilyOutputs> outputs) -> Status {
    for (size_t p = 0; p < outputs.size(); ++p) {
      results[p][f] = {scores_of(task, folds[f].test, outputs[p].test),
                       scores_of(task, folds[f].train, outputs[p].train), std::move(outputs[p].test)};
    }
    return {};
  };
  SLEEVE_CHECK(run_folds(task, run, context, take));
  std::vector<CrossValidation> all(pipelines.size());
  size_t leaking_rows = 0;
  for (const Fold& fold : folds) leaking_rows += count_leaking_rows(task, fold);
  for (size_t p = 0; p < pipelines.size(); ++p) {
    CrossValidation& whole = all[p];
    whole.pipeline = pipelines[p];
    whole.leaking_rows = leaking_rows;
    for (const FoldResult& result : results[p]) {
      whole.fold_scores.push_back(result.test);
      whole.train_scores.push_back(result.train);
    }
    pool(task, folds.first(folds_per_repeat), results[p], seed, whole);
  }
  return all;
}

Result<CrossValidation> cross_validate(const Task& task, std::span<const Fold> folds, size_t folds_per_repeat,
                                       const PipelineSpec& pipeline, uint64_t seed,
                                       const WorkContext& context) {
  SLEEVE_TRY(auto all,
             cross_validate_all(task, folds, folds_per_repeat, std::span(&pipeline, 1), seed, context));
  return std::move(all[0]);
}

FoldSummary summarise(std::span<const Scores> fold_scores, const std::string& metric_name) {
  FoldSummary summary;
  if (fold_scores.empty()) return summary;
  const auto n = static_cast<double>(fold_scores.size());
  for (const Scores& scores : fold_scores) summary.mean += metric(scores, metric_name) / n;
  if (fold_scores.size() < 2) return summary;
  double sum = 0;
  for (const Scores& scores : fold_scores) {
    const double difference = metric(scores, metric_name) - summary.mean;
    sum += difference * difference;
  }
  summary.deviation = std::sqrt(sum / (n - 1));
  return summary;
}

}  // namespace sleeve
