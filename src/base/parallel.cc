// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <thread>

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "base/thread_order.h"

namespace sleeve {
namespace {

struct Part {
  const std::function<void(size_t)>* body;
  const char* start;
  const char* end;
  size_t first;
  size_t last;
};

struct LoopBody {
  const std::function<void(size_t)>* body;
  const char* start;
  const char* end;
  void operator()(const tbb::blocked_range<size_t>& range) const;
};

// Copies what lies in a task of TBB's, which hands tasks from thread to thread unseen by ThreadSanitizer: the
// one function of ours that tests/tsan.supp names, so it stays a function and does nothing else.
[[gnu::noinline]] Part taken_over(const LoopBody& task, const tbb::blocked_range<size_t>& range) {
  return {task.body, task.start, task.end, range.begin(), range.end()};
}

void LoopBody::operator()(const tbb::blocked_range<size_t>& range) const {
  const Part part = taken_over(*this, range);
  happens_after(part.start);
  for (size_t i = part.first; i != part.last; ++i) (*part.body)(i);
  happens_before(part.end);
}

}  // namespace

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
  tbb::parallel_for(tbb::blocked_range<size_t>(0, count, 1), LoopBody{&body, &start, &end},
                    tbb::simple_partitioner());
  happens_after(&end);
}

}  // namespace sleeve
