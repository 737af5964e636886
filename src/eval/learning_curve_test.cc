// SPDX-License-Identifier: Apache-2.0
#include "eval/learning_curve.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <gmock/gmock.h>

namespace sleeve {
namespace {

using testing::HasSubstr;

// 300 rows in groups of one to four; class 2 is rare.
struct Data {
  std::vector<int> labels, groups;
  std::vector<size_t> rows;
  Data() {
    for (int group = 0; labels.size() < 300; ++group) {
      const int label = group % 10 == 0 ? 2 : group % 2;
      for (int i = 0; i <= group % 4 && labels.size() < 300; ++i) {
        labels.push_back(label);
        groups.push_back(group);
      }
    }
    rows.resize(labels.size());
    std::iota(rows.begin(), rows.end(), size_t{0});
  }
};

TEST(GrowingRows, AreNestedWholeGroupsWithTheClassesShares) {
  const Data data;
  const GrowingRows growing(data.labels, data.groups, 3, data.rows, 1);
  std::map<int, size_t> group_sizes;
  for (const int group : data.groups) ++group_sizes[group];
  const double share = std::ranges::count(data.labels, 2) / 300.0;
  std::set<size_t> before;
  for (size_t size = 20; size <= 300; size += 20) {
    const std::vector<size_t> rows = growing.first(size);
    EXPECT_GE(rows.size(), size);
    EXPECT_LT(rows.size(), size + 4) << "at most a group more than asked for";
    std::map<int, size_t> sizes;
    for (const size_t row : rows) ++sizes[data.groups[row]];
    for (const auto& [group, count] : sizes) EXPECT_EQ(count, group_sizes[group]) << "group " << group;
    const std::set<size_t> now(rows.begin(), rows.end());
    EXPECT_TRUE(std::ranges::includes(now, before));
    before = now;
    const auto rare =
        static_cast<double>(std::ranges::count_if(rows, [&](size_t r) { return data.labels[r] == 2; }));
    EXPECT_NEAR(rare, share * static_cast<double>(rows.size()), 4) << "of " << rows.size();
  }
  EXPECT_EQ(growing.first(300), data.rows);
}

TEST(GrowingRows, EvenTheSmallestHasTwoClasses) {
  const Data data;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto rows = GrowingRows(data.labels, data.groups, 3, data.rows, seed).first(1);
    std::set<int> labels;
    for (const size_t row : rows) labels.insert(data.labels[row]);
    EXPECT_GE(labels.size(), 2U);
    EXPECT_LE(rows.size(), 12U);
  }
  const std::vector<int> one_class(5, 0);
  const std::vector<size_t> rows = {0, 1, 2, 3, 4};
  EXPECT_EQ(GrowingRows(one_class, {}, 1, rows, 1).first(2).size(), 2U);
}

TEST(GrowingRows, SameSeedSameRowsAndOtherSeedOthers) {
  const Data data;
  const auto of = [&](uint64_t seed) {
    return GrowingRows(data.labels, data.groups, 3, data.rows, seed).first(100);
  };
  EXPECT_EQ(of(5), of(5));
  EXPECT_NE(of(5), of(6));
}

TEST(CurveScore, IsTheIntervalOfTheCorrectedTTest) {
  // numpy and scipy: mean ± t.ppf(0.975, 4) · sqrt(1/5 + 1/4) · std(ddof=1).
  const CurveScore score = curve_score({0.3, 0.35, 0.32, 0.4, 0.28}, 5);
  EXPECT_NEAR(score.mean, 0.33, 1e-12);
  EXPECT_NEAR(score.deviation, 0.046904157598234297, 1e-12);
  EXPECT_NEAR(score.high - score.mean, 2.7764451051977987 * 0.6708203932499369 * 0.046904157598234297, 1e-9);
  EXPECT_NEAR(score.mean - score.low, score.high - score.mean, 1e-12);
  const CurveScore flat = curve_score({0.5, 0.5}, 2);
  EXPECT_EQ(flat.low, 0.5);
  EXPECT_EQ(flat.high, 0.5);
  const CurveScore steep = curve_score({0.1, 0.9}, 2);
  EXPECT_EQ(steep.low, 0);
  EXPECT_EQ(steep.high, 1);
  EXPECT_EQ(curve_score({0.1, 0.9}, 2, {-1, 1}).low, -1);
}

TEST(CurveSteps, KeepTheTestPartsAndRefuseImpossibleSizes) {
  const Data data;
  Task task;
  task.labels = data.labels;
  task.groups = data.groups;
  task.class_names = {"a", "b", "c"};
  const auto folds = k_folds(SplitKind::kGrouped, {data.labels, data.groups, 3}, 5, 1).value();
  const std::vector<size_t> sizes = even_sizes(folds, 4);
  ASSERT_EQ(sizes.size(), 4U);
  const auto steps = curve_steps(task, folds, sizes, 1).value();
  for (size_t s = 0; s < steps.size(); ++s) {
    for (size_t f = 0; f < folds.size(); ++f) {
      EXPECT_EQ(steps[s].folds[f].test, folds[f].test);
      EXPECT_TRUE(std::ranges::includes(folds[f].train, steps[s].folds[f].train));
      if (s == 0) continue;
      EXPECT_TRUE(std::ranges::includes(steps[s].folds[f].train, steps[s - 1].folds[f].train));
    }
    EXPECT_NEAR(steps[s].covers, static_cast<double>(sizes[s]), 4);
  }
  const std::vector<size_t> none = {0}, many = {10, 290};
  EXPECT_EQ(curve_steps(task, folds, none, 1).error().code, ErrorCode::kUsage);
  EXPECT_THAT(curve_steps(task, folds, many, 1).error().message, HasSubstr("from 1 to"));
  EXPECT_EQ(even_sizes(folds, 100000).size(), sizes.back()) << "no size twice";
}

TEST(CurveSteps, DivideNumbersByTheirFifthsAndLeaveOutWhatRepeats) {
  Task task;
  task.goal = Goal::kNumber;
  task.class_names = {"popularity"};
  for (int i = 0; i < 100; ++i) {
    task.values.push_back(static_cast<float>(i));
    task.groups.push_back(i / 10);  // ten rows each
  }
  task.x = Matrix(100, 1);
  const auto folds = task_folds(task, SplitKind::kStratified, task.groups, 4, 1, 3).value();
  const std::vector<size_t> sizes = even_sizes(folds, 40);
  ASSERT_GT(sizes.size(), 20U);
  const auto steps = curve_steps(task, folds, sizes, 1).value();
  EXPECT_LT(steps.size(), sizes.size()) << "only whole groups come in";
  for (size_t s = 1; s < steps.size(); ++s) EXPECT_NE(steps[s].folds, steps[s - 1].folds);
  for (const Fold& fold : steps[steps.size() / 2].folds) {
    size_t low = 0;
    for (const size_t row : fold.train) low += task.values[row] < 50 ? 1 : 0;
    EXPECT_GT(low, fold.train.size() / 5);
    EXPECT_LT(low, fold.train.size() * 4 / 5);
  }
}

TEST(MetricRange, IsWhereAMetricLies) {
  EXPECT_EQ(range_of("accuracy").lowest, 0);
  EXPECT_EQ(range_of("mcc").lowest, -1);
  EXPECT_EQ(range_of("r_squared").highest, 1);
  EXPECT_TRUE(std::isinf(range_of("mae").highest));
  EXPECT_TRUE(std::isinf(range_of("r_squared").lowest));
}

}  // namespace
}  // namespace sleeve
