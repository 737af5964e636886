// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_CMD_EXPORT_H_
#define SLEEVE_CLI_CMD_EXPORT_H_

#include "cli/command.h"

namespace sleeve {

void add_export(CLI::App& app, const SetAction& set);

}  // namespace sleeve

#endif  // SLEEVE_CLI_CMD_EXPORT_H_
