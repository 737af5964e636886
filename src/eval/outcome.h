// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_OUTCOME_H_
#define SLEEVE_EVAL_OUTCOME_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "eval/interval.h"
#include "eval/objective.h"
#include "eval/task.h"
#include "learn/pipeline.h"

// Numbers and label sets, judged: what eval/cross_validate.h is for classes.
namespace sleeve {

struct MetricOutcome {
  std::string name;             // of an Objective
  std::optional<double> value;  // nothing: can't be computed
  std::optional<Interval> interval;
};

struct Outcome {
  size_t rows = 0;
  size_t groups = 0;
  std::vector<MetricOutcome> metrics;  // all objectives of the goal
  std::vector<LabelScores> labels;     // kLabels: one a label
};

// 95 % percentile bootstrap intervals over whole groups, as bootstrap_intervals(); a replicate in which a
// metric can't be computed has no part in its interval. REQUIRES: rows.
Outcome judge_outputs(const TrainingSet& truth, const Matrix& outputs, uint64_t seed, int replicates = 1000);

// An interval around a predicted number that held for a stated share of numbers never seen: the same width
// for all. Half the width is the k-th smallest absolute error of out-of-fold predictions, k = ⌈(n + 1) ·
// coverage⌉ (Vovk et al. 2005; cross-conformal: Vovk 2015). Infinite (nothing) if there are too few.
std::optional<double> conformal_half_width(std::vector<double> absolute_errors, double coverage);

struct ConformalCheck {
  double coverage = 0.9;  // asked for
  double half_width = 0;  // mean over folds
  double measured = 0;    // share of test rows inside their fold's interval
  Interval interval;      // of `measured`, 95 % bootstrap over groups
};

// How often intervals of this half width hold the truth. REQUIRES: truth of numbers, one output a row; rows.
ConformalCheck check_interval(const TrainingSet& truth, const Matrix& outputs, double half_width,
                              double coverage, uint64_t seed);

// The half width for a pipeline fitted on all rows of the task, from its out-of-fold errors on five grouped
// inner folds. Nothing if there are too few rows; errors as run_folds and task_folds.
Result<std::optional<double>> out_of_fold_half_width(const Task& task, const PipelineSpec& pipeline,
                                                     double coverage, uint64_t seed,
                                                     const WorkContext& context);

// What guessing is for a goal: the largest class, each label's share, the mean.
Result<PipelineSpec> baseline_of(Goal goal);

struct OutcomeValidation {
  PipelineSpec pipeline;
  std::vector<std::vector<std::optional<double>>> fold_scores;   // [fold][objective], on its test rows
  std::vector<std::vector<std::optional<double>>> train_scores;  // on its training rows
  Outcome pooled;                                                // first repeat, all test rows together
  std::optional<ConformalCheck> conformal;                       // kNumber
  size_t leaking_rows = 0;
  Matrix outputs;            // first repeat: by the model that had not seen the row
  std::vector<bool> tested;  // which rows of `outputs` are filled
};

// Each pipeline on every fold, as cross_validate_all(). A fold's interval is calibrated on the other
// folds' out-of-fold errors. REQUIRES: task.goal is kNumber or kLabels.
Result<std::vector<OutcomeValidation>> validate_outcomes(const Task& task, std::span<const Fold> folds,
                                                         size_t folds_per_repeat,
                                                         std::span<const PipelineSpec> pipelines,
                                                         uint64_t seed, const WorkContext& context);

// Mean and sample deviation of the folds that have a value; `folds` counts them.
struct OutcomeSummary {
  double mean = 0;
  double deviation = 0;
  size_t folds = 0;
};
OutcomeSummary summarise(const std::vector<std::vector<std::optional<double>>>& scores, size_t objective);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_OUTCOME_H_
