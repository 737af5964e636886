// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_CMD_LIBRARY_H_
#define SLEEVE_CLI_CMD_LIBRARY_H_

#include <string>

#include "cli/command.h"

namespace sleeve {

// `sleeve import library DIR`, and what `sleeve collect --source library DIR` does, too.
void add_import_library(CLI::App& import, const SetAction& set);
Result<Exit> run_library(const std::string& folder, const Session& session);

}  // namespace sleeve

#endif  // SLEEVE_CLI_CMD_LIBRARY_H_
