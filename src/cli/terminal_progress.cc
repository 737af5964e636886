// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal_progress.h"

#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"

namespace sleeve {
namespace {

constexpr std::chrono::milliseconds kTerminalInterval(100);
constexpr std::chrono::seconds kLogInterval(10);

}  // namespace

TerminalProgress::TerminalProgress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void TerminalProgress::begin(std::string_view what, size_t total) {
  const std::scoped_lock lock(mutex_);
  what_ = what;
  total_ = total;
  done_ = 0;
  shown_ = false;
  start_ = last_ = Clock::now();
}

void TerminalProgress::step(size_t count) {
  const std::scoped_lock lock(mutex_);
  done_ += count;
  const auto now = Clock::now();
  if (now - last_ >= (terminal_ ? Clock::duration(kTerminalInterval) : Clock::duration(kLogInterval))) {
    show(now);
    last_ = now;
  }
}

void TerminalProgress::end() {
  const std::scoped_lock lock(mutex_);
  if (terminal_ && shown_) fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

void TerminalProgress::show(Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  std::string line = fmt::format("{}: {}", what_, with_thousands(static_cast<long long>(done_)));
  if (total_ > 0) {
    line += fmt::format(" of {} ({:.0f} %)", with_thousands(static_cast<long long>(total_)),
                        100.0 * static_cast<double>(done_) / static_cast<double>(total_));
  }
  line += fmt::format(", {:.1f}/s", rate);
  if (total_ > done_ && rate > 0) {
    line += fmt::format(", {} left", clock_text(static_cast<double>(total_ - done_) / rate));
  }
  fmt::print(stderr, "{}{}{}", terminal_ ? "\r\x1b[K" : "", line, terminal_ ? "" : "\n");
  std::fflush(stderr);
  shown_ = true;
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(seconds));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace sleeve
