// SPDX-License-Identifier: Apache-2.0
#include "learn/forest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/split_search.h"
#include "learn/test_data.h"
#include "learn/tree_builder.h"

namespace sleeve {
namespace {

Forest grown(const ForestOptions& options, const Drawn& data, uint64_t seed = 1) {
  Forest forest(options);
  const Status status = forest.fit(data.set(), seed, {});
  EXPECT_TRUE(status.ok());
  return forest;
}

// The mean accuracy of ten forests is that of ten forests of scikit-learn's, within what ten differ by.
TEST(Forest, IsAsAccurateAsScikitLearn) {
  const Json cases = golden_learners()["forest"];
  ASSERT_EQ(cases.size(), 2U);
  for (const Json& golden : cases) {
    SCOPED_TRACE(golden["pipeline"].get<std::string>());
    const Matrix x = matrix_of(golden["x"]);
    const auto labels = golden["labels"].get<std::vector<int>>();
    std::vector<size_t> train;
    std::vector<size_t> test;
    for (size_t i = 0; i < x.rows(); ++i)
      (i < golden["train_rows"].get<size_t>() ? train : test).push_back(i);
    const auto middle = labels.begin() + static_cast<std::ptrdiff_t>(train.size());
    const Drawn data{x.select(train), {labels.begin(), middle}, golden["classes"].get<int>()};
    const Matrix test_rows = x.select(test);
    double sum = 0.0;
    for (uint64_t seed = 0; seed < 10; ++seed) {
      const auto pipeline =
          Pipeline::fit(spec_of(golden["pipeline"].get<std::string>()), data.set(), seed).value();
      sum += accuracy({middle, labels.end()}, most_probable(pipeline.outputs(test_rows).value()));
    }
    EXPECT_NEAR(sum / 10, golden["mean_accuracy"].get<double>(), 0.02);
    EXPECT_LT(golden["deviation"].get<double>(), 0.02);
  }
}

TEST(Forest, SeedsMatter) {
  const Drawn data = draw_data(200, 10, 3, 0.5, 1);
  ForestOptions options;
  options.trees = 5;
  EXPECT_EQ(grown(options, data, 1).outputs(data.x), grown(options, data, 1).outputs(data.x));
  EXPECT_NE(grown(options, data, 1).outputs(data.x), grown(options, data, 2).outputs(data.x));
}

TEST(Forest, ASmallerForestIsTheBeginningOfALargerOne) {
  const Drawn data = draw_data(150, 10, 3, 0.5, 1);
  ForestOptions options;
  options.trees = 4;
  const Forest small = grown(options, data);
  options.trees = 9;
  const Forest large = grown(options, data);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(small.trees()[i], large.trees()[i]);
  EXPECT_FALSE(large.trees()[4] == large.trees()[5]);
}

TEST(Forest, WithoutBootstrapAndLimitsEveryTrainingRowIsKnown) {
  const Drawn data = draw_data(200, 10, 3, 0.0, 1);  // pure noise, learnt by heart
  ForestOptions options;
  options.bootstrap = false;
  options.trees = 3;
  EXPECT_EQ(most_probable(grown(options, data).outputs(data.x)), data.labels);
}

TEST(Forest, DepthAndLeafLimitsHold) {
  const Drawn data = draw_data(500, 10, 3, 0.5, 1);
  ForestOptions options;
  options.trees = 5;
  options.max_depth = 3;
  const Forest shallow = grown(options, data);
  for (const DecisionTree& tree : shallow.trees()) EXPECT_EQ(tree.depth(), 3U);
  options.max_depth = 0;
  options.min_leaf = 40;
  options.bootstrap = false;
  const Forest coarse = grown(options, data);
  for (const DecisionTree& tree : coarse.trees()) {
    EXPECT_LE(tree.leaves(), 500U / 40U);
    EXPECT_GE(tree.leaves(), 2U);
  }
}

TEST(Forest, BalancedWeightsRaiseARareClass) {
  Drawn data = draw_data(400, 4, 2, 1.0, 1);
  size_t kept = 0;  // class 1 becomes rare
  for (size_t i = 0; i < 400; ++i) {
    if (data.labels[i] == 1 && ++kept % 10 != 0) data.labels[i] = 0;
  }
  ForestOptions options;
  options.min_leaf = 20;
  options.max_features = "all";
  const auto mass = [&](const char* weights) {
    options.class_weight = weights;
    const Matrix p = grown(options, data).outputs(data.x);
    double sum = 0.0;
    for (size_t i = 0; i < p.rows(); ++i) sum += p(i, 1);
    return sum / static_cast<double>(p.rows());
  };
  EXPECT_NEAR(mass("none"), 0.05, 0.02);
  EXPECT_GT(mass("balanced"), 4.0 * mass("none"));
}

TEST(Forest, MaxFeaturesAboveTheColumnsIsAUsageError) {
  const Drawn data = draw_data(20, 5, 2, 1.0, 1);
  for (const char* fits : {"5", "1", "0.5", "0.01", "all", "log2"}) {
    ForestOptions options;
    options.trees = 1;
    options.max_features = fits;
    EXPECT_TRUE(Forest(options).fit(data.set(), 1, {}).ok()) << fits;
  }
  ForestOptions options;
  options.max_features = "6";
  const Status status = Forest(options).fit(data.set(), 1, {});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  EXPECT_THAT(status.error().message, testing::HasSubstr("only 5 features"));
}

// The one feature that parts the rows is found though all other features are constant, however few are drawn.
TEST(Forest, DrawsOnUntilAFeatureCanPartTheRows) {
  Drawn data{Matrix(40, 200), std::vector<int>(40), 2};
  for (size_t i = 0; i < 40; ++i) {
    data.labels[i] = static_cast<int>(i % 2);
    data.x(i, 137) = static_cast<float>(i % 2);
  }
  ForestOptions options;
  options.max_features = "1";
  options.trees = 20;
  options.bootstrap = false;
  const Forest forest = grown(options, data);
  for (const DecisionTree& tree : forest.trees()) EXPECT_EQ(tree.nodes(), 3U);
}

TEST(Forest, ImportanceAndOutOfBagAccuracyAreScikitLearns) {
  const Json expected = golden("regressors")["forest_of_classes"];
  const Matrix x = matrix_of(expected["x"]);
  const Drawn data{x, expected["labels"].get<std::vector<int>>(), 3};
  const auto theirs = expected["importance"].get<std::vector<double>>();
  std::vector<double> importance(theirs.size());
  double oob = 0.0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    ForestOptions options;
    options.trees = 50;
    options.oob = true;
    const Forest forest = grown(options, data, seed);
    for (size_t j = 0; j < theirs.size(); ++j) importance[j] += forest.importance()[j] / 10;
    oob += forest.facts()["oob_accuracy"].get<double>() / 10;
  }
  for (size_t j = 0; j < theirs.size(); ++j) EXPECT_NEAR(importance[j], theirs[j], 0.01) << j;
  EXPECT_NEAR(oob, expected["oob_accuracy"].get<double>(), 0.02);
}

TEST(Forest, ImportanceFindsThePlantedColumnsAndTheirBlock) {
  const Drawn data = draw_data(300, 12, 3, 1.5, 1);  // the first two columns tell
  const std::vector<ColumnBlock> blocks{{"telling", 0, 2}, {"noise", 2, 12}};
  for (const char* criterion : {"gini", "entropy"}) {
    ForestOptions options;
    options.criterion = criterion;
    Forest forest(options);
    TrainingSet set = data.set();
    set.blocks = blocks;
    ASSERT_TRUE(forest.fit(set, 1, {}).ok());
    double sum = 0.0;
    for (const double share : forest.importance()) sum += share;
    EXPECT_NEAR(sum, 1.0, 1e-9);
    for (size_t j = 2; j < 12; ++j) {
      EXPECT_GT(forest.importance()[0], 2.0 * forest.importance()[j]);
      EXPECT_GT(forest.importance()[1], 2.0 * forest.importance()[j]);
    }
    const Json shares = forest.facts()["importance"];
    EXPECT_NEAR(shares["telling"].get<double>(), forest.importance()[0] + forest.importance()[1], 1e-9);
    EXPECT_NEAR(shares["telling"].get<double>() + shares["noise"].get<double>(), 1.0, 1e-9);
  }
}

// On pure noise the trees know the rows that they saw by heart, and nothing of the others.
TEST(Forest, OutOfBagIsHonestWhereTrainingRowsAreNot) {
  const Drawn data = draw_data(300, 10, 3, 0.0, 1);
  ForestOptions options;
  options.oob = true;
  const Forest forest = grown(options, data);
  EXPECT_GT(accuracy(data.labels, most_probable(forest.outputs(data.x))), 0.99);
  EXPECT_NEAR(forest.facts()["oob_accuracy"].get<double>(), 1.0 / 3.0, 0.12);
  EXPECT_EQ(forest.facts()["oob_rows"].get<size_t>(), 300U);  // 100 trees leave no row out
  options.bootstrap = false;
  EXPECT_FALSE(check(options).ok());
}

// A node's best cut, found anew by trying every cut of every feature with the formula of the book.
double impurity(Criterion criterion, const std::vector<double>& masses) {
  double total = 0.0;
  for (const double mass : masses) total += mass;
  double result = criterion == Criterion::kGini ? 1.0 : 0.0;
  for (const double mass : masses) {
    const double share = mass / total;
    if (criterion == Criterion::kGini) result -= share * share;
    if (criterion == Criterion::kEntropy && share > 0) result -= share * std::log2(share);
  }
  return result * total;
}

double book_impurity(const BinnedMatrix& x, const std::vector<Sample>& node, const ScoreSettings& settings,
                     size_t feature, size_t lower_bin) {
  std::vector<double> left(settings.class_weights.size());
  std::vector<double> right(left.size());
  for (const Sample& sample : node) {
    auto& side = x.column(feature)[sample.row] <= lower_bin ? left : right;
    side[sample.label] += sample.draws * settings.class_weights[sample.label];
  }
  return impurity(settings.criterion, left) + impurity(settings.criterion, right);
}

size_t rows_up_to(const BinnedMatrix& x, const std::vector<Sample>& node, size_t feature, size_t bin) {
  return static_cast<size_t>(std::ranges::count_if(
      node, [&](const Sample& sample) { return x.column(feature)[sample.row] <= bin; }));
}

// Parameters: rows in the node (few or many), classes (packed into one word, two, or not at all), criterion,
// whether classes are weighted, min_leaf.
class SplitSearchTest : public testing::TestWithParam<std::tuple<size_t, int, Criterion, bool, size_t>> {};

INSTANTIATE_TEST_SUITE_P(Ways, SplitSearchTest,
                         testing::Combine(testing::Values(2, 9, 31, 32, 33, 65, 400),
                                          testing::Values(3, 6, 9),
                                          testing::Values(Criterion::kGini, Criterion::kEntropy),
                                          testing::Bool(), testing::Values(1, 5)));

TEST_P(SplitSearchTest, FindsTheCutOfLeastImpurity) {
  const auto [rows, classes, criterion, weighted, min_leaf] = GetParam();
  const Drawn data = draw_data(rows, 6, classes, 0.8, rows);
  const BinnedMatrix x(data.x);
  std::vector<double> weights(static_cast<size_t>(classes), 1.0);
  if (weighted) {
    for (size_t label = 0; label < weights.size(); ++label)
      weights[label] = 0.7 + 0.4 * static_cast<double>(label);
  }
  const ScoreSettings settings = ScoreSettings::make(criterion, weights, 3 * rows);
  Rng rng(7);
  std::vector<Sample> node;
  std::vector<uint32_t> counts(weights.size());
  for (size_t i = 0; i < rows; ++i) {
    const auto draws = static_cast<uint16_t>(1 + rng.below(3));
    const auto label = static_cast<uint16_t>(data.labels[i]);
    node.push_back({static_cast<uint32_t>(i), label, draws});
    counts[label] += draws;
  }
  SplitSearch search(x, settings, min_leaf);
  search.start(node, counts);
  Split best;
  for (uint32_t feature = 0; feature < 6; ++feature) search.consider(feature, best);

  double least = std::numeric_limits<double>::infinity();
  for (size_t feature = 0; feature < 6; ++feature) {
    for (size_t bin = 0; bin + 1 < x.bins(feature); ++bin) {
      const size_t left = rows_up_to(x, node, feature, bin);
      if (left < min_leaf || rows - left < min_leaf) continue;
      least = std::min(least, book_impurity(x, node, settings, feature, bin));
    }
  }
  if (rows < 2 * min_leaf) {
    EXPECT_EQ(best.feature, Split::kNone);
    return;
  }
  ASSERT_NE(best.feature, Split::kNone);
  EXPECT_NEAR(book_impurity(x, node, settings, best.feature, best.lower_bin), least,
              1e-9 * static_cast<double>(rows));
  EXPECT_EQ(search.perfect(best), least < 1e-9);
}

TEST(SplitSearch, AConstantFeatureCannotPart) {
  for (const size_t rows : {10U, 100U}) {
    Drawn data = draw_data(rows, 2, 2, 1.0, 1);
    for (size_t i = 0; i < rows; ++i) data.x(i, 0) = 3.0F;
    const BinnedMatrix x(data.x);
    const ScoreSettings settings = ScoreSettings::make(Criterion::kGini, {1.0, 1.0}, rows);
    std::vector<Sample> node;
    for (size_t i = 0; i < rows; ++i) {
      node.push_back({static_cast<uint32_t>(i), static_cast<uint16_t>(data.labels[i]), 1});
    }
    const std::vector<uint32_t> counts(2, static_cast<uint32_t>(rows / 2));
    SplitSearch search(x, settings, 1);
    search.start(node, counts);
    Split best;
    EXPECT_FALSE(search.consider(0, best));
    EXPECT_EQ(best.feature, Split::kNone);
    EXPECT_TRUE(search.consider(1, best));
    EXPECT_EQ(best.feature, 1U);
  }
}

}  // namespace
}  // namespace sleeve
