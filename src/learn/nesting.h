// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_NESTING_H_
#define SLEEVE_LEARN_NESTING_H_

namespace sleeve {

// How many pipelines may stand within each other: an ensemble's member may be an ensemble. Bounded because
// texts and files that say it come from outside, and are read by recursion.
inline constexpr int kDeepestPipeline = 4;

// Counts, for the thread, the pipelines that are being read at the moment.
class Nesting {
 public:
  Nesting() { ++depth_; }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  [[nodiscard]] static bool too_deep() { return depth_ > kDeepestPipeline; }

 private:
  static inline thread_local int depth_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_NESTING_H_
