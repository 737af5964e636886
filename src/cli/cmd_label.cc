// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_label.h"

namespace sleeve {

void add_label(CLI::App& app, const SetAction& set) {
  app.require_subcommand(1);
  app.footer(
      "From raw tags and figures to labels that can be explained, checked and corrected. Raw tags are never\n"
      "changed: each decision is a row with its reason and date, and can be undone ('sleeve label log', "
      "'undo').\n"
      "train, crossval and evaluate use the labels; with --raw-labels they don't. Running a command twice\n"
      "changes nothing. docs/labels.md tells it all.");
  add_label_genres(app, set);
  add_label_history(app, set);
}

}  // namespace sleeve
