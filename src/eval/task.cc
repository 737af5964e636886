// SPDX-License-Identifier: Apache-2.0
#include "eval/task.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/try.h"

namespace sleeve {

Task select_rows(const Task& task, std::span<const size_t> rows) {
  Answers answers = Answers::of(task.set(), rows);
  return {task.x.select(rows), std::move(answers.labels),  std::move(answers.groups), task.class_names,
          task.goal,           std::move(answers.members), std::move(answers.values), task.blocks};
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
