// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_CLOCK_H_
#define SLEEVE_NET_CLOCK_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "base/progress.h"

namespace sleeve {

// The time that rate limits and waits go by. With a speed of 1000 a second of it passes in a real
// millisecond: tests then keep a service's real limits without taking as long. Thread-safe.
class Clock {
 public:
  explicit Clock(double speed = 1.0) : speed_(speed), start_(std::chrono::steady_clock::now()) {}

  // Seconds since the clock was made; never goes back.
  [[nodiscard]] double now() const;
  // Waits so many seconds of this clock; false, and at once, when the work is to stop.
  bool sleep(double seconds, const WorkContext& context) const;
  [[nodiscard]] double speed() const { return speed_; }

 private:
  double speed_;
  std::chrono::steady_clock::time_point start_;
};

// The date outside, whatever a Clock's speed: seconds since 1970.
int64_t unix_time();
// "2026-11-23T13:40:00Z"
std::string utc_text(int64_t unix_seconds);

}  // namespace sleeve

#endif  // SLEEVE_NET_CLOCK_H_
