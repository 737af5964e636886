// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_SHEET_H_
#define SLEEVE_CLI_SHEET_H_

#include <filesystem>
#include <string>
#include <utility>

#include <sleeve/result.h>

#include "base/try.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "stage/train.h"

namespace sleeve {

// The test covers of a judgement as a picture sheet: some of each true class in turn, in an order
// that has nothing to do with how well the model did.
Status write_judged_sheet(const Judgement& judgement, const std::string& pipeline,
                          const std::string& features, const std::filesystem::path& path);

// How train and evaluate end: the sheet, if `sheet` names a file, the figures, then the report. The pictures
// come first, because a reader that closes the pipe early must not cost them.
template <class Report>
Result<Exit> present_judgement(const Session& session, const Report& report, const std::string& sheet,
                               const FigureArguments& figures) {
  Status drawn;
  if (!sheet.empty()) {
    drawn = write_judged_sheet(report.judgement, report.pipeline, report.features, sheet);
    if (drawn.ok()) print_note(session, "picture sheet written to " + sheet);
  }
  const Json json = to_json(report);
  const Status figures_drawn = draw_figures(session, figures, json, "accuracy");
  print_report(session, json, train_text);
  SLEEVE_CHECK(std::move(drawn));
  SLEEVE_CHECK(figures_drawn);
  return report.unreadable.empty() && report.run_id > 0 ? Exit::kDone : Exit::kPartly;
}

}  // namespace sleeve

#endif  // SLEEVE_CLI_SHEET_H_
