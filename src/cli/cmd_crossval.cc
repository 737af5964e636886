// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "base/try.h"
#include "cli/arguments.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "stage/crossval.h"

namespace sleeve {
namespace {

struct CrossvalArguments {
  ProtocolArguments protocol;
  std::string models;
  int folds = 10;
  int repeats = 1;
  int permutations = 0;
  std::string predictions;
  std::string metrics;
  FigureArguments figures;
};

Result<Exit> run_crossval(const CrossvalArguments& arguments, const Session& session) {
  SLEEVE_TRY(Protocol protocol, parse_protocol(arguments.protocol));
  const Goal goal = goal_of(arguments.protocol.question);
  SLEEVE_TRY(auto pipelines,
             parse_pipelines(arguments.models.empty() ? usual_models(goal) : arguments.models, goal));
  SLEEVE_TRY(const std::vector<std::string> metrics, parse_metrics(arguments.metrics, goal));
  SLEEVE_CHECK(check_figures(arguments.figures, {{"--predictions", arguments.predictions, ""}}));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  const CrossvalOptions options{arguments.protocol.question,
                                std::move(protocol.features),
                                std::move(pipelines),
                                protocol.split,
                                arguments.folds,
                                arguments.repeats,
                                session.common.seed,
                                arguments.permutations,
                                protocol.augmentation};
  SLEEVE_TRY(const CrossvalReport report, crossval(workspace, options, session.context()));
  Status predictions;
  if (!arguments.predictions.empty()) predictions = write_predictions(report, arguments.predictions);
  const Json json = to_json(report);
  const Status figures = draw_figures(session, arguments.figures, json, drawn_metric(metrics, goal));
  print_report(session, json, [&](const Json& shown) { return crossval_text(shown, metrics); });
  SLEEVE_CHECK(std::move(predictions));
  SLEEVE_CHECK(figures);
  return report.unreadable.empty() && report.run_id > 0 ? Exit::kDone : Exit::kPartly;
}

}  // namespace

void add_crossval(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<CrossvalArguments>();
  add_protocol_options(app, arguments->protocol);
  app.add_option("--models", arguments->models,
                 "Models separated by ',', options after ':', transforms in front with '>' "
                 "(sqrt>forest:trees=300); 'sleeve list' shows them")
      ->default_str("logistic,forest; of numbers ridge,forest")
      ->type_name("LIST");
  app.add_option("--folds", arguments->folds, "Parts; each is the test part once")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  app.add_option("--repeats", arguments->repeats, "How often to divide anew")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option(
         "--permutations", arguments->permutations,
         "Test each model for any signal at all: cross-validate it again on labels dealt anew, this often "
         "(200 gives p down to 0.005)")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  app.add_option("--predictions", arguments->predictions,
                 "Write each cover's out-of-fold predictions to a CSV file")
      ->type_name("FILE");
  app.add_option("--metrics", arguments->metrics,
                 "Columns of the table, separated by ',': " + metric_list() + "; --json always has all")
      ->type_name("LIST")
      ->default_str("accuracy,macro_f1, and log_loss,calibration_error where there is room");
  add_plot_option(app, arguments->figures, "Draw the folds' scores as box plots (of the first fold metric)");
  add_evaluation_figures(app, arguments->figures);
  app.footer(
      "Examples:\n  sleeve crossval\n"
      "  sleeve crossval --features hog+hsv+lbp --models "
      "'logistic:c=0.01,sqrt>forest:trees=1000:max_features=log2'\n"
      "  sleeve crossval --models logistic,svm,knn --folds 5 --plot models.svg --reliability sure.png\n"
      "  sleeve crossval --target genres --models logistic,forest\n"
      "  sleeve crossval --target popularity --as number --models ridge,svr,boosting\n"
      "  sleeve crossval --target popularity --popular-above 60 --folds 5 --repeats 3 --permutations 200\n"
      "  sleeve crossval --features hog+dense_sift --models 'words:encoding=fisher:k=32>balance>svm' "
      "--augment 2 --tta 2\n"
      "The majority baseline is always part of the table. Intervals resample whole groups.");
  set(app, [arguments](const Session& session) { return run_crossval(*arguments, session); });
}

}  // namespace sleeve
