// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_PARALLEL_H_
#define SLEEVE_BASE_PARALLEL_H_

#include <cstddef>
#include <functional>
#include <memory>

namespace sleeve {

// Calls body(i) once for every i in [0, count), on as many threads as ThreadLimit allows, in no
// order. Calls may nest. The body writes only to what belongs to its i, so that results don't
// depend on the number of threads. An exception in a body is rethrown here.
void parallel_for(size_t count, const std::function<void(size_t)>& body);

// Bounds the threads of all parallel work in the process while it lives; 0 means one a core.
class ThreadLimit {
 public:
  explicit ThreadLimit(size_t threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  struct Control;
  std::unique_ptr<Control> control_;
};

// The bound in force.
size_t thread_count();

}  // namespace sleeve

#endif  // SLEEVE_BASE_PARALLEL_H_
