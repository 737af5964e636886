// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_TERMINAL_PROGRESS_H_
#define SLEEVE_CLI_TERMINAL_PROGRESS_H_

#include <chrono>
#include <mutex>
#include <string>

#include "base/progress.h"

namespace sleeve {

// Shows progress with rate and remaining time on standard error: one line rewritten in place on a
// terminal, a line every ten seconds elsewhere.
class TerminalProgress final : public Progress {
 public:
  TerminalProgress();
  void begin(std::string_view what, size_t total) override;
  void step(size_t count) override;
  void end() override;

 private:
  using Clock = std::chrono::steady_clock;
  void show(Clock::time_point now);

  std::mutex mutex_;
  bool terminal_;
  std::string what_;
  size_t total_ = 0;
  size_t done_ = 0;
  bool shown_ = false;
  Clock::time_point start_;
  Clock::time_point last_;
};

// "0:07", "12:40", "2:03:00".
std::string clock_text(double seconds);

}  // namespace sleeve

#endif  // SLEEVE_CLI_TERMINAL_PROGRESS_H_
