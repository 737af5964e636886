// SPDX-License-Identifier: Apache-2.0
#include "base/try.h"
#include "cli/output.h"
#include "stage/status.h"

namespace sleeve {

void add_status(CLI::App& app, const SetAction& set) {
  app.footer("Example:\n  sleeve status --json | jq .odd");
  set(app, [](const Session& session) -> Result<Exit> {
    SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
    SLEEVE_TRY(const StatusReport report, status(workspace));
    print_report(session, to_json(report), status_text);
    return Exit::kDone;
  });
}

}  // namespace sleeve
