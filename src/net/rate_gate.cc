// SPDX-License-Identifier: Apache-2.0
#include "net/rate_gate.h"

#include <algorithm>
#include <chrono>

namespace sleeve {

bool RateGate::enter(const WorkContext& context) {
  std::unique_lock lock(mutex_);
  while (inside_ >= limit_.parallel) {
    left_.wait_for(lock, std::chrono::milliseconds(50));
    if (context.stopping()) return false;
  }
  ++inside_;
  for (;;) {
    const double now = clock_.now();
    if (now >= next_start_) {
      next_start_ = now + limit_.interval;
      return true;
    }
    const double wait = next_start_ - now;
    lock.unlock();
    const bool waited = clock_.sleep(wait, context);
    lock.lock();
    if (!waited) break;
  }
  --inside_;
  left_.notify_one();
  return false;
}

void RateGate::leave() {
  const std::lock_guard lock(mutex_);
  --inside_;
  left_.notify_one();
}

void RateGate::hold(double seconds) {
  const std::lock_guard lock(mutex_);
  next_start_ = std::max(next_start_, clock_.now() + seconds);
}

}  // namespace sleeve
