// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_CROSS_VALIDATE_H_
#define SLEEVE_EVAL_CROSS_VALIDATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "eval/interval.h"
#include "eval/metrics.h"
#include "eval/probability_metrics.h"
#include "eval/task.h"
#include "learn/pipeline.h"

namespace sleeve {

// One set of predictions, judged. `confusion` has true class by row.
struct Evaluation {
  ConfusionMatrix confusion{0};
  Scores scores;
  std::map<std::string, Interval> intervals;  // metric name → 95 % interval over groups
  size_t groups = 0;                          // how many groups were resampled
  // Only if probabilities were given. Those of a cross-validation come from several models, one a fold,
  // whose scales may differ: the pooled areas can then be lower than each fold's own.
  std::optional<ProbabilityScores> probability_scores;
};
// `probabilities` may be nullptr. REQUIRES: as bootstrap_intervals(), and for probabilities as
// score_probabilities().
Evaluation evaluate_predictions(std::span<const int> truth, std::span<const int> predicted,
                                std::span<const int> groups, int classes, uint64_t seed,
                                const Matrix* probabilities = nullptr);

struct CrossValidation {
  PipelineSpec pipeline;
  std::vector<Scores> fold_scores;   // on each fold's test rows
  std::vector<Scores> train_scores;  // on each fold's own training rows: overfitting in plain sight
  Evaluation pooled;                 // all test predictions of the first repeat together, intervals included
  // Test rows (of all folds) one of whose group was trained on. 0 after a grouped split; otherwise the scores
  // may be too good.
  size_t leaking_rows = 0;
  std::vector<int> predicted;  // first repeat: class per row of the task; -1 where no fold tests it
  Matrix probabilities;        // first repeat: rows × classes, each by the model that had not seen the row
};

// Fits every pipeline on every fold's training rows and judges it on its test rows; what pipelines have in
// common is computed once (learn/family.h). `folds` holds repeats × k folds; `folds_per_repeat` says k (1
// for a hold-out). A fold that fails makes the whole an error that names the fold; kUsage if the folds
// don't fit the task, or a fold tests a row that it trains on; kCancelled. A pipeline's result is the same
// bits for any number of threads and whatever the others are.
// REQUIRES: task.goal is kClass; one label per row, from 0 to classes-1; groups empty or one per row.
Result<std::vector<CrossValidation>> cross_validate_all(const Task& task, std::span<const Fold> folds,
                                                        size_t folds_per_repeat,
                                                        std::span<const PipelineSpec> pipelines,
                                                        uint64_t seed, const WorkContext& context);
// One of them.
Result<CrossValidation> cross_validate(const Task& task, std::span<const Fold> folds, size_t folds_per_repeat,
                                       const PipelineSpec& pipeline, uint64_t seed,
                                       const WorkContext& context);

struct FoldSummary {
  double mean = 0;
  double deviation = 0;  // sample standard deviation over folds; 0 for a single fold
};
// REQUIRES: metric is one of metric_names(). Zeros without folds.
FoldSummary summarise(std::span<const Scores> fold_scores, const std::string& metric);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_CROSS_VALIDATE_H_
