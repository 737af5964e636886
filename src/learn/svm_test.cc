// SPDX-License-Identifier: Apache-2.0
#include "learn/svm.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/svm_parts.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

Svm svm_of(const std::string& text) {
  const Spec spec = spec_of(text).learner;
  return Svm(options_from_json<SvmOptions>(spec.options, "svm").value());
}

TEST(Svm, AgreesWithScikitLearn) {
  const Json sets = golden("kernels")["sets"];
  ASSERT_EQ(sets.size(), 2U);
  for (const Json& set : sets) {
    const GoldenSplit split(set);
    ASSERT_EQ(set["svm"].size(), 7U);
    for (const Json& expected : set["svm"]) {
      const auto text = expected["learner"].get<std::string>();
      SCOPED_TRACE(text);
      Svm svm = svm_of(text + ":tolerance=1e-6");
      ASSERT_TRUE(svm.fit(split.train.set(), 1, {}).ok());
      EXPECT_EQ(svm.support_vectors(), expected["support_vectors"].get<size_t>());
      const auto decisions = svm.decisions(split.test);
      for (size_t i = 0; i < decisions.size(); ++i) {
        ASSERT_EQ(decisions[i].size(), expected["decisions"][i].size());
        for (size_t pair = 0; pair < decisions[i].size(); ++pair) {
          EXPECT_NEAR(decisions[i][pair], expected["decisions"][i][pair].get<double>(), 1e-5)
              << "row " << i << ", pair " << pair;
        }
      }
      EXPECT_EQ(most_probable(svm.outputs(split.test)), expected["labels"].get<std::vector<int>>());
    }
  }
}

// An unbounded sharpness would be certain of what it has only learnt by heart.
TEST(Svm, NoiseLearntByHeartIsNotTrusted) {
  const Drawn data = draw_data(200, 30, 2, 0.0, 5);
  Svm svm = svm_of("svm:c=1000");
  ASSERT_TRUE(svm.fit(data.set(), 1, {}).ok());
  EXPECT_EQ(accuracy(data.labels, most_probable(svm.outputs(data.x))), 1.0);
  const Matrix p = svm.outputs(draw_data(100, 30, 2, 0.0, 6).x);
  for (size_t i = 0; i < p.rows(); ++i) EXPECT_NEAR(p(i, 0), 0.5, 0.3) << i;
}

// Every row four times: folds that don't know of groups would hold out rows whose twins are trained on.
TEST(Svm, DuplicatesOfAGroupDontMakeItSure) {
  const Drawn single = draw_data(150, 30, 2, 0.0, 5);
  std::vector<size_t> rows;
  std::vector<int> labels;
  std::vector<int> groups;
  for (size_t at = 0; at < 600; ++at) {
    rows.push_back(at / 4);
    labels.push_back(single.labels[at / 4]);
    groups.push_back(static_cast<int>(at / 4));
  }
  const Matrix x = single.x.select(rows);
  const auto sharpness = [&](std::span<const int> known) {
    Svm svm = svm_of("svm:c=1000");
    EXPECT_TRUE(svm.fit({x, labels, 2, Goal::kClass, {}, {}, known}, 1, {}).ok());
    return svm.sharpness();
  };
  EXPECT_LT(5.0 * sharpness(groups), sharpness({}));
}

TEST(Svm, BalancedWeightsHelpTheSmallClass) {
  Drawn data = draw_data(200, 4, 2, 0.7, 5);
  size_t kept = 0;
  std::vector<size_t> rows;
  std::vector<int> labels;
  for (size_t i = 0; i < 200; ++i) {
    if (data.labels[i] == 1 && ++kept > 10) continue;
    rows.push_back(i);
    labels.push_back(data.labels[i]);
  }
  const Matrix x = data.x.select(rows);
  const auto named_small = [&](const std::string& text) {
    Svm svm = svm_of(text);
    EXPECT_TRUE(svm.fit({x, labels, 2}, 1, {}).ok());
    const auto found = most_probable(svm.outputs(data.x));
    return std::count(found.begin(), found.end(), 1);
  };
  EXPECT_GT(named_small("svm:class_weight=balanced"), named_small("svm") + 20);
}

TEST(Svm, Chi2ScaleDoesNotDependOnTheHistogramsUnit) {
  const Json set = golden("kernels")["sets"][1];
  const GoldenSplit split(set);
  Matrix large = split.train.x;
  for (size_t i = 0; i < large.rows(); ++i) {
    for (float& value : large.row(i)) value *= 1024.0F;
  }
  Svm svm = svm_of("svm:kernel=chi2");
  Svm scaled = svm_of("svm:kernel=chi2");
  ASSERT_TRUE(svm.fit(split.train.set(), 1, {}).ok());
  ASSERT_TRUE(scaled.fit({large, split.train.labels, 4}, 1, {}).ok());
  const Matrix a = svm.outputs(split.train.x);
  const Matrix b = scaled.outputs(large);
  for (size_t i = 0; i < a.rows(); ++i) EXPECT_NEAR(a(i, 0), b(i, 0), 1e-5);
}

TEST(Svm, WhatItCanNotComputeIsRefusedWithARemedy) {
  const Drawn data = draw_data(20, 3, 2, 1.0, 5);
  for (const char* kernel : {"chi2", "intersection"}) {
    const auto refused = Pipeline::fit(spec_of(std::string("svm:kernel=") + kernel), data.set(), 1);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
    EXPECT_THAT(refused.error().message, HasSubstr("histograms"));
  }
  Drawn large = data;
  for (float& value : large.x.row(3)) value = 1e20F;
  const auto refused = Pipeline::fit(spec_of("svm:kernel=linear"), large.set(), 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message, HasSubstr("standard > svm"));
  for (const char* gamma : {"0", "-1", "wide", "nan", ""}) {
    EXPECT_FALSE(check(SvmOptions{"rbf", 1.0, gamma, 3, 0.0, "none", 1e-3}).ok()) << gamma;
  }
}

TEST(Svm, MoreKernelValuesThanMemoryAreRefusedBeforeTheyAreAllocated) {
  const Matrix x(1000000, 1);  // 16 TB of kernel values
  std::vector<int> labels(x.rows());
  for (size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 2);
  Svm svm = svm_of("svm");
  const Status refused = svm.fit({x, labels, 2}, 1, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(refused.error().message, HasSubstr("rows would"));
}

TEST(Svm, PrintsNothing) {
  testing::internal::CaptureStdout();
  const Drawn data = draw_data(60, 4, 3, 1.0, 5);
  Svm svm = svm_of("svm");
  ASSERT_TRUE(svm.fit(data.set(), 1, {}).ok());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(Svm, OfAGridIsTrainedOnceWhereItsCostNoLongerMatters) {
  const Drawn data = draw_data(90, 5, 3, 1.0, 4);
  const PresentClasses present = present_classes(data.labels, 3);
  std::vector<SvmOptions> grid;
  for (const double c : {1e6, 0.01, 1e4, 1.0, 1e5, 100.0}) {
    grid.push_back({});
    grid.back().c = c;
    grid.back().gamma = "2";
  }
  grid.push_back(grid[2]);
  grid.back().class_weight = "balanced";
  const GramMatrix gram =
      GramMatrix::make(resolved_kernel(grid[0], data.x), data.x, present.rows, {}).value();
  const auto together = train_each(grid, gram, present.rows, {});
  size_t far_from_cost = 0;
  for (size_t i = 0; i < grid.size(); ++i) {
    const auto alone = train_all(grid[i], gram, present.rows, {});
    ASSERT_EQ(together[i].size(), 3U);
    double largest = 0.0;
    for (size_t pair = 0; pair < alone.size(); ++pair) {
      EXPECT_EQ(together[i][pair].rho, alone[pair].rho);
      ASSERT_EQ(together[i][pair].supports.size(), alone[pair].supports.size());
      for (size_t k = 0; k < alone[pair].supports.size(); ++k) {
        EXPECT_EQ(together[i][pair].supports[k].row, alone[pair].supports[k].row);
        EXPECT_EQ(together[i][pair].supports[k].coefficient, alone[pair].supports[k].coefficient);
        largest = std::max(largest, std::abs(alone[pair].supports[k].coefficient));
      }
    }
    far_from_cost += largest < grid[i].c / 10 ? 1 : 0;
  }
  EXPECT_GE(far_from_cost, 3U) << "otherwise nothing could be shared here";
}

}  // namespace
}  // namespace sleeve
