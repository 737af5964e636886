// SPDX-License-Identifier: Apache-2.0
#include "eval/cross_validate.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <exception>
#include <optional>
#include <unordered_set>

#include "base/error.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"

namespace sleeve {
namespace {

struct FoldResult {
  Scores test;
  Scores train;
  std::vector<int> predicted;  // per test row
  Matrix probabilities;        // test rows × classes
  size_t leaking_rows = 0;
};

std::vector<int> pick(std::span<const int> values, std::span<const size_t> rows) {
  std::vector<int> result;
  result.reserve(rows.size());
  for (const size_t row : rows) result.push_back(values[row]);
  return result;
}

size_t count_leaking_rows(const Task& task, const Fold& fold) {
  if (task.groups.empty()) return 0;
  std::unordered_set<int> trained;
  for (const size_t row : fold.train) trained.insert(task.groups[row]);
  return static_cast<size_t>(std::count_if(fold.test.begin(), fold.test.end(),
                                           [&](size_t row) { return trained.contains(task.groups[row]); }));
}

Status check_fold(const Task& task, const Fold& fold) {
  std::vector<bool> trained(task.x.rows());
  for (const size_t row : fold.train) {
    if (row >= task.x.rows()) {
      return make_error(ErrorCode::kUsage, "trains on row {} of {}", row, task.x.rows());
    }
    trained[row] = true;
  }
  for (const size_t row : fold.test) {
    if (row >= task.x.rows()) {
      return make_error(ErrorCode::kUsage, "tests on row {} of {}", row, task.x.rows());
    }
    if (trained[row]) return make_error(ErrorCode::kUsage, "tests row {}, which it also trains on", row);
  }
  if (fold.test.empty()) return make_error(ErrorCode::kUsage, "has no test row");
  return {};
}

Result<FoldResult> run_fold(const Task& task, const Fold& fold, const PipelineSpec& spec, uint64_t seed,
                            const WorkContext& context) {
  SLEEVE_CHECK(check_fold(task, fold));
  const Matrix train_x = task.x.select(fold.train);
  const std::vector<int> train_labels = pick(task.labels, fold.train);
  // The pipeline sees the training rows and nothing else: transforms are learnt inside the fold.
  SLEEVE_TRY(const Pipeline pipeline,
             Pipeline::fit(spec, {train_x, train_labels, task.classes()}, seed, context));
  SLEEVE_TRY(const Matrix train_probabilities, pipeline.outputs(train_x));
  FoldResult result;
  SLEEVE_TRY(result.probabilities, pipeline.outputs(task.x.select(fold.test)));
  result.predicted = most_probable(result.probabilities);
  result.test = score(ConfusionMatrix::of(pick(task.labels, fold.test), result.predicted, task.classes()));
  result.train = score(ConfusionMatrix::of(train_labels, most_probable(train_probabilities), task.classes()));
  result.leaking_rows = count_leaking_rows(task, fold);
  return result;
}

// As run_fold(), with what a library may throw turned into an error.
Result<FoldResult> run_fold_safely(const Task& task, const Fold& fold, const PipelineSpec& spec,
                                   uint64_t seed, const WorkContext& context) {
  if (context.stopping()) return Error{ErrorCode::kCancelled, "stopped on request"};
  try {
    return run_fold(task, fold, spec, seed, context);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kTooLarge, "not enough memory"};
  } catch (const std::exception& exception) {
    return make_error(ErrorCode::kInternal, "could not be computed: {}", exception.what());
  }
}

std::string fold_name(size_t number, size_t folds, size_t folds_per_repeat) {
  std::string name = fmt::format("fold {} of {}", number % folds_per_repeat + 1, folds_per_repeat);
  if (folds > folds_per_repeat) {
    name += fmt::format(", repeat {} of {}", number / folds_per_repeat + 1, folds / folds_per_repeat);
  }
  return name;
}

// The first fold that failed on its own account; else the first that was stopped. Which folds were
// stopped depends on the moment, which failed does not.
Status first_error(std::span<const std::optional<Result<FoldResult>>> results, size_t folds_per_repeat) {
  const Error* first = nullptr;
  size_t number = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i]->ok()) continue;
    const Error& error = results[i]->error();
    const bool worse = first != nullptr && first->code == ErrorCode::kCancelled && error.code != first->code;
    if (first == nullptr || worse) {
      first = &error;
      number = i;
    }
  }
  if (first == nullptr) return {};
  return with_context(*first, fold_name(number, results.size(), folds_per_repeat));
}

// Keeps the first repeat's predictions, and judges them together.
void pool(const Task& task, std::span<const Fold> folds,
          std::span<const std::optional<Result<FoldResult>>> results, uint64_t seed, CrossValidation& whole) {
  whole.predicted.assign(task.x.rows(), -1);
  whole.probabilities = Matrix(task.x.rows(), static_cast<size_t>(task.classes()));
  for (size_t f = 0; f < folds.size(); ++f) {
    const FoldResult& result = results[f]->value();
    for (size_t i = 0; i < folds[f].test.size(); ++i) {
      const size_t row = folds[f].test[i];
      whole.predicted[row] = result.predicted[i];
      const auto from = result.probabilities.row(i);
      std::copy(from.begin(), from.end(), whole.probabilities.row(row).begin());
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

Result<CrossValidation> cross_validate(const Task& task, std::span<const Fold> folds, size_t folds_per_repeat,
                                       const PipelineSpec& pipeline, uint64_t seed,
                                       const WorkContext& context) {
  assert(task.labels.size() == task.x.rows());
  assert(task.groups.empty() || task.groups.size() == task.x.rows());
  if (folds.empty() || folds_per_repeat == 0 || folds.size() % folds_per_repeat != 0) {
    return make_error(ErrorCode::kUsage, "{} folds are not whole repeats of {} folds", folds.size(),
                      folds_per_repeat);
  }
  std::vector<std::optional<Result<FoldResult>>> results(folds.size());
  const WorkContext inner = context.without_progress();
  context.progress().begin("cross-validating " + pipeline.text(), folds.size());
  parallel_for(folds.size(), [&](size_t f) {
    results[f] = run_fold_safely(task, folds[f], pipeline, mix_seed(seed, f), inner);
    context.progress().step();
  });
  context.progress().end();
  SLEEVE_CHECK(first_error(results, folds_per_repeat));

  CrossValidation whole;
  whole.pipeline = pipeline;
  for (const auto& result : results) {
    whole.fold_scores.push_back(result->value().test);
    whole.train_scores.push_back(result->value().train);
    whole.leaking_rows += result->value().leaking_rows;
  }
  pool(task, folds.first(folds_per_repeat), results, seed, whole);
  return whole;
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
