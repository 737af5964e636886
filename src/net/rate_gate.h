// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_RATE_GATE_H_
#define SLEEVE_NET_RATE_GATE_H_

#include <condition_variable>
#include <mutex>
#include <string>

#include "base/progress.h"
#include "net/clock.h"

namespace sleeve {

// How much a host may be asked.
struct HostLimit {
  double interval = 0.1;  // seconds, at least, from the start of one request to the start of the next
  int parallel = 4;       // requests in flight at once
  // Headers by which the host says how many requests are left and in how many seconds there are new
  // ones. Empty: it says nothing that can be relied on.
  std::string remaining_header;
  std::string reset_header;
  double reset_seconds = 10;  // where the reset header is missing
};

// Lets requests to one host through as its limit allows, whichever threads they come from.
class RateGate {
 public:
  RateGate(HostLimit limit, const Clock& clock) : limit_(std::move(limit)), clock_(clock) {}

  // Waits for its turn; false if the work is to stop meanwhile. Every enter() that succeeded needs a leave().
  bool enter(const WorkContext& context);
  void leave();
  // Nobody starts in the next so many seconds.
  void hold(double seconds);
  [[nodiscard]] const HostLimit& limit() const { return limit_; }

 private:
  const HostLimit limit_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable left_;
  int inside_ = 0;
  double next_start_ = 0;  // the clock's time from which on the next may start
};

}  // namespace sleeve

#endif  // SLEEVE_NET_RATE_GATE_H_
