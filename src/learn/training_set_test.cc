// SPDX-License-Identifier: Apache-2.0
#include "learn/training_set.h"

#include <gtest/gtest.h>

namespace sleeve {
namespace {

TEST(TrainingSet, AnswersOfSomeRowsKeepTheirOrderAndWidth) {
  const Matrix x(3, 1);
  const std::vector<uint8_t> members = {1, 0, 0, 1, 1, 1};
  const std::vector<int> groups = {7, 8, 9};
  const TrainingSet data{x, {}, 2, Goal::kLabels, members, {}, groups};
  const std::vector<size_t> rows = {2, 0};
  const Answers answers = Answers::of(data, rows);
  EXPECT_EQ(answers.members, (std::vector<uint8_t>{1, 1, 1, 0}));
  EXPECT_EQ(answers.groups, (std::vector<int>{9, 7}));
  EXPECT_TRUE(answers.labels.empty());
  EXPECT_TRUE(answers.values.empty());
}

TEST(TrainingSet, SeveralLabelsAreDividedByTheRarest) {
  const Matrix x(4, 1);
  //                                     a  b      a only  neither  a again
  const std::vector<uint8_t> members = {1, 1, 1, 0, 0, 0, 1, 0};
  const Strata strata = strata_of({x, {}, 2, Goal::kLabels, members});
  EXPECT_EQ(strata.classes, 3);
  EXPECT_EQ(strata.labels, (std::vector<int>{1, 0, 2, 0}));
}

TEST(TrainingSet, NumbersAreDividedByFifthsAndEqualOnesStayTogether) {
  const Matrix x(10, 1);
  const std::vector<float> values = {9, 0, 1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(strata_of({x, {}, 1, Goal::kNumber, {}, values}).labels,
            (std::vector<int>{4, 0, 0, 1, 1, 2, 2, 3, 3, 4}));
  const std::vector<float> flat(10, 50.0F);
  EXPECT_EQ(strata_of({x, {}, 1, Goal::kNumber, {}, flat}).labels, std::vector<int>(10, 0));
}

TEST(TrainingSet, GoalsHaveNames) {
  for (const Goal goal : {Goal::kClass, Goal::kLabels, Goal::kNumber}) {
    EXPECT_EQ(goal_of(name_of(goal)).value(), goal);
  }
  EXPECT_EQ(goal_of("colour").error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace sleeve
