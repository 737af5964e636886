// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_label.h"

#include <fmt/format.h>

#include "base/text.h"

namespace sleeve {

std::string label_decisions_text(const Json& decisions, bool dry_run) {
  const long long written = decisions["changed"].get<long long>() + decisions["withdrawn"].get<long long>();
  if (dry_run)
    return fmt::format("nothing written (--dry-run); {} decisions would be new\n", with_thousands(written));
  if (written == 0) return "nothing changed: these labels hold already\n";
  return fmt::format("step {}: {} new decisions, {} withdrawn, {} as before\n",
                     with_thousands(decisions["step"].get<long long>()),
                     with_thousands(decisions["changed"].get<long long>()),
                     with_thousands(decisions["withdrawn"].get<long long>()),
                     with_thousands(decisions["unchanged"].get<long long>()));
}

void add_label(CLI::App& app, const SetAction& set) {
  app.require_subcommand(1);
  app.footer(
      "From raw tags and figures to labels that can be explained, checked and corrected. Raw tags are never\n"
      "changed: each decision is a row with its reason and date, and can be undone ('sleeve label log', "
      "'undo').\n"
      "train, crossval and evaluate use the labels; with --raw-labels they don't. Running a command twice\n"
      "changes nothing. docs/labels.md tells it all.");
  add_label_genres(app, set);
  add_label_discover(app, set);
  add_label_figures(app, set);
  add_label_clean(app, set);
  add_label_review(app, set);
  add_label_history(app, set);
}

}  // namespace sleeve
