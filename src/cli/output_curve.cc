// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output.h"
#include "cli/output_parts.h"

namespace sleeve {
namespace {

// The first is shown of the training covers and of the baseline, too.
struct Columns {
  const char* metric;
  const char* title;
  const char* second;
  const char* second_title;
  const char* baseline;
};

Columns columns_of(const Json& dataset) {
  const std::string goal = dataset.value("goal", "class");
  if (goal == "number") return {"mae", "MAE", "r_squared", "R²", "always the mean"};
  if (goal == "class") return {"accuracy", "accuracy", "macro_f1", "macro-F1", "largest class"};
  return {"macro_average_precision", "macro average precision", "macro_roc_auc", "macro ROC AUC",
          "each genre's share"};
}

// A metric that no fold had (a class absent from every test part) is not there.
std::string mean_text(const Json& scores, const char* metric) {
  return scores.contains(metric) ? three(scores[metric]["mean"].get<double>()) : "-";
}

std::string score_text(const Json& scores, const char* metric) {
  if (!scores.contains(metric)) return "-";
  const Json& score = scores[metric];
  return fmt::format("{} [{}, {}]", mean_text(scores, metric), three(score["low"].get<double>()),
                     three(score["high"].get<double>()));
}

std::string curve_table(const Json& curve, const Json& baseline, const Columns& columns) {
  Rows rows = {{"training covers", fmt::format("{} [95 %]", columns.title),
                fmt::format("{} [95 %]", columns.second_title), fmt::format("training {}", columns.title),
                columns.baseline}};
  for (size_t i = 0; i < curve["steps"].size(); ++i) {
    const Json& step = curve["steps"][i];
    rows.push_back({fmt::format("{:.0f}", step["covers"].get<double>()),
                    score_text(step["test"], columns.metric), score_text(step["test"], columns.second),
                    mean_text(step["train"], columns.metric),
                    mean_text(baseline["steps"][i]["test"], columns.metric)});
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
    text += fmt::format("\n{}\n{}", curves[i]["pipeline"].get<std::string>(),
                        curve_table(curves[i], curves[0], columns_of(report["dataset"])));
  }
  text += "\n" + warnings_text(report);
  text += fmt::format("run {}, {:.1f} s\n", count(report["run"]), report["seconds"].get<double>());
  return text;
}

}  // namespace sleeve
