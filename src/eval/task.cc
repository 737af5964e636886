// SPDX-License-Identifier: Apache-2.0
#include "eval/task.h"

#include <algorithm>
#include <cassert>
#include <unordered_set>
#include <utility>

#include "base/try.h"

namespace sleeve {

Task select_rows(const Task& task, std::span<const size_t> rows) {
  Answers answers = Answers::of(task.set(), rows);
  std::vector<Matrix> forms;
  for (const Matrix& form : task.forms) forms.push_back(form.select(rows));
  return {task.x.select(rows),
          std::move(answers.labels),
          std::move(answers.groups),
          task.class_names,
          task.goal,
          std::move(answers.members),
          std::move(answers.values),
          task.blocks,
          std::move(forms),
          task.train_forms,
          task.test_forms};
}

namespace {

// The rows, then the same rows of the first `forms` other forms.
Matrix stacked(const Task& task, std::span<const size_t> rows, size_t forms) {
  if (forms == 0) return task.x.select(rows);
  Matrix all((1 + forms) * rows.size(), task.x.columns());
  size_t next = 0;
  for (size_t form = 0; form <= forms; ++form) {
    const Matrix& from = form == 0 ? task.x : task.forms[form - 1];
    for (const size_t row : rows) std::ranges::copy(from.row(row), all.row(next++).begin());
  }
  return all;
}

}  // namespace

LearntRows learnt_rows(const Task& task, std::span<const size_t> rows) {
  assert(task.train_forms <= task.forms.size());
  std::vector<size_t> repeated;
  for (size_t form = 0; form <= task.train_forms; ++form) {
    repeated.insert(repeated.end(), rows.begin(), rows.end());
  }
  LearntRows learnt{stacked(task, rows, task.train_forms), Answers::of(task.set(), repeated)};
  if (task.train_forms > 0 && task.groups.empty()) {
    for (const size_t row : repeated) learnt.answers.groups.push_back(static_cast<int>(row));
  }
  return learnt;
}

Matrix asked_rows(const Task& task, std::span<const size_t> rows) {
  assert(task.test_forms <= task.forms.size());
  return stacked(task, rows, task.test_forms);
}

namespace {

// Of classes that no row has nothing is asked, of numbers and label sets every stratum may be thin: one
// with fewer rows (or groups) than there are parts joins its neighbour, so that a split is possible.
Strata sturdy_strata(const Task& task, std::span<const int> groups, int parts) {
  Strata strata = strata_of(task.set());
  if (task.goal == Goal::kClass) return strata;
  std::vector<std::unordered_set<int>> members(static_cast<size_t>(strata.classes));
  for (size_t row = 0; row < strata.labels.size(); ++row) {
    members[static_cast<size_t>(strata.labels[row])].insert(groups.empty() ? static_cast<int>(row)
                                                                           : groups[row]);
  }
  const auto largest = std::ranges::max_element(members, {}, &std::unordered_set<int>::size);
  const auto home = static_cast<int>(largest - members.begin());
  for (int& label : strata.labels) {
    if (members[static_cast<size_t>(label)].size() < static_cast<size_t>(std::max(parts, 2))) label = home;
  }
  return strata;
}

}  // namespace

Result<std::vector<Fold>> task_folds(const Task& task, SplitKind kind, std::span<const int> groups, int folds,
                                     int repeats, uint64_t seed) {
  const Strata strata = sturdy_strata(task, groups, folds);
  return repeated_k_folds(kind, {strata.labels, groups, strata.classes}, folds, repeats, seed);
}

Result<Fold> task_holdout(const Task& task, SplitKind kind, std::span<const int> groups, double test_size,
                          uint64_t seed) {
  const Strata strata = sturdy_strata(task, groups, 2);
  return holdout(kind, {strata.labels, groups, strata.classes}, test_size, seed);
}

size_t count_leaking_rows(const Task& task, const Fold& fold) {
  if (task.groups.empty()) return 0;
  std::unordered_set<int> trained;
  for (const size_t row : fold.train) trained.insert(task.groups[row]);
  return static_cast<size_t>(std::count_if(fold.test.begin(), fold.test.end(),
                                           [&](size_t row) { return trained.contains(task.groups[row]); }));
}

}  // namespace sleeve
