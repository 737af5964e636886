// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_TASK_H_
#define SLEEVE_EVAL_TASK_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "learn/matrix.h"
#include "learn/mean_answers.h"
#include "learn/split.h"
#include "learn/training_set.h"

namespace sleeve {

// Rows to evaluate on: features, answers, and the groups that must stay together.
struct Task {
  Matrix x;
  std::vector<int> labels;               // kClass: one per row, from 0 to classes-1
  std::vector<int> groups;               // one per row; empty: each row its own
  std::vector<std::string> class_names;  // of classes or labels; of a number its one name
  Goal goal = Goal::kClass;
  std::vector<uint8_t> members{};     // kLabels: rows × classes
  std::vector<float> values{};        // kNumber: one per row
  std::vector<ColumnBlock> blocks{};  // the descriptors' columns; may be empty
  // The features of the same rows in other forms (their covers' augmented copies), each like x. A form is
  // reached through the number of its row only, so none can be where its row is not.
  std::vector<Matrix> forms{};
  size_t train_forms = 0;  // the first so many are learnt from beside x, where a row is learnt from
  size_t test_forms = 0;   // answers are the mean over x and the first so many

  [[nodiscard]] int classes() const { return static_cast<int>(class_names.size()); }
  // Views of this task: it must outlive them.
  [[nodiscard]] TrainingSet set() const {
    return {x, labels, classes(), goal, members, values, groups, blocks};
  }
};

// Some rows of a task, in the given order, with their forms.
Task select_rows(const Task& task, std::span<const size_t> rows);

// What is learnt from those rows: first themselves, then all of them in the first of the forms, and so on.
// Forms of a row are of its group, or where there are none form one with it.
struct LearntRows {
  Matrix x;
  Answers answers;
  // `task` and this must outlive the result.
  [[nodiscard]] TrainingSet set(const Task& task) const { return answers.set(x, task.set()); }
};
LearntRows learnt_rows(const Task& task, std::span<const size_t> rows);
// What is asked about those rows: themselves, then all of them in the first of the forms, and so on, for
// mean_answers() to take the mean of.
Matrix asked_rows(const Task& task, std::span<const size_t> rows);

// Folds of the task by its classes (or what stands for them, see strata_of) and, with kGrouped, by the given
// groups. Errors as repeated_k_folds and holdout.
Result<std::vector<Fold>> task_folds(const Task& task, SplitKind kind, std::span<const int> groups, int folds,
                                     int repeats, uint64_t seed);
Result<Fold> task_holdout(const Task& task, SplitKind kind, std::span<const int> groups, double test_size,
                          uint64_t seed);

// Test rows of the fold one of whose group is trained on.
size_t count_leaking_rows(const Task& task, const Fold& fold);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_TASK_H_
