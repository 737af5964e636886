// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output.h"
#include "cli/output_parts.h"

namespace sleeve {
namespace {

std::string score_text(const Json& score) {
  return fmt::format("{} [{}, {}]", three(score["mean"].get<double>()), three(score["low"].get<double>()),
                     three(score["high"].get<double>()));
}

std::string curve_table(const Json& curve, const Json& baseline) {
  Rows rows = {
      {"training covers", "accuracy [95 %]", "macro-F1 [95 %]", "training accuracy", "largest class"}};
  for (size_t i = 0; i < curve["steps"].size(); ++i) {
    const Json& step = curve["steps"][i];
    rows.push_back({fmt::format("{:.0f}", step["covers"].get<double>()), score_text(step["test"]["accuracy"]),
                    score_text(step["test"]["macro_f1"]),
                    three(step["train"]["accuracy"]["mean"].get<double>()),
                    three(baseline["steps"][i]["test"]["accuracy"]["mean"].get<double>())});
  }
  return align_table(rows);
}

}  // namespace

std::string curve_text(const Json& report) {
  std::string text = dataset_text(report["dataset"]);
  text += fmt::format("features {}, {} folds × {}, split {}{}; mean over folds with interval\n",
                      report["features"].get<std::string>(), count(report["folds"]), count(report["repeats"]),
                      report["split"].get<std::string>(), copies_text(report));
  const Json& curves = report["curves"];
  for (size_t i = curves.size() > 1 ? 1 : 0; i < curves.size(); ++i) {
    text +=
        fmt::format("\n{}\n{}", curves[i]["pipeline"].get<std::string>(), curve_table(curves[i], curves[0]));
  }
  text += "\n" + warnings_text(report);
  text += fmt::format("run {}, {:.1f} s\n", count(report["run"]), report["seconds"].get<double>());
  return text;
}

}  // namespace sleeve
