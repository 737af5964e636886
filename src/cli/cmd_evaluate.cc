// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "base/try.h"
#include "cli/output.h"
#include "cli/sheet.h"
#include "stage/evaluate.h"

namespace sleeve {
namespace {

struct Arguments {
  std::string model;
  std::string sheet;
};

Result<Exit> run(const Arguments& arguments, const Session& session) {
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const EvaluateReport report, evaluate(workspace, arguments.model, session.context()));
  print_report(session, to_json(report), train_text);
  if (!arguments.sheet.empty()) {
    SLEEVE_CHECK(write_judged_sheet(report.judgement, report.pipeline, report.features, arguments.sheet));
    print_note(session, "picture sheet written to " + arguments.sheet);
  }
  return report.unreadable.empty() ? Exit::kDone : Exit::kPartly;
}

}  // namespace

void add_evaluate(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("MODEL", arguments->model, "A .sleeve file")->required();
  app.add_option("--sheet", arguments->sheet, "Draw the judged covers with predicted and true class as PNG")
      ->type_name("FILE");
  app.footer(
      "Example:\n  sleeve evaluate genre.sleeve --sheet test.png\n"
      "Judged on: covers of the workspace that the model has not seen, of artists it has not seen.");
  set(app, [arguments](const Session& session) { return run(*arguments, session); });
}

}  // namespace sleeve
