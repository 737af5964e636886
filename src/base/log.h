// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_LOG_H_
#define SLEEVE_BASE_LOG_H_

#include <string>

#include <sleeve/result.h>

namespace sleeve {

// Diagnostics on standard error, through spdlog; results never go through the log.
// Levels: "debug", "info", "warn" (the default), "error", "off".
Status set_log_level(const std::string& level);
void log_debug(const std::string& message);
void log_info(const std::string& message);
void log_warning(const std::string& message);

}  // namespace sleeve

#endif  // SLEEVE_BASE_LOG_H_
