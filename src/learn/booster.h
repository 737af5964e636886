// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_BOOSTER_H_
#define SLEEVE_LEARN_BOOSTER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <sleeve/result.h>

#include "learn/boosting.h"
#include "learn/matrix.h"
#include "learn/value_tree.h"

// XGBoost's C API behind Result. For this room's .cc files only. What XGBoost refuses is kInternal with its
// own words: sleeve checks what it hands over. Objects stay on the thread that made them.
namespace sleeve {

// Rows with their answers and the first guess of their margins.
class XgRows {
 public:
  // `answers`: one a row, numbers or places of classes; `base`: one a margin, the same for all rows.
  static Result<XgRows> make(const Matrix& x, std::span<const float> answers, std::span<const float> base);

 private:
  friend class XgBooster;
  struct Free {
    void operator()(void* handle) const;
  };
  std::unique_ptr<void, Free> handle_;
  size_t rows_ = 0;
};

class XgBooster {
 public:
  // `margins`: numbers and two classes 1, otherwise the number of classes. Both sets of rows must outlive
  // the booster; `watched` (or nullptr) are rows whose predictions are kept up to date as trees are added.
  static Result<XgBooster> make(Goal goal, const BoostingOptions& options, size_t margins, uint64_t seed,
                                const XgRows& train, const XgRows* watched);

  // Grows the trees of one round.
  Status step(int round);
  // rows × margins, the sums of leaves or what they stand for (numbers, probabilities).
  [[nodiscard]] Result<std::vector<float>> predict(const XgRows& rows, bool sums) const;
  // The trees so far, a tree a margin, round by round; kTooLarge.
  [[nodiscard]] Result<std::vector<ValueTree>> trees() const;

 private:
  struct Free {
    void operator()(void* handle) const;
  };
  std::unique_ptr<void, Free> handle_;
  const XgRows* train_ = nullptr;
  size_t margins_ = 1;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_BOOSTER_H_
