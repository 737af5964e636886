// SPDX-License-Identifier: Apache-2.0
#include "eval/objective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

TEST(Objective, LabelScoresAreScikitLearns) {
  const Json sets =
      parse_json(read_text_file(SLEEVE_SOURCE_DIR "/tests/golden/objectives.json").value()).value();
  for (const Json& set : sets) {
    const size_t rows = set["truth"].size();
    const size_t labels = set["truth"][0].size();
    std::vector<uint8_t> members;
    Matrix outputs(rows, labels);
    for (size_t row = 0; row < rows; ++row) {
      for (size_t label = 0; label < labels; ++label) {
        members.push_back(set["truth"][row][label].get<uint8_t>());
        outputs(row, label) = set["outputs"][row][label].get<float>();
      }
    }
    const Matrix x(rows, 0);
    const TrainingSet truth{x, {}, static_cast<int>(labels), Goal::kLabels, members};
    for (const Objective* objective : objectives_of(Goal::kLabels)) {
      EXPECT_NEAR(objective->of(truth, outputs).value(), set[std::string(objective->name)].get<double>(),
                  1e-6)
          << objective->name;
    }
  }
}

TEST(Objective, ALabelThatAllRowsHaveHasNoArea) {
  const Matrix x(3, 0);
  const std::vector<uint8_t> members = {1, 0, 1, 1, 1, 0};
  const Matrix outputs(3, 2, {0.5F, 0.1F, 0.6F, 0.9F, 0.7F, 0.2F});
  const TrainingSet truth{x, {}, 2, Goal::kLabels, members};
  const auto scores = score_labels(truth, outputs);
  EXPECT_FALSE(scores[0].roc_auc.has_value());
  EXPECT_EQ(scores[0].support, 3U);
  EXPECT_EQ(scores[1].roc_auc, 1.0);
  EXPECT_EQ(find_objective("macro_roc_auc", Goal::kLabels).value()->of(truth, outputs), 1.0);
}

TEST(Objective, EveryGoalHasADefaultAndNamesAreUnique) {
  for (const Goal goal : {Goal::kClass, Goal::kLabels, Goal::kNumber}) {
    EXPECT_EQ(default_objective(goal).goal, goal);
    for (const Objective* objective : objectives_of(goal)) {
      EXPECT_EQ(find_objective(objective->name, goal).value(), objective);
    }
  }
  EXPECT_THAT(find_objective("macro_f", Goal::kClass).error().message, HasSubstr("macro_f1"));
  EXPECT_FALSE(find_objective("mae", Goal::kClass).ok());
}

TEST(Objective, NumbersThatAreHitExactlyAreBest) {
  const Matrix x(4, 0);
  const std::vector<float> values = {1, 2, 3, 10};
  const TrainingSet truth{x, {}, 1, Goal::kNumber, {}, values};
  const Matrix right(4, 1, values);
  const Matrix mean(4, 1, std::vector<float>(4, 4.0F));
  for (const Objective* objective : objectives_of(Goal::kNumber)) {
    const auto best = objective->of(truth, right);
    EXPECT_NEAR(best.value(), objective->higher_is_better ? 1.0 : 0.0, 1e-12) << objective->name;
  }
  EXPECT_NEAR(find_objective("r_squared", Goal::kNumber).value()->of(truth, mean).value(), 0.0, 1e-12);
  EXPECT_FALSE(find_objective("spearman", Goal::kNumber).value()->of(truth, mean).has_value());
}

}  // namespace
}  // namespace sleeve
