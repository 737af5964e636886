// SPDX-License-Identifier: Apache-2.0
#include "eval/objective.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "eval/metrics.h"
#include "eval/probability_metrics.h"
#include "eval/regression_metrics.h"
#include "learn/pipeline.h"

namespace sleeve {
namespace {

using Value = std::optional<double>;

Scores class_scores(const TrainingSet& truth, const Matrix& outputs) {
  return score(ConfusionMatrix::of(truth.labels, most_probable(outputs), truth.classes));
}

Value accuracy(const TrainingSet& truth, const Matrix& outputs) {
  return class_scores(truth, outputs).accuracy;
}
Value balanced_accuracy(const TrainingSet& truth, const Matrix& outputs) {
  return class_scores(truth, outputs).balanced_accuracy;
}
Value macro_f1(const TrainingSet& truth, const Matrix& outputs) {
  return class_scores(truth, outputs).macro.f1;
}
Value weighted_f1(const TrainingSet& truth, const Matrix& outputs) {
  return class_scores(truth, outputs).weighted.f1;
}
Value kappa(const TrainingSet& truth, const Matrix& outputs) {
  return class_scores(truth, outputs).cohens_kappa;
}
Value mcc(const TrainingSet& truth, const Matrix& outputs) { return class_scores(truth, outputs).mcc; }
Value class_log_loss(const TrainingSet& truth, const Matrix& outputs) {
  return log_loss(outputs, truth.labels);
}
Value brier(const TrainingSet& truth, const Matrix& outputs) { return brier_score(outputs, truth.labels); }
Value roc_auc(const TrainingSet& truth, const Matrix& outputs) {
  return roc_auc_ovr(outputs, truth.labels, Average::kMacro);
}

// Of labels.
std::vector<uint8_t> members_of(const TrainingSet& truth, size_t label) {
  const auto labels = static_cast<size_t>(truth.classes);
  std::vector<uint8_t> has;
  for (size_t at = label; at < truth.members.size(); at += labels) has.push_back(truth.members[at]);
  return has;
}

std::vector<float> column_of(const Matrix& outputs, size_t column) {
  std::vector<float> values;
  for (size_t row = 0; row < outputs.rows(); ++row) values.push_back(outputs(row, column));
  return values;
}

template <class Pick>
Value mean_over_labels(const TrainingSet& truth, const Matrix& outputs, const Pick& pick) {
  double sum = 0.0;
  double count = 0.0;
  for (const LabelScores& scores : score_labels(truth, outputs)) {
    if (!pick(scores)) continue;
    sum += *pick(scores);
    count += 1.0;
  }
  return count > 0.0 ? Value(sum / count) : Value();
}

Value macro_roc_auc(const TrainingSet& truth, const Matrix& outputs) {
  return mean_over_labels(truth, outputs, [](const LabelScores& scores) { return scores.roc_auc; });
}
Value macro_average_precision(const TrainingSet& truth, const Matrix& outputs) {
  return mean_over_labels(truth, outputs, [](const LabelScores& scores) { return scores.average_precision; });
}
Value micro_roc_auc(const TrainingSet& truth, const Matrix& outputs) {
  return binary_roc_auc({outputs.data(), outputs.rows() * outputs.columns()}, truth.members);
}
Value label_f1(const TrainingSet& truth, const Matrix& outputs) {
  double sum = 0.0;
  for (size_t label = 0; label < outputs.columns(); ++label) {
    double both = 0.0;
    double either = 0.0;
    for (size_t row = 0; row < outputs.rows(); ++row) {
      const bool has = truth.members[row * outputs.columns() + label] != 0;
      const bool said = outputs(row, label) >= 0.5F;
      both += has && said ? 1.0 : 0.0;
      either += (has ? 1.0 : 0.0) + (said ? 1.0 : 0.0);
    }
    sum += either > 0.0 ? 2.0 * both / either : 0.0;
  }
  return sum / static_cast<double>(outputs.columns());
}
Value label_log_loss(const TrainingSet& truth, const Matrix& outputs) {
  constexpr double kLeast = 1e-7;
  double sum = 0.0;
  for (size_t at = 0; at < truth.members.size(); ++at) {
    const auto share = static_cast<double>(outputs.data()[at]);
    sum -= std::log(std::clamp(truth.members[at] != 0 ? share : 1.0 - share, kLeast, 1.0));
  }
  return truth.members.empty() ? Value() : Value(sum / static_cast<double>(truth.members.size()));
}

// Of numbers.
template <class Metric>
auto of_numbers(const Metric& metric, const TrainingSet& truth, const Matrix& outputs) {
  const std::vector<double> values(truth.values.begin(), truth.values.end());
  const std::vector<double> predicted(outputs.data(), outputs.data() + outputs.rows());
  return metric(values, predicted);
}
Value r2(const TrainingSet& truth, const Matrix& outputs) { return of_numbers(r_squared, truth, outputs); }
Value mae(const TrainingSet& truth, const Matrix& outputs) {
  return of_numbers(mean_absolute_error, truth, outputs);
}
Value rmse(const TrainingSet& truth, const Matrix& outputs) {
  return of_numbers(root_mean_squared_error, truth, outputs);
}
Value rank_correlation(const TrainingSet& truth, const Matrix& outputs) {
  return of_numbers(spearman, truth, outputs);
}
Value tau(const TrainingSet& truth, const Matrix& outputs) { return of_numbers(kendall_tau, truth, outputs); }

}  // namespace

// clang-format off
std::span<const Objective> objectives() {
  static constexpr Objective kObjectives[] = {
      {"accuracy", Goal::kClass, true, false, accuracy},
      {"balanced_accuracy", Goal::kClass, true, false, balanced_accuracy},
      {"macro_f1", Goal::kClass, true, false, macro_f1},
      {"weighted_f1", Goal::kClass, true, false, weighted_f1},
      {"cohens_kappa", Goal::kClass, true, false, kappa},
      {"mcc", Goal::kClass, true, false, mcc},
      {"log_loss", Goal::kClass, false, true, class_log_loss},
      {"brier", Goal::kClass, false, true, brier},
      {"roc_auc", Goal::kClass, true, true, roc_auc},
      {"macro_roc_auc", Goal::kLabels, true, true, macro_roc_auc},
      {"macro_average_precision", Goal::kLabels, true, true, macro_average_precision},
      {"micro_roc_auc", Goal::kLabels, true, true, micro_roc_auc},
      {"label_f1", Goal::kLabels, true, true, label_f1},
      {"label_log_loss", Goal::kLabels, false, true, label_log_loss},
      {"mae", Goal::kNumber, false, true, mae},
      {"rmse", Goal::kNumber, false, true, rmse},
      {"r_squared", Goal::kNumber, true, true, r2},
      {"spearman", Goal::kNumber, true, true, rank_correlation},
      {"kendall_tau", Goal::kNumber, true, true, tau},
  };
  return kObjectives;
}
// clang-format on

std::vector<const Objective*> objectives_of(Goal goal) {
  std::vector<const Objective*> result;
  for (const Objective& objective : objectives()) {
    if (objective.goal == goal) result.push_back(&objective);
  }
  return result;
}

const Objective& default_objective(Goal goal) {
  const std::string_view name = goal == Goal::kClass    ? "macro_f1"
                                : goal == Goal::kLabels ? "macro_roc_auc"
                                                        : "mae";
  return *std::ranges::find(objectives(), name, &Objective::name);
}

Result<const Objective*> find_objective(std::string_view name, Goal goal) {
  std::vector<std::string> names;
  for (const Objective* objective : objectives_of(goal)) {
    if (objective->name == name) return objective;
    names.emplace_back(objective->name);
  }
  return make_error(ErrorCode::kUsage, "unknown metric '{}'{} (known: {})", printable(name),
                    suggestion(name, names), join_text(names, ", "));
}

MetricRange range_of(std::string_view metric) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  constexpr std::array<std::string_view, 4> kAgreements = {"cohens_kappa", "mcc", "spearman", "kendall_tau"};
  constexpr std::array<std::string_view, 4> kErrors = {"mae", "rmse", "log_loss", "label_log_loss"};
  if (std::ranges::find(kAgreements, metric) != kAgreements.end()) return {-1, 1};
  if (std::ranges::find(kErrors, metric) != kErrors.end()) return {0, kInfinite};
  if (metric == "r_squared") return {-kInfinite, 1};
  if (metric == "brier") return {0, 2};
  return {0, 1};
}

std::vector<LabelScores> score_labels(const TrainingSet& truth, const Matrix& outputs) {
  std::vector<LabelScores> result;
  for (size_t label = 0; label < static_cast<size_t>(truth.classes); ++label) {
    const std::vector<uint8_t> has = members_of(truth, label);
    const std::vector<float> scores = column_of(outputs, label);
    const auto support = static_cast<size_t>(std::ranges::count(has, uint8_t{1}));
    LabelScores own{{}, {}, support};
    if (support > 0 && support < has.size()) {
      own.roc_auc = binary_roc_auc(scores, has);
      own.average_precision = binary_average_precision(scores, has);
    }
    result.push_back(own);
  }
  return result;
}

}  // namespace sleeve
