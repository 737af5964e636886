// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_APART_H_
#define SLEEVE_FEATURE_APART_H_

#include <functional>

#include <sleeve/result.h>

#include "base/json.h"

namespace sleeve {

struct ApartLimits {
  uint64_t memory_bytes = uint64_t{4} << 30;  // not under a sanitizer, which needs more than any machine has
  unsigned seconds = 60;                      // of the clock
};

// Calls `work` in a process of its own (a fork), which may use so much memory and time, prints nothing, and
// leaves nothing behind but its result: for libraries that may crash on what they are fed. What it
// returns, if it gets that far; kCorrupt if the process died of a signal, kTooLarge if it took longer than
// allowed, kIo if there could be no process. REQUIRES: no other thread of this process is at work, or `work`
// keeps clear of what those may hold locked.
Result<Json> run_apart(const std::function<Result<Json>()>& work, const ApartLimits& limits = {});

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_APART_H_
