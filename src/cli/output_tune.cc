// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/output.h"
#include "cli/output_parts.h"

namespace sleeve {
namespace {

constexpr size_t kCandidatesShown = 20;

std::string mean_of(const Json& folds, const std::string& metric) {
  if (!folds.contains(metric)) return "-";
  return fmt::format("{} ({})", three(folds[metric]["mean"].get<double>()),
                     three(folds[metric]["deviation"].get<double>()));
}

// The metric searched for first, then the usual others.
std::vector<std::string> column_names(const Json& report) {
  std::vector<std::string> columns = {report["metric"].get<std::string>()};
  for (const char* usual :
       {"accuracy", "macro_f1", "macro_roc_auc", "macro_average_precision", "r_squared", "spearman"}) {
    const Json& folds = report["searches"][0]["candidates"][0]["folds"];
    if (columns[0] != usual && folds.contains(usual)) columns.emplace_back(usual);
  }
  return columns;
}

std::string search_text(const Json& search, const std::vector<std::string>& columns) {
  const Json& candidates = search["candidates"];
  std::string text = fmt::format(
      "{}: {} tried by {} folds × {}; {} fits in {:.1f} s{}\n", search["name"].get<std::string>(),
      plural(Json(candidates.size()), "configuration", "configurations"), count(search["folds"]),
      count(search["repeats"]), count(search["fits"]), search["seconds"].get<double>(),
      search["reused"] > 0 ? fmt::format(", {} were there from before", count(search["reused"])) : "");
  const bool halved =
      std::ranges::any_of(candidates, [](const Json& one) { return one["training_share"] < 1; });
  Rows rows = {{"rank", "model"}};
  rows[0].insert(rows[0].end(), columns.begin(), columns.end());
  if (halved) rows[0].emplace_back("on");
  for (size_t i = 0; i < std::min(candidates.size(), kCandidatesShown); ++i) {
    const Json& one = candidates[i];
    rows.push_back({count(one["rank"]), one["pipeline"].get<std::string>()});
    for (const std::string& metric : columns) rows.back().push_back(mean_of(one["folds"], metric));
    if (halved) rows.back().push_back(fmt::format("{:.0f} %", 100 * one["training_share"].get<double>()));
  }
  text += align_table(rows);
  if (candidates.size() > kCandidatesShown) {
    text += fmt::format("  … and {} more; --json lists all\n", candidates.size() - kCandidatesShown);
  }
  return text + "\n";
}

std::string nested_text(const Json& report) {
  const Json& nested = report["nested"];
  const std::string metric = report["metric"].get<std::string>();
  std::string text = fmt::format("nested: the whole search inside {} outer folds\n", count(nested["folds"]));
  Rows rows = {{"outer fold", "chosen", metric + " in the search", metric + " on its test covers"}};
  for (size_t i = 0; i < nested["outer"].size(); ++i) {
    const Json& fold = nested["outer"][i];
    rows.push_back({count(Json(i + 1)), fold["chosen"].get<std::string>(),
                    three(fold["search_score"].get<double>()),
                    fold["test_score"].is_null() ? "-" : three(fold["test_score"].get<double>())});
  }
  text += align_table(rows);
  if (nested["test"].contains(metric)) {
    text +=
        fmt::format("all outer test covers together: {} {}\n", metric, with_interval(nested["test"][metric]));
  }
  return text + "\n";
}

}  // namespace

std::string tune_text(const Json& report) {
  const auto columns = column_names(report);
  std::string text;
  for (const Json& search : report["searches"]) text += search_text(search, columns);
  if (report.contains("nested")) text += nested_text(report);
  const std::string best = report["best"].get<std::string>();
  const std::string fitted = report["pipeline"].get<std::string>();
  text += fmt::format("best by {}: {}{}\n\n", report["metric"].get<std::string>(), best,
                      fitted == best ? "" : "; fitted, as the grid says: " + fitted);
  return text + train_text(report);
}

}  // namespace sleeve
