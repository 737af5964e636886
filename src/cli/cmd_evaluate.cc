// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include "base/try.h"
#include "cli/arguments.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/sheet.h"
#include "stage/evaluate.h"

namespace sleeve {
namespace {

struct EvaluateArguments {
  std::string model;
  std::string sheet;
  std::optional<int> tta;
  FigureArguments figures;
};

Result<Exit> run_evaluate(const EvaluateArguments& arguments, const Session& session) {
  SLEEVE_CHECK(check_figures(arguments.figures, {{"--sheet", arguments.sheet, ".png"}}));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const EvaluateReport report,
             evaluate(workspace, arguments.model, session.context(), arguments.tta));
  return present_judgement(session, report, arguments.sheet, arguments.figures);
}

}  // namespace

void add_evaluate(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<EvaluateArguments>();
  app.add_option("MODEL", arguments->model, "A .sleeve file")->required();
  app.add_option("--sheet", arguments->sheet, "Draw the judged covers with predicted and true class as PNG")
      ->type_name("FILE");
  add_tta_option(
      app, arguments->tta,
      "Average answers over a cover and so many altered copies of it; default: as when it was trained");
  add_scatter_option(app, arguments->figures);
  add_evaluation_figures(app, arguments->figures);
  app.footer(
      "Example:\n  sleeve evaluate genre.sleeve --sheet test.png\n"
      "Judged on: covers of the workspace that the model has not seen, of artists it has not seen.");
  set(app, [arguments](const Session& session) { return run_evaluate(*arguments, session); });
}

}  // namespace sleeve
