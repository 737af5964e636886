// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/arguments.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "stage/learning_curve.h"

namespace sleeve {
namespace {

struct CurveArguments {
  ProtocolArguments protocol;
  std::string models;
  int folds = 5;
  int repeats = 1;
  size_t steps = 10;
  std::string sizes;
  std::string metric;
  FigureArguments figures;
};

// "50,100,200"
Result<std::vector<size_t>> parse_sizes(const std::string& list) {
  std::vector<size_t> sizes;
  if (list.empty()) return sizes;
  for (const std::string& part : split_text(list, ',')) {
    const auto size = parse_integer(trim(part));
    if (!size || *size < 1) {
      return make_error(ErrorCode::kUsage, "--sizes: '{}' is no number of covers",
                        printable(std::string_view(part)));
    }
    sizes.push_back(static_cast<size_t>(*size));
  }
  return sizes;
}

// What the curves show: one number that each fold has.
Result<std::string> curve_metric(const std::string& asked, Goal goal) {
  SLEEVE_TRY(const std::vector<std::string> metrics, parse_metrics(asked, goal));
  const bool each_fold = goal != Goal::kClass || std::ranges::all_of(metrics, is_fold_metric);
  if (metrics.size() > 1 || !each_fold) {
    return make_error(ErrorCode::kUsage, "--metric: '{}' is not one that each fold has (such as {})",
                      printable(std::string_view(asked)), drawn_metric({}, goal));
  }
  return drawn_metric(metrics, goal);
}

Result<Exit> run_curve(const CurveArguments& arguments, const Session& session) {
  SLEEVE_TRY(Protocol protocol, parse_protocol(arguments.protocol));
  CurveOptions options;
  options.steps = arguments.steps;
  SLEEVE_TRY(options.sizes, parse_sizes(arguments.sizes));
  const Goal goal = goal_of(arguments.protocol.question);
  SLEEVE_TRY(options.protocol.pipelines,
             parse_pipelines(arguments.models.empty() ? usual_models(goal) : arguments.models, goal));
  SLEEVE_TRY(const std::string metric, curve_metric(arguments.metric, goal));
  SLEEVE_CHECK(check_figures(arguments.figures, {}));
  options.protocol.question = arguments.protocol.question;
  options.protocol.features = std::move(protocol.features);
  options.protocol.split = protocol.split;
  options.protocol.augmentation = protocol.augmentation;
  options.protocol.folds = arguments.folds;
  options.protocol.repeats = arguments.repeats;
  options.protocol.seed = session.common.seed;
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const CurveReport report, learning_curve(workspace, options, session.context()));
  const Json json = to_json(report);
  const Status drawn = draw_figures(session, arguments.figures, json, metric);
  print_report(session, json, curve_text);
  SLEEVE_CHECK(drawn);
  return report.unreadable.empty() && report.run_id > 0 ? Exit::kDone : Exit::kPartly;
}

}  // namespace

void add_curve(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<CurveArguments>();
  add_protocol_options(app, arguments->protocol);
  app.add_option("--models", arguments->models, "Models as in crossval")
      ->default_str("logistic,forest; of numbers ridge,forest")
      ->type_name("LIST");
  app.add_option("--folds", arguments->folds, "Parts; each is the test part once")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  app.add_option("--repeats", arguments->repeats, "How often to divide anew")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  auto* steps = app.add_option("--steps", arguments->steps,
                               "How many training sizes, in equal distances up to all training covers")
                    ->check(CLI::Range(1, 1000))
                    ->capture_default_str();
  app.add_option("--sizes", arguments->sizes, "Or these numbers of training covers, separated by ','")
      ->type_name("LIST")
      ->excludes(steps);
  app.add_option("--metric", arguments->metric, "What --plot draws; --json has all")
      ->default_str("accuracy; of numbers mae, of several genres macro_roc_auc")
      ->type_name("NAME");
  add_plot_option(app, arguments->figures, "Draw the curves");
  app.footer(
      "Examples:\n  sleeve curve --models forest:trees=300 --plot curve.svg\n"
      "  sleeve curve --models logistic,knn --sizes 50,100,200,400 --repeats 3\n"
      "  sleeve curve --target popularity --as number --models ridge,svr --metric spearman\n"
      "Would more covers help? Each fold trains on growing parts of its training covers: whole groups, each "
      "part "
      "within the next, the classes' shares kept.");
  set(app, [arguments](const Session& session) { return run_curve(*arguments, session); });
}

}  // namespace sleeve
