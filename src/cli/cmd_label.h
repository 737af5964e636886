// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_CMD_LABEL_H_
#define SLEEVE_CLI_CMD_LABEL_H_

#include <string>

#include "base/json.h"
#include "cli/command.h"

// The parts of 'sleeve label', a file each.
namespace sleeve {

void add_label_genres(CLI::App& label, const SetAction& set);  // genres, rules, why
void add_label_discover(CLI::App& label, const SetAction& set);
void add_label_figures(CLI::App& label, const SetAction& set);     // popularity, balance
void add_label_clean(CLI::App& label, const SetAction& set);       // clean duplicates, contradictions
void add_label_suspicious(CLI::App& clean, const SetAction& set);  // under clean
void add_label_review(CLI::App& label, const SetAction& set);      // accept, reject
void add_label_history(CLI::App& label, const SetAction& set);     // log, undo, export, apply

// What a step wrote, as the last line of a report: Recorded as JSON.
std::string label_decisions_text(const Json& decisions, bool dry_run);

}  // namespace sleeve

#endif  // SLEEVE_CLI_CMD_LABEL_H_
