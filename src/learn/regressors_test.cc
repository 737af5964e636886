// SPDX-License-Identifier: Apache-2.0
// Learners of numbers against scikit-learn's, and what is particular to each.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/binning.h"
#include "learn/number_forest.h"
#include "learn/number_split.h"
#include "learn/ridge.h"
#include "learn/svr.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

PipelineSpec number_spec(const std::string& text) { return spec_of(text, Goal::kNumber); }

// The training and test rows of one of regressors.json's sets.
struct NumberSplit {
  explicit NumberSplit(const Json& set) {
    const Matrix x = matrix_of(set["x"]);
    const auto values = set["y"].get<std::vector<float>>();
    const auto rows = set["train_rows"].get<size_t>();
    std::vector<size_t> early;
    std::vector<size_t> late;
    for (size_t i = 0; i < x.rows(); ++i) (i < rows ? early : late).push_back(i);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(rows);
    train = {x.select(early), {values.begin(), middle}};
    test = {x.select(late), {middle, values.end()}};
  }
  DrawnNumbers train;
  DrawnNumbers test;
};

// What each set's cases say of the learners whose text holds `name`.
void expect_golden_numbers(const std::string& name, size_t cases, double tolerance) {
  const Json sets = golden("regressors")["sets"];
  ASSERT_EQ(sets.size(), 2U);
  for (const Json& set : sets) {
    const NumberSplit split(set);
    size_t found = 0;
    for (const Json& expected : set["cases"]) {
      const auto text = expected["learner"].get<std::string>();
      if (text.find(name) == std::string::npos) continue;
      SCOPED_TRACE(text);
      ++found;
      const auto numbers = expected["numbers"].get<std::vector<double>>();
      const Matrix y = Pipeline::fit(number_spec(text), split.train.set(), 1)->outputs(split.test.x).value();
      ASSERT_EQ(y.rows(), numbers.size());
      for (size_t i = 0; i < y.rows(); ++i) EXPECT_NEAR(y(i, 0), numbers[i], tolerance) << i;
    }
    EXPECT_EQ(found, cases);
  }
}

TEST(KnnNumber, AgreesWithScikitLearn) { expect_golden_numbers("knn:", 6, 1e-4); }
TEST(Ridge, AgreesWithScikitLearn) { expect_golden_numbers("ridge:", 2, 1e-4); }

TEST(Svr, AgreesWithScikitLearn) { expect_golden_numbers("svr:", 7, 1e-3); }

// A wider tube leaves more rows inside it, which are then no support vectors.
TEST(Svr, RowsInsideTheTubeAreNotKept) {
  const DrawnNumbers data = draw_numbers(100, 4, 1.0, 1);
  const auto supports = [&](double epsilon) {
    SvrOptions options;
    options.c = 10.0;
    options.epsilon = epsilon;
    Svr svr(options);
    EXPECT_TRUE(svr.fit(data.set(), 1, {}).ok());
    return svr.support_vectors();
  };
  EXPECT_GT(supports(0.1), 90U);
  EXPECT_LT(supports(5.0), 60U);
  EXPECT_EQ(supports(1000.0), 0U);
}

TEST(Svr, RefusesWhatItsKernelCannotTake) {
  const DrawnNumbers data = draw_numbers(20, 3, 1.0, 5);
  const auto refused = Pipeline::fit(number_spec("none > svr:kernel=chi2"), data.set(), 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("histograms"));
  EXPECT_FALSE(parse_pipeline("svr:gamma=-1", Goal::kNumber).ok());
}

TEST(Ridge, HasScikitLearnsCoefficients) {
  const Json sets = golden("regressors")["sets"];
  for (const Json& set : sets) {
    const NumberSplit split(set);
    for (const Json& expected : set["cases"]) {
      if (!expected.contains("coefficients")) continue;
      const PipelineSpec spec = number_spec(expected["learner"].get<std::string>());
      Ridge ridge({spec.learner.options["alpha"].get<double>()});
      ASSERT_TRUE(ridge.fit(split.train.set(), 1, {}).ok());
      const auto coefficients = expected["coefficients"].get<std::vector<double>>();
      ASSERT_EQ(ridge.coefficients().size(), coefficients.size());
      for (size_t j = 0; j < coefficients.size(); ++j) {
        EXPECT_NEAR(ridge.coefficients()[j], coefficients[j], 1e-6) << j;
      }
      EXPECT_NEAR(ridge.intercept(), expected["intercept"].get<double>(), 1e-6);
    }
  }
}

// Without a penalty there is no one solution for two equal columns; all of them answer alike.
TEST(Ridge, WithoutPenaltyEqualColumnsStillHaveAnAnswer) {
  Matrix x(20, 2);
  std::vector<float> values;
  for (size_t i = 0; i < 20; ++i) {
    x(i, 0) = x(i, 1) = static_cast<float>(i) + 1000.0F;
    values.push_back(3.0F * static_cast<float>(i));
  }
  Ridge ridge({0.0});
  ASSERT_TRUE(ridge.fit({x, {}, 1, Goal::kNumber, {}, values}, 1, {}).ok());
  EXPECT_NEAR(ridge.coefficients()[0] + ridge.coefficients()[1], 3.0, 1e-6);
  EXPECT_NEAR(ridge.outputs(x)(7, 0), 21.0, 1e-4);
}

TEST(KnnNumber, RowsEquallyFarShareTheWeightThatIsLeft) {
  const Matrix x(4, 1, {0.0F, 1.0F, 1.0F, 3.0F});
  const std::vector<float> values{10, 20, 40, 100};
  const TrainingSet data{x, {}, 1, Goal::kNumber, {}, values};
  const auto at = [&](const char* text, float place) {
    return Pipeline::fit(number_spec(text), data, 1)->outputs(Matrix(1, 1, {place})).value()(0, 0);
  };
  EXPECT_FLOAT_EQ(at("knn:k=2", 0.0F), 20.0F);  // 10 whole, 20 and 40 by half
  EXPECT_FLOAT_EQ(at("knn:k=3:weights=distance", 0.0F), 10.0F);
  EXPECT_FLOAT_EQ(at("knn:k=100", 2.0F), 42.5F);
}

// The mean of ten forests is that of thirty of scikit-learn's, within three standard errors of ten.
TEST(NumberForest, IsAsGoodAsScikitLearns) {
  const Json cases = golden("regressors")["forests"];
  ASSERT_EQ(cases.size(), 3U);
  const Json first = cases[0];
  const NumberSplit split(first);
  for (const Json& expected : cases) {
    const auto text = expected["learner"].get<std::string>();
    SCOPED_TRACE(text);
    double r2 = 0.0;
    double oob = 0.0;
    std::vector<double> importance(8);
    for (uint64_t seed = 0; seed < 10; ++seed) {
      const Pipeline pipeline =
          Pipeline::fit(number_spec(text + ":oob=true"), split.train.set(), seed).value();
      r2 += variance_explained(split.test.values, pipeline.outputs(split.test.x).value()) / 10;
      oob += pipeline.learner().facts()["oob_r2"].get<double>() / 10;
      const auto& own = dynamic_cast<const NumberForest&>(pipeline.learner()).importance();
      for (size_t j = 0; j < 8; ++j) importance[j] += own[j] / 10;
    }
    EXPECT_NEAR(r2, expected["mean_r2"].get<double>(), 0.025);
    EXPECT_NEAR(oob, expected["mean_oob_r2"].get<double>(), 0.025);
    const auto theirs = expected["importance"].get<std::vector<double>>();
    for (size_t j = 0; j < 8; ++j) EXPECT_NEAR(importance[j], theirs[j], 0.02) << j;
  }
}

NumberForest grown(const NumberForestOptions& options, const DrawnNumbers& data, uint64_t seed = 1) {
  NumberForest forest(options);
  EXPECT_TRUE(forest.fit(data.set(), seed, {}).ok());
  return forest;
}

TEST(NumberForest, ASmallerForestIsTheBeginningOfALargerOne) {
  const DrawnNumbers data = draw_numbers(150, 10, 1.0, 1);
  NumberForestOptions options;
  options.trees = 4;
  const NumberForest small = grown(options, data);
  options.trees = 9;
  const NumberForest large = grown(options, data);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(small.trees()[i], large.trees()[i]);
  EXPECT_FALSE(large.trees()[4] == large.trees()[5]);
  EXPECT_NE(small.outputs(data.x), grown(options, data, 2).outputs(data.x));
}

TEST(NumberForest, WithoutBootstrapAndLimitsEveryTrainingRowIsKnown) {
  const DrawnNumbers data = draw_numbers(200, 10, 0.0, 1);  // pure noise, learnt by heart
  NumberForestOptions options;
  options.bootstrap = false;
  options.trees = 3;
  const Matrix y = grown(options, data).outputs(data.x);
  for (size_t i = 0; i < 200; ++i) EXPECT_NEAR(y(i, 0), data.values[i], 1e-4);
}

TEST(NumberForest, DepthAndLeafLimitsHold) {
  const DrawnNumbers data = draw_numbers(500, 10, 1.0, 1);
  NumberForestOptions options;
  options.trees = 5;
  options.max_depth = 3;
  const NumberForest shallow = grown(options, data);
  for (const ValueTree& tree : shallow.trees()) EXPECT_EQ(tree.depth(), 3U);
  options.max_depth = 0;
  options.min_leaf = 40;
  options.bootstrap = false;
  const NumberForest coarse = grown(options, data);
  for (const ValueTree& tree : coarse.trees()) {
    EXPECT_LE(tree.leaves(), 500U / 40U);
    EXPECT_GE(tree.leaves(), 2U);
  }
}

TEST(NumberForest, OutOfBagNeedsBags) {
  const auto refused = parse_pipeline("forest:bootstrap=false:oob=true", Goal::kNumber);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("needs bootstrap"));
}

// A row drawn by every tree of a small forest has no out-of-bag answer, and doesn't count.
TEST(NumberForest, OutOfBagAnswersAreOfTreesThatDidNotSeeTheRow) {
  const DrawnNumbers data = draw_numbers(60, 4, 0.0, 1);  // noise: trees know what they saw by heart
  NumberForestOptions options;
  options.trees = 3;
  options.oob = true;
  const NumberForest forest = grown(options, data);
  size_t judged = 0;
  for (size_t i = 0; i < 60; ++i) judged += std::isnan(forest.oob_outputs()(i, 0)) ? 0 : 1;
  EXPECT_EQ(forest.facts()["oob_rows"].get<size_t>(), judged);
  EXPECT_LT(judged, 60U);
  EXPECT_GT(judged, 20U);
  EXPECT_LT(forest.facts()["oob_r2"].get<double>(), 0.1);
  EXPECT_GT(variance_explained(data.values, forest.outputs(data.x)), 0.4);
}

// A node's best cut, found anew by trying every cut of every feature.
double squared_error(const std::vector<double>& values) {
  double mean = 0.0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum;
}

TEST(NumberSplitSearch, FindsTheCutOfLeastSquaredError) {
  for (const size_t rows : {2U, 9U, 64U, 65U, 400U}) {
    for (const size_t min_leaf : {1U, 5U}) {
      SCOPED_TRACE(rows);
      const DrawnNumbers data = draw_numbers(rows, 6, 1.0, rows);
      const BinnedMatrix x(data.x);
      Rng rng(7);
      std::vector<NumberSample> node;
      for (size_t i = 0; i < rows; ++i) {
        const auto draws = static_cast<uint32_t>(1 + rng.below(3));
        node.push_back({static_cast<uint32_t>(i), draws, static_cast<double>(data.values[i]) - 50.0});
      }
      NumberSplitSearch search(x, min_leaf);
      search.start(node, NumberNode::of(node));
      Split best;
      for (uint32_t feature = 0; feature < 6; ++feature) search.consider(feature, best);
      const auto error_of_cut = [&](size_t feature, size_t lower_bin) {
        std::vector<double> left;
        std::vector<double> right;
        size_t left_rows = 0;
        for (const NumberSample& sample : node) {
          const bool goes_left = x.column(feature)[sample.row] <= lower_bin;
          left_rows += goes_left ? 1 : 0;
          auto& side = goes_left ? left : right;
          side.insert(side.end(), sample.draws, sample.value);
        }
        const bool allowed = left_rows >= min_leaf && rows - left_rows >= min_leaf;
        return allowed ? squared_error(left) + squared_error(right) : HUGE_VAL;
      };
      double least = HUGE_VAL;
      for (size_t feature = 0; feature < 6; ++feature) {
        for (size_t bin = 0; bin + 1 < x.bins(feature); ++bin) {
          least = std::min(least, error_of_cut(feature, bin));
        }
      }
      if (rows < 2 * min_leaf) {
        EXPECT_EQ(best.feature, Split::kNone);
        continue;
      }
      ASSERT_NE(best.feature, Split::kNone);
      EXPECT_NEAR(error_of_cut(best.feature, best.lower_bin), least, 1e-6 * least);
      std::vector<double> all;
      for (const NumberSample& sample : node) all.insert(all.end(), sample.draws, sample.value);
      const double gain = best.score - NumberNode::of(node).score();
      EXPECT_NEAR(gain, squared_error(all) - least, 1e-6 * squared_error(all));
    }
  }
}

}  // namespace
}  // namespace sleeve
