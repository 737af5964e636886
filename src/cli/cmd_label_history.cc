// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/cmd_label.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/output_parts.h"
#include "stage/label_history.h"

namespace sleeve {
namespace {

std::string log_text(const Json& report) {
  if (report["steps"].empty()) return "no labelling yet: 'sleeve label genres' is a start\n";
  std::vector<std::vector<std::string>> rows = {{"step", "command", "when", "decisions", "not undone"}};
  for (const Json& step : report["steps"]) {
    rows.push_back({count(step["id"]), step["command"].get<std::string>(), step["at"].get<std::string>(),
                    count(step["decisions"]), count(step["active"])});
  }
  std::string text = align_table(rows) + "\nin force:\n";
  std::vector<std::vector<std::string>> fields;
  for (const auto& [field, number] : report["holding"].items())
    fields.push_back({"  " + field, count(number)});
  return text + (fields.empty() ? "  nothing\n" : align_table(fields));
}

void add_log(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("log", "List the labelling steps and what holds of them");
  app->footer("Examples:\n  sleeve label log\n  sleeve label log --json    # with each step's options");
  set(*app, [](const Session& session) -> Result<Exit> {
    SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
    SLEEVE_TRY(const Json report, label_log(workspace));
    print_report(session, report, log_text);
    return Exit::kDone;
  });
}

std::string undo_text(const Json& report) {
  const long long undone = report["undone"].get<long long>();
  return fmt::format("{} decision{} undone{}\n", with_thousands(undone), undone == 1 ? "" : "s",
                     report.contains("step") ? fmt::format(" (step {})", report["step"].get<int64_t>()) : "");
}

void add_undo(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("undo", "Take back a labelling step, or single decisions");
  auto step = std::make_shared<int64_t>(0);
  auto decisions = std::make_shared<std::vector<int64_t>>();
  CLI::Option* step_option =
      app->add_option("STEP", *step, "The step's number (default: the last one in force)");
  app->add_option("--decision", *decisions, "Numbers of single decisions ('sleeve label why' shows them)")
      ->excludes(step_option)
      ->type_name("ID…");
  app->footer(
      "Examples:\n  sleeve label undo\n  sleeve label undo 3\n  sleeve label undo --decision 120 121\n"
      "What held before holds again. Nothing is deleted: 'sleeve label log' still shows the step.");
  set(*app, [step, step_option, decisions](const Session& session) -> Result<Exit> {
    SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
    UndoOptions options;
    if (step_option->count() > 0) options.step = *step;
    options.decisions = *decisions;
    SLEEVE_TRY(const Json report, undo_labels(workspace, options));
    print_report(session, report, undo_text);
    return Exit::kDone;
  });
}

void add_export_decisions(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("export", "Write the decisions in force to a file");
  auto out = std::make_shared<std::string>();
  app->add_option("--out", *out, "JSON lines: one decision a line")->required()->type_name("FILE");
  app->footer("Example:\n  sleeve label export --out decisions.jsonl");
  set(*app, [out](const Session& session) -> Result<Exit> {
    SLEEVE_CHECK(check_output_files({{"--out", *out, ""}}));
    SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
    SLEEVE_TRY(const size_t decisions, export_decisions(workspace, *out));
    print_report(session, Json{{"decisions", decisions}, {"file", *out}}, [](const Json& report) {
      return fmt::format("{} decisions written to {}\n", count(report["decisions"]),
                         printable(std::string_view(report["file"].get_ref<const std::string&>())));
    });
    return Exit::kDone;
  });
}

std::string apply_text(const Json& report) {
  std::string text =
      fmt::format("{} decisions: {} new, {} held already\n", count(report["decisions"]),
                  count(report["recorded"]["changed"]), count(report["recorded"]["unchanged"]));
  if (report["waiting"] > 0) {
    text += fmt::format(
        "{} are about albums or covers that aren't here; they hold as soon as these are imported\n",
        count(report["waiting"]));
  }
  return text;
}

void add_apply(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("apply", "Make the decisions of an exported file hold here");
  auto file = std::make_shared<std::string>();
  app->add_option("FILE", *file, "What 'sleeve label export' wrote")->required();
  app->footer("Example:\n  sleeve -w other label apply decisions.jsonl");
  set(*app, [file](const Session& session) -> Result<Exit> {
    SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
    SLEEVE_TRY(const ApplyReport report, apply_decisions(workspace, *file));
    print_report(session, to_json(report), apply_text);
    return Exit::kDone;
  });
}

}  // namespace

void add_label_history(CLI::App& label, const SetAction& set) {
  add_log(label, set);
  add_undo(label, set);
  add_export_decisions(label, set);
  add_apply(label, set);
}

}  // namespace sleeve
