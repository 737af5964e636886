// SPDX-License-Identifier: Apache-2.0
#include "eval/subset.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

namespace sleeve {
namespace {

// 60 rows in 20 groups of three; class 2 has one group only.
Task grouped_task() {
  Task task{Matrix(60, 1), {}, {}, {"a", "b", "c"}};
  for (int row = 0; row < 60; ++row) {
    task.groups.push_back(row / 3);
    task.labels.push_back(row / 3 == 7 ? 2 : row / 3 % 2);
  }
  return task;
}

std::vector<size_t> all_rows() {
  std::vector<size_t> rows(60);
  std::iota(rows.begin(), rows.end(), size_t{0});
  return rows;
}

TEST(Subset, HoldsWholeGroupsAndEveryClass) {
  const Task task = grouped_task();
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto rows = subset_of(task, all_rows(), 0.25, seed);
    EXPECT_EQ(rows.size(), 15U);
    std::set<int> groups;
    std::set<int> classes;
    for (const size_t row : rows) {
      groups.insert(task.groups[row]);
      classes.insert(task.labels[row]);
    }
    EXPECT_EQ(groups.size(), 5U);
    EXPECT_EQ(classes.size(), 3U);
  }
}

TEST(Subset, SmallerOnesLieInLargerOnes) {
  const Task task = grouped_task();
  std::vector<size_t> before;
  for (const double share : {0.01, 0.2, 0.5, 0.9, 1.0}) {
    const auto rows = subset_of(task, all_rows(), share, 3);
    EXPECT_TRUE(std::ranges::includes(rows, before)) << share;
    EXPECT_GT(rows.size(), before.size());
    before = rows;
  }
  EXPECT_EQ(before, all_rows());
  EXPECT_NE(subset_of(task, all_rows(), 0.5, 3), subset_of(task, all_rows(), 0.5, 4));
}

}  // namespace
}  // namespace sleeve
