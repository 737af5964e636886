// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "base/try.h"
#include "cli/output.h"
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
  const bool table = run["command"] == "crossval";
  return fmt::format(
      "run {}: {} of {}, sleeve {}, {:.1f} s, data {}\nconfiguration: {}\n\n{}\n", run["id"].get<int64_t>(),
      run["command"].get<std::string>(), run["started_at"].get<std::string>(),
      run["version"].get<std::string>(), run["seconds"].get<double>(), run["fingerprint"].get<std::string>(),
      dump_json(run["config"]), table ? crossval_text(run["report"]) : train_text(run["report"]));
}

Result<Exit> show(const Session& session, int64_t id) {
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
  SLEEVE_TRY(const RunRecord run, workspace.catalogue().run(id));
  Json json = to_json(run);
  json["report"] = run.report;
  // The report was made before the run had its number.
  json["report"]["run"] = run.id;
  print_report(session, json, run_text);
  return Exit::kDone;
}

}  // namespace

void add_runs(CLI::App& app, const SetAction& set) {
  app.footer("Examples:\n  sleeve runs list\n  sleeve runs show 3 --json");
  app.require_subcommand(1);
  CLI::App* list_app = app.add_subcommand("list", "All recorded runs, oldest first");
  set(*list_app, list);
  CLI::App* show_app = app.add_subcommand("show", "One run: its configuration and its report");
  auto id = std::make_shared<int64_t>(0);
  show_app->add_option("ID", *id, "The run's number")->required();
  set(*show_app, [id](const Session& session) { return show(session, *id); });
}

}  // namespace sleeve
