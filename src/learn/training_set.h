// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_TRAINING_SET_H_
#define SLEEVE_LEARN_TRAINING_SET_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/bag.h"
#include "learn/matrix.h"

namespace sleeve {

inline constexpr int kMaxClasses = 65535;

// What is asked of a row: which one class it is of, which of several labels it has, or a number.
enum class Goal { kClass, kLabels, kNumber };
std::string_view name_of(Goal goal);          // "class", "labels", "number"
Result<Goal> goal_of(std::string_view name);  // kUsage

// Columns that belong together, those of one descriptor: [begin, end).
struct ColumnBlock {
  std::string name;
  size_t begin = 0;
  size_t end = 0;
  // Set: the columns are no features but packed local vectors, for the transform `words` to make some of.
  std::optional<BagLayout> bag = {};
  friend bool operator==(const ColumnBlock&, const ColumnBlock&) = default;
};

// Rows to learn from, with their answers. A class (or label) may be absent from the rows of a fold.
struct TrainingSet {
  const Matrix& x;
  std::span<const int> labels = {};  // kClass: the class of every row, 0 … classes-1
  int classes = 0;                   // of classes or labels; 1 for a number
  Goal goal = Goal::kClass;
  std::span<const uint8_t> members = {};  // kLabels: rows × classes, 1 where the row has the label, else 0
  std::span<const float> values = {};     // kNumber: one per row, finite
  // One per row, or empty: rows of one group must stay together wherever rows are divided again (early
  // stopping, calibration, stacking).
  std::span<const int> groups = {};
  std::span<const ColumnBlock> blocks = {};  // rising, or empty if not known

  // The same answers for other features of the same rows.
  [[nodiscard]] TrainingSet with(const Matrix& other, std::span<const ColumnBlock> its_blocks) const {
    return {other, labels, classes, goal, members, values, groups, its_blocks};
  }
};

// The answers of some of the rows, kept: what a fold trains on.
struct Answers {
  std::vector<int> labels;
  std::vector<uint8_t> members;
  std::vector<float> values;
  std::vector<int> groups;

  static Answers of(const TrainingSet& data, std::span<const size_t> rows);
  // REQUIRES: x has these rows; `data` outlives the result, and so does this.
  [[nodiscard]] TrainingSet set(const Matrix& x, const TrainingSet& data) const {
    return {x, labels, data.classes, data.goal, members, values, groups, data.blocks};
  }
};

// kUsage: answers that don't fit the rows or the goal, a value that is not finite (row and column are
// named); kNoData without rows or columns.
Status check(const TrainingSet& data);
// `after`: empty for data as given, otherwise the transform that made them.
Status check_finite(const Matrix& x, std::string_view after = {});

// A class per row to divide rows by: the class itself; of several labels the rarest that the row has
// (classes: none); of numbers the fifth of the values that it is in (0 … 4).
struct Strata {
  std::vector<int> labels;
  int classes = 0;
};
Strata strata_of(const TrainingSet& data);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_TRAINING_SET_H_
