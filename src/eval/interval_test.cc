// SPDX-License-Identifier: Apache-2.0
#include "eval/interval.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/parallel.h"
#include "base/rng.h"

namespace sleeve {
namespace {

struct Predictions {
  std::vector<int> truth, predicted, groups;
};

// Artists are right or wrong as a whole, more or less: each has its own chance of being right, either
// `spread` above 0.6 or as much below.
Predictions simulate(size_t groups, size_t rows_per_group, double spread, int classes, Rng& rng) {
  Predictions result;
  for (size_t g = 0; g < groups; ++g) {
    const double chance = 0.6 + (rng.below(2) == 0 ? spread : -spread);
    for (size_t i = 0; i < rows_per_group; ++i) {
      const int truth = static_cast<int>(rng.below(static_cast<uint64_t>(classes)));
      const int wrong =
          (truth + 1 + static_cast<int>(rng.below(static_cast<uint64_t>(classes - 1)))) % classes;
      result.truth.push_back(truth);
      result.predicted.push_back(rng.uniform() < chance ? truth : wrong);
      result.groups.push_back(static_cast<int>(g));
    }
  }
  return result;
}

TEST(Bootstrap, NineteenOfTwentyIntervalsHoldTheTruth) {
  constexpr int kRuns = 400;
  int by_groups = 0, by_rows = 0;
  for (int run = 0; run < kRuns; ++run) {
    Rng rng(5, static_cast<uint64_t>(run));
    const Predictions data = simulate(80, 6, 0.35, 3, rng);
    const auto groups =
        bootstrap_intervals(data.truth, data.predicted, data.groups, 3, 1, 400).at("accuracy");
    const auto rows = bootstrap_intervals(data.truth, data.predicted, {}, 3, 1, 400).at("accuracy");
    by_groups += groups.low <= 0.6 && 0.6 <= groups.high ? 1 : 0;
    by_rows += rows.low <= 0.6 && 0.6 <= rows.high ? 1 : 0;
  }
  EXPECT_GE(by_groups, kRuns * 90 / 100);
  EXPECT_LE(by_groups, kRuns * 99 / 100);
  // What drawing rows one by one would claim.
  EXPECT_LT(by_rows, kRuns * 88 / 100);
}

TEST(Bootstrap, RowsOneByOneLookTooCertain) {
  Rng rng(3);
  const Predictions data = simulate(100, 8, 0.35, 4, rng);
  const auto groups = bootstrap_intervals(data.truth, data.predicted, data.groups, 4, 22);
  const auto rows = bootstrap_intervals(data.truth, data.predicted, {}, 4, 22);
  for (const std::string& name : metric_names()) {
    EXPECT_GT(groups.at(name).high - groups.at(name).low, 1.3 * (rows.at(name).high - rows.at(name).low))
        << name;
  }
}

TEST(Bootstrap, OfIndependentRowsIsTheBinomialInterval) {
  Rng rng(4);
  const Predictions data = simulate(2000, 1, 0, 2, rng);
  const Interval interval = bootstrap_intervals(data.truth, data.predicted, {}, 2, 22).at("accuracy");
  const double width = 2 * 1.96 * std::sqrt(0.6 * 0.4 / 2000);
  EXPECT_NEAR(interval.high - interval.low, width, 0.1 * width);
}

TEST(Bootstrap, HoldsTheScoreItself) {
  Rng rng(6);
  const Predictions data = simulate(300, 3, 0.2, 5, rng);
  const Scores scores = score(ConfusionMatrix::of(data.truth, data.predicted, 5));
  for (const auto& [name, interval] : bootstrap_intervals(data.truth, data.predicted, data.groups, 5, 22)) {
    EXPECT_LT(interval.low, metric(scores, name)) << name;
    EXPECT_GT(interval.high, metric(scores, name)) << name;
  }
}

TEST(Bootstrap, EdgesAreDefined) {
  for (const auto& [name, interval] : bootstrap_intervals({}, {}, {}, 3, 22)) {
    EXPECT_EQ(interval.low, 0) << name;
    EXPECT_EQ(interval.high, 0) << name;
  }
  const std::vector<int> truth{0, 1, 0}, groups{4, 4, 4};
  for (const auto& [name, interval] : bootstrap_intervals(truth, truth, groups, 2, 22)) {
    EXPECT_EQ(interval.low, 1) << name;
    EXPECT_EQ(interval.high, 1) << name;
  }
}

TEST(Bootstrap, SameBitsForAnyNumberOfThreadsAndAnyGroupNames) {
  Rng rng(7);
  Predictions data = simulate(200, 4, 0.2, 5, rng);
  const auto run = [&](size_t threads) {
    const ThreadLimit limit(threads);
    return bootstrap_intervals(data.truth, data.predicted, data.groups, 5, 22);
  };
  const auto one = run(1);
  const auto same = [&](const std::map<std::string, Interval>& other) {
    for (const auto& [name, interval] : one) {
      EXPECT_EQ(interval.low, other.at(name).low) << name;
      EXPECT_EQ(interval.high, other.at(name).high) << name;
    }
  };
  same(run(2));
  same(run(8));
  for (int& group : data.groups) group = 100000 - 13 * group;
  same(run(2));
}

TEST(BootstrapDifferences, OfEqualPredictionsIsNothing) {
  const std::vector<int> truth = {0, 1, 0, 1, 1, 0}, predicted = {0, 0, 0, 1, 1, 1};
  const auto intervals = bootstrap_differences(truth, predicted, predicted, {}, 2, 5, 200);
  for (const std::string& name : metric_names()) {
    EXPECT_EQ(intervals.at(name).low, 0) << name;
    EXPECT_EQ(intervals.at(name).high, 0) << name;
  }
}

TEST(BootstrapDifferences, IsNarrowerThanTheTwoIntervalsWhereBothErrAlike) {
  // Both are right on the same two thirds; the second also on a tenth of the others.
  std::vector<int> truth(300, 1), first(300), second(300);
  for (size_t i = 0; i < 300; ++i) {
    first[i] = i % 3 != 0 ? 1 : 0;
    second[i] = i % 3 != 0 || i % 30 == 0 ? 1 : 0;
  }
  const auto difference = bootstrap_differences(truth, first, second, {}, 2, 1).at("accuracy");
  const auto alone = bootstrap_intervals(truth, first, {}, 2, 1).at("accuracy");
  EXPECT_GT(difference.low, 0) << "the second is better";
  EXPECT_LT(difference.low, 10.0 / 300);
  EXPECT_GT(difference.high, 10.0 / 300);
  EXPECT_LT(difference.high - difference.low, 0.6 * (alone.high - alone.low));
  const auto reversed = bootstrap_differences(truth, second, first, {}, 2, 1).at("accuracy");
  EXPECT_NEAR(reversed.low, -difference.high, 1e-12);
}

TEST(BootstrapDifferences, WholeGroupsMakeItWider) {
  std::vector<int> truth(200, 1), first(200, 0), second(200), groups(200);
  for (size_t i = 0; i < 200; ++i) {
    groups[i] = static_cast<int>(i / 20);
    second[i] = groups[i] % 2;
  }
  const auto single = bootstrap_differences(truth, first, second, {}, 2, 3).at("accuracy");
  const auto grouped = bootstrap_differences(truth, first, second, groups, 2, 3).at("accuracy");
  EXPECT_GT(grouped.high - grouped.low, 3 * (single.high - single.low));
}

}  // namespace
}  // namespace sleeve
