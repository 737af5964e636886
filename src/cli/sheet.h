// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_SHEET_H_
#define SLEEVE_CLI_SHEET_H_

#include <filesystem>
#include <string>
#include <utility>

#include <sleeve/result.h>

#include "base/try.h"
#include "cli/output.h"
#include "stage/train.h"

namespace sleeve {

// The test covers of a judgement as a picture sheet: some of each true class in turn, in an order
// that has nothing to do with how well the model did.
Status write_judged_sheet(const Judgement& judgement, const std::string& pipeline,
                          const std::string& features, const std::filesystem::path& path);

// How train and evaluate end: the sheet, if `sheet` names a file, then the report. The sheet comes
// first, because a reader that closes the pipe early must not cost it.
template <class Report>
Result<Exit> present_judgement(const Session& session, const Report& report, const std::string& sheet) {
  Status drawn;
  if (!sheet.empty()) {
    drawn = write_judged_sheet(report.judgement, report.pipeline, report.features, sheet);
    if (drawn.ok()) print_note(session, "picture sheet written to " + sheet);
  }
  print_report(session, to_json(report), train_text);
  SLEEVE_CHECK(std::move(drawn));
  return report.unreadable.empty() && report.run_id > 0 ? Exit::kDone : Exit::kPartly;
}

}  // namespace sleeve

#endif  // SLEEVE_CLI_SHEET_H_
