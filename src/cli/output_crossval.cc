// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/output.h"
#include "cli/output_parts.h"
#include "eval/metrics.h"
#include "eval/objective.h"

namespace sleeve {
namespace {

constexpr size_t kRoomyWidth = 170;  // characters of a table that still shows the usual extra columns

struct MetricColumn {
  const char* name;
  const char* title;
};
// In the order of the report. Those of metric_names() are known of each fold, the others of all predictions.
constexpr MetricColumn kMetrics[] = {
    {"accuracy", "accuracy"},
    {"balanced_accuracy", "balanced accuracy"},
    {"macro_f1", "macro-F1"},
    {"weighted_f1", "weighted F1"},
    {"cohens_kappa", "kappa"},
    {"mcc", "MCC"},
    {"log_loss", "log loss"},
    {"brier", "Brier"},
    {"calibration_error", "calibration error"},
    {"top2_accuracy", "top-2 accuracy"},
    {"roc_auc_ovr", "ROC AUC ovr"},
    {"roc_auc_ovo", "ROC AUC ovo"},
    {"average_precision", "average precision"},
    {"macro_roc_auc", "macro ROC AUC"},
    {"macro_average_precision", "macro average precision"},
    {"r_squared", "R²"},
    {"mae", "MAE"},
    {"rmse", "RMSE"},
    {"spearman", "Spearman"},
};

const char* title_of(const std::string& metric) {
  const auto* const found = std::ranges::find(kMetrics, metric, &MetricColumn::name);
  return found == std::end(kMetrics) ? metric.c_str() : found->title;
}

std::string mean_and_deviation(const Json& metric) {
  return fmt::format("{} ({})", three(metric["mean"].get<double>()),
                     three(metric["deviation"].get<double>()));
}

// Folds first, then all predictions together, then what no fold tells.
std::string results_table(const Json& report, const std::vector<std::string>& metrics) {
  std::vector<std::string> of_folds, of_all;
  for (const std::string& metric : metrics) (is_fold_metric(metric) ? of_folds : of_all).push_back(metric);
  Rows rows = {{"model"}};
  for (const std::string& metric : of_folds) rows[0].push_back(title_of(metric));
  for (const std::string& metric : of_folds) rows[0].push_back(fmt::format("{} [95 %]", title_of(metric)));
  for (const std::string& metric : of_all) rows[0].push_back(title_of(metric));
  rows[0].push_back("training accuracy");
  for (const Json& result : report["results"]) {
    std::vector<std::string> row = {result["pipeline"].get<std::string>()};
    for (const std::string& metric : of_folds) row.push_back(mean_and_deviation(result["folds"][metric]));
    for (const std::string& metric : of_folds) row.push_back(with_interval(result["pooled"][metric]));
    for (const std::string& metric : of_all) {
      const Json value = result["pooled"].value(metric, Json::object()).value("value", Json());
      row.push_back(value.is_number() ? three(value.get<double>()) : "-");
    }
    row.push_back(three(result["train"]["accuracy"]["mean"].get<double>()));
    rows.push_back(std::move(row));
  }
  return align_table(rows);
}

std::string fold_text(const Json& metric) {
  return metric["mean"].is_null() ? "-" : mean_and_deviation(metric);
}

// Of several genres and of numbers: every metric is known of each fold.
std::string outcomes_table(const Json& report, const std::vector<std::string>& metrics) {
  Rows rows = {{"model"}};
  for (const std::string& metric : metrics) rows[0].push_back(title_of(metric));
  for (const std::string& metric : metrics) rows[0].push_back(fmt::format("{} [95 %]", title_of(metric)));
  rows[0].push_back(fmt::format("training {}", title_of(metrics[0])));
  const bool interval = report["results"][0].contains("interval");
  if (interval) rows[0].emplace_back("90 % interval: ±, measured");
  for (const Json& result : report["results"]) {
    std::vector<std::string> row = {result["pipeline"].get<std::string>()};
    for (const std::string& metric : metrics) row.push_back(fold_text(result["folds"][metric]));
    for (const std::string& metric : metrics) {
      const Json& pooled = result["pooled"][metric];
      row.push_back(pooled["value"].is_null() ? "-" : with_interval(pooled));
    }
    row.push_back(fold_text(result["train"][metrics[0]]));
    if (interval) {
      row.push_back(fmt::format("{:.1f}, {}", result["interval"]["half_width"].get<double>(),
                                with_interval(result["interval"]["measured"])));
    }
    rows.push_back(std::move(row));
  }
  return align_table(rows);
}

std::string outcomes_table(const Json& report) {
  const bool number = report["dataset"]["goal"] == "number";
  return number ? outcomes_table(report, {"mae", "r_squared", "spearman"})
                : outcomes_table(report, {"macro_roc_auc", "macro_average_precision"});
}

// Probabilities are judged, too, where the names leave room for it.
std::string usual_table(const Json& report) {
  std::string table = results_table(report, {"accuracy", "macro_f1", "log_loss", "calibration_error"});
  if (table.find('\n') <= kRoomyWidth) return table;
  return results_table(report, {"accuracy", "macro_f1"});
}

// "signal: knn: p = 0.0050 (200 permutations; balanced accuracy 0.412, on permuted labels 0.250)"
std::string signals_text(const Json& report) {
  size_t tested = 0;
  for (const Json& result : report["results"]) tested += result.contains("signal") ? 1 : 0;
  std::string text;
  for (const Json& result : report["results"]) {
    if (!result.contains("signal")) continue;
    const Json& signal = result["signal"];
    text +=
        fmt::format("signal: {}: p = {:.4f}{} ({} permutations; {} {}, on permuted labels {})\n",
                    result["pipeline"].get<std::string>(), signal["p"].get<double>(),
                    tested > 1 ? fmt::format(", Holm {:.4f}", signal["p_holm"].get<double>()) : "",
                    count(signal["permutations"]), title_of(signal["metric"].get<std::string>()),
                    three(signal["observed"].get<double>()), three(signal["permuted_mean"].get<double>()));
  }
  return text.empty() ? text : text + "\n";
}

std::string tried_text(const Json& report) {
  const auto tried = static_cast<long long>(number_or(report, "configurations", 0));
  if (tried < 2) return "";
  return fmt::format(
      "{} configurations were tried on the same covers: the best one's score is partly luck; "
      "compare two with 'sleeve runs compare'.\n",
      tried);
}

}  // namespace

bool is_fold_metric(const std::string& metric) {
  return std::ranges::find(metric_names(), metric) != metric_names().end();
}

Result<std::vector<std::string>> parse_metrics(const std::string& list, Goal goal) {
  std::vector<std::string> known, metrics;
  for (const MetricColumn& column : kMetrics) known.emplace_back(column.name);
  if (goal != Goal::kClass) {
    known.clear();
    for (const Objective* objective : objectives_of(goal)) known.emplace_back(objective->name);
  }
  if (list.empty()) return metrics;
  for (const std::string& part : split_text(list, ',')) {
    std::string name(trim(part));
    if (std::ranges::find(known, name) == known.end()) {
      return make_error(ErrorCode::kUsage, "--metrics: '{}' is not known{}",
                        printable(std::string_view(part)), suggestion(name, known));
    }
    if (std::ranges::find(metrics, name) == metrics.end()) metrics.push_back(std::move(name));
  }
  return metrics;
}

std::string metric_list() {
  std::vector<std::string> known;
  for (const MetricColumn& column : kMetrics) known.emplace_back(column.name);
  return join_text(std::span(known).first(13), ", ");
}

std::string crossval_text(const Json& report) { return crossval_text(report, {}); }

std::string crossval_text(const Json& report, const std::vector<std::string>& metrics) {
  std::string text = dataset_text(report["dataset"]);
  text += fmt::format("features {}, {} folds × {}, split {}{}; mean (standard deviation) over folds\n\n",
                      report["features"].get<std::string>(), count(report["folds"]), count(report["repeats"]),
                      report["split"].get<std::string>(), copies_text(report));
  if (report["dataset"].value("goal", "class") == "class") {
    text += metrics.empty() ? usual_table(report) : results_table(report, metrics);
  } else {
    text += metrics.empty() ? outcomes_table(report) : outcomes_table(report, metrics);
  }
  text += "\n" + signals_text(report) + tried_text(report) + warnings_text(report);
  text += fmt::format("run {}, {:.1f} s\n", count(report["run"]), report["seconds"].get<double>());
  return text;
}

}  // namespace sleeve
