// SPDX-License-Identifier: Apache-2.0
#include "report/figure_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace sleeve {

std::string metric_title(const std::string& metric) {
  if (metric == "macro_f1") return "macro-F1";
  if (metric == "weighted_f1") return "weighted F1";
  if (metric == "cohens_kappa") return "Cohen's kappa";
  if (metric == "mcc") return "Matthews' correlation";
  if (metric == "mae") return "mean absolute error";
  if (metric == "rmse") return "root mean squared error";
  if (metric == "r_squared") return "R²";
  if (metric == "macro_roc_auc") return "macro ROC AUC";
  std::string title = metric;
  std::ranges::replace(title, '_', ' ');
  return title;
}

std::optional<double> number_at(const Json& json, const std::vector<std::string>& path) {
  const Json* at = &json;
  for (const std::string& key : path) {
    if (!at->is_object() || !at->contains(key)) return std::nullopt;
    at = &(*at)[key];
  }
  return at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
}

std::string report_subtitle(const Json& report) {
  std::vector<std::string> parts;
  const auto covers = number_at(report, {"dataset", "covers"}),
             groups = number_at(report, {"dataset", "groups"});
  if (covers && groups) {
    parts.push_back(fmt::format("{} covers in {} groups", with_thousands(static_cast<long long>(*covers)),
                                with_thousands(static_cast<long long>(*groups))));
  }
  if (report.contains("features") && report["features"].is_string()) {
    parts.push_back(report["features"].get<std::string>());
  }
  const std::string split = report.contains("split") && report["split"].is_string()
                                ? report["split"].get<std::string>()
                                : std::string();
  const auto folds = number_at(report, {"folds"}), repeats = number_at(report, {"repeats"});
  if (folds && repeats) {
    parts.push_back(fmt::format("{:.0f} folds × {:.0f}, {}", *folds, *repeats, split));
  } else if (!split.empty()) {
    parts.push_back("split " + split);
  }
  return join_text(parts, " · ");
}

std::vector<NamedEvaluation> evaluations_of(const Json& report) {
  std::vector<NamedEvaluation> evaluations;
  if (report.contains("results") && report["results"].is_array()) {
    for (const Json& result : report["results"]) {
      if (!result.contains("pipeline") || !result.contains("pooled")) continue;
      evaluations.push_back({result["pipeline"].get<std::string>(), &result["pooled"]});
    }
  } else if (report.contains("test") && report.contains("pipeline")) {
    evaluations.push_back({report["pipeline"].get<std::string>(), &report["test"]});
  }
  return evaluations;
}

}  // namespace sleeve
