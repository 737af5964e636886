// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "stage/run_compare.h"
#include "stage/run_repeat.h"
#include "stage/workspace.h"

namespace sleeve {
namespace {

Json to_json(const RunRecord& run) {
  return Json{{"id", run.id},           {"command", run.command}, {"started_at", run.started_at},
              {"seconds", run.seconds}, {"version", run.version}, {"fingerprint", run.fingerprint},
              {"config", run.config}};
}

Result<Exit> list(const Session& session) {
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
  SLEEVE_TRY(const auto runs, workspace.catalogue().runs());
  Json rows = Json::array();
  for (const RunRecord& run : runs) rows.push_back(to_json(run));
  print_report(session, Json{{"runs", std::move(rows)}}, runs_text);
  return Exit::kDone;
}

std::string run_text(const Json& run) {
  const std::string command = run["command"].get<std::string>();
  const Json& report = run["report"];
  return fmt::format("run {}: {} of {}, sleeve {}, {:.1f} s, data {}\nconfiguration: {}\n\n{}\n",
                     run["id"].get<int64_t>(), run["command"].get<std::string>(),
                     run["started_at"].get<std::string>(), run["version"].get<std::string>(),
                     run["seconds"].get<double>(), run["fingerprint"].get<std::string>(),
                     dump_json(run["config"]),
                     command == "crossval" ? crossval_text(report)
                     : command == "curve"  ? curve_text(report)
                     : command == "tune"   ? tune_text(report)
                                           : train_text(report));
}

Result<Exit> show(const Session& session, int64_t id, const FigureArguments& figures) {
  SLEEVE_CHECK(check_figures(figures, {}));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
  SLEEVE_TRY(const RunRecord run, workspace.catalogue().run(id));
  Json json = to_json(run);
  json["report"] = run.report;
  // The report was made before the run had its number.
  json["report"]["run"] = run.id;
  const Status drawn = draw_figures(session, figures, json["report"], "accuracy");
  print_report(session, json, run_text);
  SLEEVE_CHECK(drawn);
  return Exit::kDone;
}

struct CompareArguments {
  int64_t first = 0;
  int64_t second = 0;
  std::vector<std::string> models;
};

// "2,3"
Result<std::pair<size_t, size_t>> parse_pair(const std::string& text) {
  const std::vector<std::string> parts = split_text(text, ',');
  if (parts.size() == 2) {
    const auto i = parse_integer(trim(parts[0])), j = parse_integer(trim(parts[1]));
    if (i && j && *i > 0 && *j > 0) return std::pair(static_cast<size_t>(*i), static_cast<size_t>(*j));
  }
  return make_error(ErrorCode::kUsage, "--models: '{}' is no pair of numbers such as 2,3",
                    printable(std::string_view(text)));
}

Result<Exit> compare(const Session& session, const CompareArguments& arguments) {
  CompareOptions options{arguments.first, arguments.second, {}, session.common.seed};
  for (const std::string& text : arguments.models) {
    SLEEVE_TRY(const auto pair, parse_pair(text));
    options.models.push_back(pair);
  }
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
  SLEEVE_TRY(const CompareReport report, compare_runs(workspace, options));
  print_report(session, to_json(report), compare_text);
  return Exit::kDone;
}

Result<Exit> repeat(const Session& session, int64_t id) {
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const RepeatReport report, repeat_run(workspace, id, session.context()));
  print_report(session, to_json(report), repeat_text);
  return report.same ? Exit::kDone : Exit::kFailed;
}

void add_repeat(CLI::App& runs, const SetAction& set) {
  CLI::App* app = runs.add_subcommand("repeat", "Run a recorded configuration again: the same to the bit?");
  auto id = std::make_shared<int64_t>(0);
  app->add_option("ID", *id, "The run's number")->required();
  app->footer(
      "Example:\n  sleeve runs repeat 3\n"
      "Exit status 1 if any figure but the times differs; what differs first is named. Refused if covers, "
      "labels "
      "or a descriptor's version have changed since. The repetition is recorded as a run of its own.");
  set(*app, [id](const Session& session) { return repeat(session, *id); });
}

void add_compare(CLI::App& runs, const SetAction& set) {
  CLI::App* app = runs.add_subcommand("compare", "Two runs cover by cover: is one really better?");
  auto arguments = std::make_shared<CompareArguments>();
  app->add_option("FIRST", arguments->first, "A run's number")->required();
  app->add_option("SECOND", arguments->second, "Another's, or the same to compare two of its models")
      ->required();
  app->add_option(
         "--models", arguments->models,
         "Which models: I of the first run against J of the second, in the order of their tables; may "
         "be given several times. Without it, every model that both have")
      ->type_name("I,J")
      ->delimiter('\0');
  app->footer(
      "Examples:\n  sleeve runs compare 3 4\n  sleeve runs compare 3 3 --models 2,3 --models 2,4\n"
      "Runs are comparable if they judged the same covers with the same labels; where the folds differ, only "
      "if both kept groups apart.");
  set(*app, [arguments](const Session& session) { return compare(session, *arguments); });
}

}  // namespace

void add_runs(CLI::App& app, const SetAction& set) {
  app.footer(
      "Examples:\n  sleeve runs list\n  sleeve runs show 3 --json\n  sleeve runs show 3 --plot models.svg\n"
      "  sleeve runs compare 3 4\n  sleeve runs repeat 3");
  app.require_subcommand(1);
  CLI::App* list_app = app.add_subcommand("list", "All recorded runs, oldest first");
  set(*list_app, list);
  CLI::App* show_app = app.add_subcommand("show", "One run: its configuration and its report");
  auto id = std::make_shared<int64_t>(0);
  show_app->add_option("ID", *id, "The run's number")->required();
  auto figures = std::make_shared<FigureArguments>();
  add_plot_option(
      *show_app, *figures,
      "Draw it: a crossval's folds as box plots, a learning curve, predicted against true numbers");
  add_evaluation_figures(*show_app, *figures);
  set(*show_app, [id, figures](const Session& session) { return show(session, *id, *figures); });
  add_compare(app, set);
  add_repeat(app, set);
}

}  // namespace sleeve
