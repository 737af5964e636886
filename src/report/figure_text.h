// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_FIGURE_TEXT_H_
#define SLEEVE_REPORT_FIGURE_TEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

// What figures say about the report they are drawn from.
namespace sleeve {

// "macro_f1" as "macro-F1".
std::string metric_title(const std::string& metric);
// "3,548 covers in 3,443 groups · hog+hsv · 10 folds × 3, grouped"
std::string report_subtitle(const Json& report);
// The number under a/b/… , if there is one.
std::optional<double> number_at(const Json& json, const std::vector<std::string>& path);

// An evaluation with a name over it: of crossval each model's pooled one, of train and evaluate the one on
// test covers.
struct NamedEvaluation {
  std::string name;
  const Json* evaluation;
};
std::vector<NamedEvaluation> evaluations_of(const Json& report);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_FIGURE_TEXT_H_
