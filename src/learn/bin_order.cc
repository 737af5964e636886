// SPDX-License-Identifier: Apache-2.0
#include "learn/bin_order.h"

#include "learn/widest.h"

namespace sleeve {

// Every key is held against every other, many at a time; for so few this beats a sort with branches.
SLEEVE_WIDEST void rank_keys(const int16_t* keys, size_t count, int16_t* ranks) {
  constexpr size_t kLanes = 16;
  for (size_t first = 0; first < count; first += kLanes) {
    int16_t smaller[kLanes] = {};
    for (size_t j = 0; j < count; ++j) {
      const int16_t other = keys[j];
      for (size_t lane = 0; lane < kLanes; ++lane) {
        smaller[lane] = static_cast<int16_t>(smaller[lane] + (other < keys[first + lane] ? 1 : 0));
      }
    }
    for (size_t lane = 0; lane < kLanes; ++lane) ranks[first + lane] = smaller[lane];
  }
}

}  // namespace sleeve
