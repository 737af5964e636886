// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output.h"
#include "cli/output_parts.h"

namespace sleeve {
namespace {

std::string p_text(const Json& p) {
  const double value = p.get<double>();
  return value < 0.0001 ? "<0.0001" : fmt::format("{:.4f}", value);
}

std::string signed_three(double value) { return fmt::format("{:+.3f}", value); }

std::string run_words(const Json& run) {
  return fmt::format("run {} ({}, {}, {})", run["id"].get<int64_t>(), run["command"].get<std::string>(),
                     run["features"].get<std::string>(), run["split"].get<std::string>());
}

std::string comparison_text(const Json& comparison, const Json& report) {
  const bool several = report["comparisons"].size() > 1, folds = report["folds"] > 0;
  std::string text =
      fmt::format("{} (run {})  against  {} (run {})\n", comparison["first"].get<std::string>(),
                  report["first"]["id"].get<int64_t>(), comparison["second"].get<std::string>(),
                  report["second"]["id"].get<int64_t>());
  Rows rows = {{"", "first", "second", "difference [95 %]", "p"}};
  if (several) rows[0].emplace_back("p Holm");
  if (folds) rows[0].emplace_back("p of folds");
  if (folds && several) rows[0].emplace_back("p Holm");
  for (const auto& [key, name] : {std::pair("accuracy", "  accuracy"), std::pair("macro_f1", "  macro-F1")}) {
    const Json& one = comparison[key];
    std::vector<std::string> row = {
        name, three(one["first"].get<double>()), three(one["second"].get<double>()),
        fmt::format("{} [{}, {}]", signed_three(one["difference"].get<double>()),
                    signed_three(one["low"].get<double>()), signed_three(one["high"].get<double>())),
        p_text(one["permutation"]["p"])};
    if (several) row.push_back(p_text(one["permutation"]["p_holm"]));
    if (folds) row.push_back(one["folds"].is_null() ? "-" : p_text(one["folds"]["p"]));
    if (folds && several) row.push_back(one["folds"].is_null() ? "-" : p_text(one["folds"]["p_holm"]));
    rows.push_back(std::move(row));
  }
  const Json& mcnemar = comparison["mcnemar"];
  return text + align_table(rows) +
         fmt::format("  right only by the first {}, only by the second {}: McNemar p {}{}\n\n",
                     count(mcnemar["only_first"]), count(mcnemar["only_second"]), p_text(mcnemar["p"]),
                     several ? ", Holm " + p_text(mcnemar["p_holm"]) : "");
}

}  // namespace

std::string compare_text(const Json& report) {
  std::string text =
      fmt::format("{} and {}: {} in {}, {}\n\n", run_words(report["first"]), run_words(report["second"]),
                  plural(report["covers"], "cover", "covers"), plural(report["groups"], "group", "groups"),
                  !report["same_folds"].get<bool>() ? "other folds"
                  : report["folds"] > 0             ? fmt::format("the same {} folds", count(report["folds"]))
                                                    : "the same division");
  for (const Json& comparison : report["comparisons"]) text += comparison_text(comparison, report);
  text +=
      "difference: second - first, interval by bootstrap over whole groups; p: paired permutation of whole "
      "groups";
  if (report["folds"] > 0) text += ";\np of folds: corrected resampled t test";
  text += ";\nMcNemar's test takes covers for independent.\n";
  return text + warnings_text(report);
}

std::string repeat_text(const Json& report) {
  const auto number = [&](const char* key) { return report[key].get<int64_t>(); };
  std::string text;
  if (report["same"].get<bool>()) {
    text = fmt::format("run {} repeats run {} ({}): the same to the bit, all {} figures\n", number("again"),
                       number("run"), report["command"].get<std::string>(), count(report["figures"]));
  } else {
    const Json& difference = report["difference"];
    text = fmt::format("run {} differs from run {} ({}); first in {}: {} then, {} now\n", number("again"),
                       number("run"), report["command"].get<std::string>(),
                       difference["where"].get<std::string>(), difference["then"].get<std::string>(),
                       difference["now"].get<std::string>());
    if (report["version_then"] != report["version_now"]) {
      text += fmt::format("it was made by sleeve {}, this is {}\n", report["version_then"].get<std::string>(),
                          report["version_now"].get<std::string>());
    }
  }
  return text + warnings_text(report);
}

}  // namespace sleeve
