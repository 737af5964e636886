// SPDX-License-Identifier: Apache-2.0
#include "net/clock.h"

#include <algorithm>
#include <ctime>
#include <thread>

#include <fmt/chrono.h>

namespace sleeve {

double Clock::now() const {
  const std::chrono::duration<double> real = std::chrono::steady_clock::now() - start_;
  return real.count() * speed_;
}

bool Clock::sleep(double seconds, const WorkContext& context) const {
  constexpr double kSlice = 0.05;  // real seconds between two looks at whether to stop
  const double end = now() + seconds;
  for (;;) {
    if (context.stopping()) return false;
    const double left = (end - now()) / speed_;
    if (left <= 0) return true;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left, kSlice)));
  }
}

int64_t unix_time() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string utc_text(int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", parts);
}

}  // namespace sleeve
