// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <algorithm>
#include <array>
#include <memory>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/error.h"
#include "base/text.h"

namespace sleeve {
namespace {

// Our own logger rather than spdlog's global one: an application that uses spdlog keeps its own.
spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made =
        std::make_shared<spdlog::logger>("sleeve", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("sleeve: %^%l%$: %v");
    made->set_level(spdlog::level::warn);
    return made;
  }();
  return *instance;
}

}  // namespace

Status set_log_level(const std::string& level) {
  static const std::array<std::string, 5> kLevels = {"debug", "info", "warn", "error", "off"};
  if (std::ranges::find(kLevels, level) == kLevels.end()) {
    return make_error(ErrorCode::kUsage, "unknown log level '{}'{}", level, suggestion(level, kLevels));
  }
  logger().set_level(spdlog::level::from_str(level));
  return {};
}

void log_debug(const std::string& message) { logger().debug("{}", message); }
void log_info(const std::string& message) { logger().info("{}", message); }
void log_warning(const std::string& message) { logger().warn("{}", message); }

}  // namespace sleeve
