// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_CMD_LABEL_H_
#define SLEEVE_CLI_CMD_LABEL_H_

#include "cli/command.h"

// The parts of 'sleeve label', a file each.
namespace sleeve {

void add_label_genres(CLI::App& label, const SetAction& set);   // genres, rules, why
void add_label_history(CLI::App& label, const SetAction& set);  // log, undo, export, apply

}  // namespace sleeve

#endif  // SLEEVE_CLI_CMD_LABEL_H_
