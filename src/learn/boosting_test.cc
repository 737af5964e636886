// SPDX-License-Identifier: Apache-2.0
#include "learn/boosting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/booster.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

BoostingOptions all_rounds(int trees) {
  BoostingOptions options;
  options.trees = trees;
  options.early_stopping = 0;
  return options;
}

std::vector<float> as_floats(const std::vector<int>& labels) { return {labels.begin(), labels.end()}; }

// What XGBoost itself predicts with the model that Boosting keeps in trees of its own.
struct Theirs {
  Theirs(Goal goal, const BoostingOptions& options, const Matrix& x, const std::vector<float>& answers,
         const std::vector<float>& base, const Matrix& asked) {
    const XgRows train = XgRows::make(x, answers, base).value();
    const XgRows rows = XgRows::make(asked, std::vector<float>(asked.rows()), base).value();
    XgBooster booster = XgBooster::make(goal, options, base.size(), 5, train, nullptr).value();
    for (int round = 0; round < options.trees; ++round) EXPECT_TRUE(booster.step(round).ok());
    sums = booster.predict(rows, true).value();
    answered = booster.predict(rows, false).value();
  }
  std::vector<float> sums;
  std::vector<float> answered;
};

TEST(Boosting, PredictsTheBitsThatXGBoostDoes) {
  const BoostingOptions options = all_rounds(40);
  for (const int classes : {2, 3, 5}) {
    SCOPED_TRACE(classes);
    const Drawn data = draw_data(240, 12, classes, 0.7, 1);  // equally many rows a class
    const Matrix asked = draw_data(150, 12, classes, 0.7, 2).x;
    ClassBoosting ours(options);
    ASSERT_TRUE(ours.fit(data.set(), 5, {}).ok());
    const float share = static_cast<float>(std::log(1.0 / classes));
    const std::vector<float> base =
        classes == 2 ? std::vector<float>{0.0F} : std::vector<float>(static_cast<size_t>(classes), share);
    const Theirs theirs(Goal::kClass, options, data.x, as_floats(data.labels), base, asked);
    const Matrix sums = ours.margins(asked);
    EXPECT_EQ(std::vector<float>(sums.data(), sums.data() + sums.rows() * sums.columns()), theirs.sums);
    const Matrix p = ours.outputs(asked);
    for (size_t i = 0; i < p.rows(); ++i) {
      if (classes == 2) {
        EXPECT_EQ(p(i, 1), theirs.answered[i]);
        continue;
      }
      for (size_t k = 0; k < p.columns(); ++k) EXPECT_EQ(p(i, k), theirs.answered[i * p.columns() + k]);
    }
  }
}

TEST(Boosting, PredictsTheNumbersThatXGBoostDoes) {
  const BoostingOptions options = all_rounds(60);
  DrawnNumbers data = draw_numbers(200, 10, 1.0, 1);
  for (float& value : data.values) value -= 50.0F;
  NumberBoosting ours(options);
  ASSERT_TRUE(ours.fit(data.set(), 5, {}).ok());
  double sum = 0.0;
  for (const float value : data.values) sum += static_cast<double>(value);
  // Asked about the training rows, too: their values are where the trees part.
  const Theirs theirs(Goal::kNumber, options, data.x, data.values, {static_cast<float>(sum / 200)}, data.x);
  const Matrix y = ours.outputs(data.x);
  EXPECT_EQ(std::vector<float>(y.data(), y.data() + 200), theirs.answered);
}

TEST(Boosting, StopsEarlyOnNoiseAndGoesOnWithASignal) {
  const auto rounds = [](double signal) {
    const Drawn data = draw_data(300, 8, 3, signal, 1);
    ClassBoosting boosting{BoostingOptions{}};
    EXPECT_TRUE(boosting.fit(data.set(), 1, {}).ok());
    const Json facts = boosting.facts();
    EXPECT_EQ(facts["validation_rows"].get<size_t>(), 60U);
    // Fitted again with the best number of rounds, a tree a class.
    EXPECT_EQ(boosting.trees().size(), 3 * facts["rounds"].get<size_t>());
    return facts["rounds"].get<size_t>();
  };
  EXPECT_LT(rounds(0.0), 15U);
  EXPECT_GT(rounds(1.5), 20U);
}

// Groups of ten rows whose class is drawn for the group: what tells groups apart tells nothing of others.
// Rows held out at random would praise every round that learns the groups by heart.
TEST(Boosting, HoldsOutWholeGroups) {
  Rng rng(3);
  Drawn data{Matrix(400, 6), std::vector<int>(400), 2};
  std::vector<int> groups(400);
  for (size_t i = 0; i < 400; ++i) {
    groups[i] = static_cast<int>(i / 10);
    if (i % 10 == 0) {
      for (size_t j = 0; j < 6; ++j) data.x(i, j) = static_cast<float>(rng.normal());
      data.labels[i] = static_cast<int>(rng.below(2));
      continue;
    }
    for (size_t j = 0; j < 6; ++j) {
      data.x(i, j) = data.x(i - i % 10, j) + static_cast<float>(rng.normal()) * 0.01F;
    }
    data.labels[i] = data.labels[i - i % 10];
  }
  const auto rounds = [&](bool tell_groups) {
    TrainingSet set = data.set();
    if (tell_groups) set.groups = groups;
    ClassBoosting boosting{BoostingOptions{}};
    EXPECT_TRUE(boosting.fit(set, 1, {}).ok());
    return boosting.facts()["rounds"].get<size_t>();
  };
  EXPECT_GT(rounds(false), 5 * rounds(true));
}

TEST(Boosting, TooFewRowsToHoldOutGrowAllRounds) {
  const Drawn data{Matrix(2, 2, {0.0F, 0.0F, 1.0F, 1.0F}), {0, 1}, 2};
  BoostingOptions options;
  options.trees = 7;
  ClassBoosting boosting(options);
  ASSERT_TRUE(boosting.fit(data.set(), 1, {}).ok());
  EXPECT_EQ(boosting.facts()["validation_rows"].get<size_t>(), 0U);
  EXPECT_EQ(boosting.trees().size(), 7U);
}

TEST(Boosting, SeedsMatterAndFitsOnOneThreadDoNotDisturbEachOther) {
  const Drawn data = draw_data(150, 10, 3, 0.5, 1);
  const auto fitted = [&](uint64_t seed) {
    ClassBoosting boosting(all_rounds(10));
    EXPECT_TRUE(boosting.fit(data.set(), seed, {}).ok());
    return boosting.outputs(data.x);
  };
  const Matrix first = fitted(1);
  EXPECT_NE(first, fitted(2));
  EXPECT_EQ(first, fitted(1));
}

TEST(Boosting, DepthAndRoundsHold) {
  const DrawnNumbers data = draw_numbers(200, 6, 1.0, 1);
  BoostingOptions options = all_rounds(5);
  options.depth = 2;
  NumberBoosting boosting(options);
  ASSERT_TRUE(boosting.fit(data.set(), 1, {}).ok());
  ASSERT_EQ(boosting.trees().size(), 5U);
  for (const ValueTree& tree : boosting.trees()) EXPECT_EQ(tree.depth(), 2U);
}

}  // namespace
}  // namespace sleeve
