// SPDX-License-Identifier: Apache-2.0
#include "learn/linear_svm.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

TEST(LinearSvm, AgreesWithScikitLearn) {
  const Json cases = golden("ensembles")["linear_svm"];
  ASSERT_EQ(cases.size(), 4U);
  for (const Json& expected : cases) {
    SCOPED_TRACE(expected["c"].dump() + expected["classes"].dump());
    const Drawn train{matrix_of(expected["x"]), expected["labels"].get<std::vector<int>>(),
                      expected["classes"].get<int>()};
    LinearSvm svm(
        {expected["c"].get<double>(), expected["balanced"].get<bool>() ? "balanced" : "none", 10000, 1e-8});
    ASSERT_TRUE(svm.fit(train.set(), 1, {}).ok());
    const Matrix found = svm.decisions(matrix_of(expected["test"]));
    ASSERT_EQ(found.columns(), expected["decisions"][0].size());
    for (size_t row = 0; row < found.rows(); ++row) {
      for (size_t k = 0; k < found.columns(); ++k) {
        EXPECT_NEAR(found(row, k), expected["decisions"][row][k].get<double>(), 1e-5) << row << " " << k;
      }
    }
  }
}

TEST(LinearSvm, TheLargestDecisionIsTheMostProbableClass) {
  const Drawn data = draw_data(200, 6, 3, 1.0, 5);
  LinearSvm svm({});
  ASSERT_TRUE(svm.fit(data.set(), 1, {}).ok());
  EXPECT_EQ(most_probable(svm.outputs(data.x)), most_probable(svm.decisions(data.x)));
}

// Every row four times: inner folds that don't know of groups would take what is learnt by heart for skill.
TEST(LinearSvm, DuplicatesOfAGroupDontMakeItSure) {
  const Drawn single = draw_data(60, 40, 2, 0.0, 5);
  std::vector<size_t> rows;
  std::vector<int> labels;
  std::vector<int> groups;
  for (size_t at = 0; at < 240; ++at) {
    rows.push_back(at / 4);
    labels.push_back(single.labels[at / 4]);
    groups.push_back(static_cast<int>(at / 4));
  }
  const Matrix x = single.x.select(rows);
  const auto sharpness = [&](std::span<const int> known) {
    LinearSvm svm({});
    EXPECT_TRUE(svm.fit({x, labels, 2, Goal::kClass, {}, {}, known}, 1, {}).ok());
    return svm.sharpness();
  };
  EXPECT_LT(sharpness(groups), 0.3);
  EXPECT_GT(sharpness({}), 3.0 * sharpness(groups));
}

}  // namespace
}  // namespace sleeve
