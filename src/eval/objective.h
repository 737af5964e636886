// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_OBJECTIVE_H_
#define SLEEVE_EVAL_OBJECTIVE_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "learn/matrix.h"
#include "learn/training_set.h"

namespace sleeve {

// One number that says how good a pipeline's outputs are: what folds are summed up by and a search looks
// for. Nothing where it can't be computed (an area with one side missing, a correlation of constants).
struct Objective {
  std::string_view name;
  Goal goal;
  bool higher_is_better;
  bool needs_probabilities;  // the size of the outputs counts, not only their order within a row
  std::optional<double> (*of)(const TrainingSet& truth, const Matrix& outputs);
};

// classes: accuracy, balanced_accuracy, macro_f1, weighted_f1, cohens_kappa, mcc, log_loss, brier, roc_auc
// (one against the rest, macro); labels: macro_roc_auc, macro_average_precision, micro_roc_auc (Oramas et al.
// 2018 report the first two), label_f1 (macro, a label taken from 0.5 on), label_log_loss; numbers:
// r_squared, mae, rmse, spearman, kendall_tau.
std::span<const Objective> objectives();
std::vector<const Objective*> objectives_of(Goal goal);
// macro_f1, macro_roc_auc, mae.
const Objective& default_objective(Goal goal);
// kUsage, naming those that the goal has.
Result<const Objective*> find_objective(std::string_view name, Goal goal);

// Between which values a metric lies, by its name (those of objectives() and metric_names()).
struct MetricRange {
  double lowest = 0;
  double highest = 1;
};
MetricRange range_of(std::string_view metric);

// Per label the ROC area and the average precision; nothing where all rows have it or none.
struct LabelScores {
  std::optional<double> roc_auc;
  std::optional<double> average_precision;
  size_t support = 0;  // rows that have the label
};
std::vector<LabelScores> score_labels(const TrainingSet& truth, const Matrix& outputs);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_OBJECTIVE_H_
