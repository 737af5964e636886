// SPDX-License-Identifier: Apache-2.0
#include "cli/figures.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "cli/output.h"
#include "eval/objective.h"
#include "report/figure.h"

namespace sleeve {
namespace {

std::vector<OutputFile> files_of(const FigureArguments& figures) {
  return {{"--plot", figures.plot, ""},
          {"--reliability", figures.reliability, ""},
          {"--confusion", figures.confusion, ""}};
}

Status write_figure(const Session& session, const Result<Drawing>& figure, const std::string& path) {
  if (!figure.ok()) return figure.error();
  SLEEVE_CHECK(write_drawing(*figure, path));
  print_note(session, "figure written to " + path);
  return {};
}

}  // namespace

void add_plot_option(CLI::App& app, FigureArguments& figures, const std::string& help) {
  app.add_option("--plot", figures.plot, help + "; the ending (.svg, .png) says the format")
      ->type_name("FILE");
}

void add_evaluation_figures(CLI::App& app, FigureArguments& figures) {
  app.add_option("--reliability", figures.reliability,
                 "Draw how often the model is right by how sure it is (.svg, .png)")
      ->type_name("FILE");
  app.add_option("--confusion", figures.confusion,
                 "Draw the confusion matrix, of several models the best's (.svg, .png)")
      ->type_name("FILE");
}

Status check_figures(const FigureArguments& figures, std::vector<OutputFile> others) {
  for (OutputFile& file : files_of(figures)) {
    if (!file.path.empty()) SLEEVE_CHECK(check_drawing_path(file.option, file.path));
    others.push_back(std::move(file));
  }
  return check_output_files(others);
}

std::string drawn_metric(const std::vector<std::string>& metrics, Goal goal) {
  if (goal != Goal::kClass) {
    return metrics.empty() ? std::string(default_objective(goal).name) : metrics[0];
  }
  const auto found = std::ranges::find_if(metrics, is_fold_metric);
  return found == metrics.end() ? "accuracy" : *found;
}

Status draw_figures(const Session& session, const FigureArguments& figures, const Json& report,
                    const std::string& metric) {
  Status first;
  const auto draw = [&](const std::string& path, const auto& figure) {
    if (path.empty()) return;
    Status status = write_figure(session, figure(), path);
    if (!status.ok() && first.ok()) first = std::move(status);
  };
  draw(figures.plot, [&] {
    return report.contains("curves") ? learning_curve_figure(report, metric)
                                     : box_plot_figure(report, metric);
  });
  draw(figures.reliability, [&] { return reliability_figure(report); });
  draw(figures.confusion, [&] { return confusion_figure(report); });
  return first;
}

}  // namespace sleeve
