// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_EVALUATION_JSON_H_
#define SLEEVE_STAGE_EVALUATION_JSON_H_

#include <string>
#include <vector>

#include "base/json.h"
#include "eval/cross_validate.h"
#include "eval/outcome.h"

// The one form in which scores leave sleeve: printed with --json, kept with a run, saved in a
// model's record, and read by whatever draws them.
namespace sleeve {

// {"rows", "groups", "accuracy": {"value", "low", "high"}, …, "classes": {NAME: {precision, recall,
// f1, support}}, "macro", "weighted", "confusion": {"labels", "rows"}}; of probabilities also "log_loss":
// {"value"}, "brier", "calibration_error", "top2_accuracy", "roc_auc_ovr", "roc_auc_ovo",
// "average_precision", with the value null where the truth has too few classes for it, and "reliability":
// [{"low", "high", "rows", "confidence", "accuracy"}, …], ten bins of the highest probability.
Json to_json(const Evaluation& evaluation, const std::vector<std::string>& class_names);

// {"pipeline", "folds": {METRIC: {"mean", "deviation", "values"}}, "train": the same on training rows,
// "pooled": an evaluation}
Json to_json(const CrossValidation& result, const std::vector<std::string>& class_names);

// {"rows", "groups", METRIC: {"value", "low", "high"}, …, of several genres "labels": {NAME: {"roc_auc",
// "average_precision", "support"}}}; a value is null where it can't be computed.
Json to_json(const Outcome& outcome, const std::vector<std::string>& class_names);
// {"coverage", "half_width", "measured": {"value", "low", "high"}}
Json to_json(const ConformalCheck& check);
// As of a CrossValidation; for numbers also "interval".
Json to_json(const OutcomeValidation& result, const std::vector<std::string>& class_names, Goal goal);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_EVALUATION_JSON_H_
