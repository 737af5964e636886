// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_QUESTION_OPTIONS_H_
#define SLEEVE_CLI_QUESTION_OPTIONS_H_

#include "cli/arguments.h"

namespace sleeve {

// Parts of add_protocol_options(), for commands that split nothing.
void add_label_options(CLI::App& app, ProtocolArguments& arguments);     // which labels
void add_question_options(CLI::App& app, ProtocolArguments& arguments);  // and which features

}  // namespace sleeve

#endif  // SLEEVE_CLI_QUESTION_OPTIONS_H_
