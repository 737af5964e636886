// SPDX-License-Identifier: Apache-2.0
#include "cli/figures.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/output.h"
#include "eval/objective.h"
#include "report/figure.h"

namespace sleeve {
namespace {

constexpr std::string_view kNoPoints =
    "--plot: draws true and predicted numbers of held-out covers (--target popularity --as number); of "
    "classes "
    "see --confusion";

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

// Of a train, tune or evaluate report of numbers.
Result<Drawing> points_figure(const Json& report) {
  const Json points = report.value("points", Json::array());
  ScatterInput input;
  input.title = "Predicted against true popularity";
  for (const Json& point : points) {
    input.truth.push_back(point[0].get<double>());
    input.predicted.push_back(point[1].get<double>());
  }
  input.subtitle =
      fmt::format("{} on {}; {} covers not seen in training", report["pipeline"].get<std::string>(),
                  report["features"].get<std::string>(), input.truth.size());
  if (input.truth.empty()) return make_error(ErrorCode::kNoData, "{}", kNoPoints);
  return scatter_figure(input);
}

Result<Drawing> plot_of(const Json& report, const std::string& metric) {
  if (report.contains("curves")) return learning_curve_figure(report, metric);
  if (report.contains("results")) return box_plot_figure(report, metric);
  return points_figure(report);
}

}  // namespace

void add_scatter_option(CLI::App& app, FigureArguments& figures) {
  add_plot_option(app, figures,
                  "Draw predicted against true popularity of the test covers (popularity as a number)");
}

Status check_scatter(const FigureArguments& figures, Goal goal, double test_size) {
  if (figures.plot.empty() || (goal == Goal::kNumber && test_size > 0)) return {};
  return Error{ErrorCode::kUsage, std::string(kNoPoints)};
}

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
  draw(figures.plot, [&] { return plot_of(report, metric); });
  draw(figures.reliability, [&] { return reliability_figure(report); });
  draw(figures.confusion, [&] { return confusion_figure(report); });
  return first;
}

}  // namespace sleeve
