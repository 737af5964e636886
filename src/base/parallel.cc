// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <thread>

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "base/thread_order.h"

namespace sleeve {

struct ThreadLimit::Control {
  explicit Control(size_t threads) : limit(tbb::global_control::max_allowed_parallelism, threads) {}
  tbb::global_control limit;
};

ThreadLimit::ThreadLimit(size_t threads)
    : control_(std::make_unique<Control>(
          threads > 0 ? threads : std::max<size_t>(1, std::thread::hardware_concurrency()))) {}
ThreadLimit::~ThreadLimit() = default;

size_t thread_count() {
  return tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
}

void parallel_for(size_t count, const std::function<void(size_t)>& body) {
  char start = 0;
  char end = 0;
  happens_before(&start);
  tbb::parallel_for(
      tbb::blocked_range<size_t>(0, count, 1),
      [&](const tbb::blocked_range<size_t>& range) {
        happens_after(&start);
        for (size_t i = range.begin(); i != range.end(); ++i) body(i);
        happens_before(&end);
      },
      tbb::simple_partitioner());
  happens_after(&end);
}

}  // namespace sleeve
