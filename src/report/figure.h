// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_FIGURE_H_
#define SLEEVE_REPORT_FIGURE_H_

#include <cstddef>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "report/drawing.h"

// The figures, drawn from the JSON that commands print and runs keep (stage/evaluation_json.h), so that any
// recorded run can be drawn again. Names may be of any length and in any letters. A report that lacks what a
// figure shows (an older run) is kNoData, saying what; kUsage where a figure doesn't fit the command.
namespace sleeve {

// Of a crossval report: a box a model over its folds' scores (quartiles, whiskers to 1.5 times their
// distance, every fold as a point), the baseline as a line. REQUIRES: metric is one of metric_names().
Result<Drawing> box_plot_figure(const Json& report, const std::string& metric);

// Of a crossval, train or evaluate report: how often each model was right against how sure it was, with
// the calibration error; a panel a model.
Result<Drawing> reliability_figure(const Json& report);

// Of a curve report: the score on test and training covers by the number of training covers, with 95 %
// bands and the baseline; a panel a model.
Result<Drawing> learning_curve_figure(const Json& report, const std::string& metric);

// Of a crossval, train or evaluate report: true class by row, predicted by column, each cell with its
// count, tinted by its share of the row. Of a crossval: the model that did best there.
Result<Drawing> confusion_figure(const Json& report);

// True against predicted numbers from 0 to 100, and the line they would lie on.
struct ScatterInput {
  std::string title;
  std::string subtitle;
  std::vector<double> truth;
  std::vector<double> predicted;
};
// kNoData without points. REQUIRES: as many of both, finite.
Result<Drawing> scatter_figure(const ScatterInput& input);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_FIGURE_H_
