// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_PROGRESS_H_
#define SLEEVE_BASE_PROGRESS_H_

#include <atomic>
#include <cstddef>
#include <string_view>

namespace sleeve {

// Told how far long work has come; whoever shows it (a terminal, a web page) implements it.
// begin() and end() come from one thread, step() from any.
class Progress {
 public:
  virtual ~Progress() = default;
  // `what` is a verb and its object ("extracting covers"); total 0 means unknown.
  virtual void begin(std::string_view what, size_t total) = 0;
  virtual void step(size_t count = 1) = 0;
  virtual void end() = 0;
};

// Shows nothing.
class NoProgress final : public Progress {
 public:
  void begin(std::string_view /*what*/, size_t /*total*/) override {}
  void step(size_t /*count*/) override {}
  void end() override {}
};

// What every long-running function gets from its caller. Nothing in it changes a result:
// the same input gives the same bits with any context.
class WorkContext {
 public:
  WorkContext() = default;
  WorkContext(Progress* progress, const std::atomic<bool>* stop) : progress_(progress), stop_(stop) {}

  [[nodiscard]] Progress& progress() const { return progress_ == nullptr ? none_ : *progress_; }
  // For parts of a work that shows its own progress: stops with it, and shows nothing.
  [[nodiscard]] WorkContext without_progress() const { return {nullptr, stop_}; }
  // True once the user wants to stop: finish what is in flight, keep it, return kCancelled.
  [[nodiscard]] bool stopping() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed); }

 private:
  static inline NoProgress none_;
  Progress* progress_ = nullptr;
  const std::atomic<bool>* stop_ = nullptr;
};

}  // namespace sleeve

#endif  // SLEEVE_BASE_PROGRESS_H_
