// SPDX-License-Identifier: Apache-2.0
// Rows in other forms (augmented copies): they are learnt from where their row is, and nowhere else.
#include <gtest/gtest.h>

#include "eval/cross_validate.h"
#include "eval/search.h"
#include "learn/inner_folds.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

Task task_of(const Drawn& data) {
  Task task;
  task.x = data.x;
  task.labels = data.labels;
  task.class_names.assign(static_cast<size_t>(data.classes), "class");
  return task;
}

// Features that say nothing of the labels, and a form of each row that is the row itself: whoever has the
// form of a test row among the training rows knows its label.
Task treacherous(size_t rows) {
  Task task = task_of(draw_data(rows, 5, 2, 0.0, 3));
  Rng rng(4);
  for (int& label : task.labels) label = static_cast<int>(rng.below(2));
  task.forms = {task.x};
  task.train_forms = 1;
  return task;
}

double mean_accuracy(const Task& task, const std::string& pipeline, std::span<const Fold> folds) {
  const auto found = cross_validate(task, folds, folds.size(), spec_of(pipeline), 1, {});
  EXPECT_TRUE(found.ok()) << found.error().message;
  return found.ok() ? found->pooled.scores.accuracy : 0.0;
}

TEST(Forms, AreLearntFromBesideTheirRowsWithItsAnswerAndGroup) {
  Task task = task_of(draw_data(6, 3, 3, 1.0, 1));
  task.forms = {draw_data(6, 3, 3, 1.0, 2).x, draw_data(6, 3, 3, 1.0, 3).x};
  task.train_forms = 1;
  task.test_forms = 2;
  const std::vector<size_t> rows = {4, 1};
  const LearntRows learnt = learnt_rows(task, rows);
  ASSERT_EQ(learnt.x.rows(), 4U);
  EXPECT_TRUE(std::ranges::equal(learnt.x.row(1), task.x.row(1)));
  EXPECT_TRUE(std::ranges::equal(learnt.x.row(2), task.forms[0].row(4)));
  EXPECT_EQ(learnt.answers.labels, (std::vector<int>{1, 1, 1, 1}));
  EXPECT_EQ(learnt.answers.groups, (std::vector<int>{4, 1, 4, 1}));
  task.groups = {7, 7, 8, 8, 9, 9};
  EXPECT_EQ(learnt_rows(task, rows).answers.groups, (std::vector<int>{9, 7, 9, 7}));
  EXPECT_EQ(asked_rows(task, rows).rows(), 6U);
  EXPECT_TRUE(std::ranges::equal(asked_rows(task, rows).row(5), task.forms[1].row(1)));
  const Task part = select_rows(task, rows);
  EXPECT_TRUE(std::ranges::equal(part.forms[1].row(0), task.forms[1].row(4)));
}

TEST(Forms, AnswersAreTheMeanOfARowsForms) {
  const Matrix outputs(4, 2, {1, 0, 0.5F, 0.5F, 0, 1, 0.25F, 0.75F});
  const Matrix mean = mean_answers(outputs, 1);
  EXPECT_EQ(mean, Matrix(2, 2, {0.5F, 0.5F, 0.375F, 0.625F}));
  EXPECT_EQ(mean_answers(outputs, 0), outputs);
}

TEST(Forms, OfTestRowsAreNeverLearntFrom) {
  const Task task = treacherous(300);
  const auto folds = k_folds(SplitKind::kStratified, {task.labels, {}, 2}, 5, 1).value();
  for (const char* pipeline : {"knn:k=1", "svm", "forest:trees=30", "knn:k=1 > calibrate",
                               "stack:of=(knn:k=1|forest:trees=10):folds=3"}) {
    EXPECT_NEAR(mean_accuracy(task, pipeline, folds), 0.5, 0.1) << pipeline;
  }
  // That the forms would give the labels away: learnt from as rows of their own they do.
  Task leaky = task;
  leaky.train_forms = 0;
  leaky.x = Matrix(600, 5);
  for (size_t row = 0; row < 600; ++row) std::ranges::copy(task.x.row(row % 300), leaky.x.row(row).begin());
  leaky.forms.clear();
  leaky.labels.insert(leaky.labels.end(), task.labels.begin(), task.labels.end());
  const auto all = k_folds(SplitKind::kStratified, {leaky.labels, {}, 2}, 5, 1).value();
  EXPECT_GT(mean_accuracy(leaky, "knn:k=1", all), 0.7);
}

TEST(Forms, StayTogetherWhereTrainingRowsAreDividedAgain) {
  const Task task = treacherous(60);
  std::vector<size_t> rows;
  for (size_t row = 10; row < 60; ++row) rows.push_back(row);
  const LearntRows learnt = learnt_rows(task, rows);
  const auto folds = inner_folds(learnt.set(task), 5, 1);
  ASSERT_EQ(folds.size(), 5U);
  for (const Fold& fold : folds) {
    std::vector<bool> trained(rows.size());
    for (const size_t row : fold.train) trained[row % rows.size()] = true;
    for (const size_t row : fold.test) EXPECT_FALSE(trained[row % rows.size()]) << row;
  }
}

TEST(Forms, ThatAreNotAskedForChangeNoBit) {
  Task task = task_of(draw_data(90, 4, 3, 1.0, 5));
  const auto folds = k_folds(SplitKind::kStratified, {task.labels, {}, 3}, 3, 1).value();
  for (const char* pipeline : {"svm", "standard > logistic", "forest:trees=20"}) {
    task.forms.clear();
    const auto before = cross_validate(task, folds, 3, spec_of(pipeline), 1, {}).value();
    task.forms = {draw_data(90, 4, 3, 1.0, 6).x};
    const auto after = cross_validate(task, folds, 3, spec_of(pipeline), 1, {}).value();
    EXPECT_EQ(before.probabilities, after.probabilities) << pipeline;
  }
}

// Patterns that are mirrored in the test rows and not in the training rows.
struct Mirrored {
  Mirrored() {
    constexpr size_t kColumns = 20;
    Rng rng(9);
    std::vector<std::vector<double>> patterns(2, std::vector<double>(kColumns));
    for (auto& pattern : patterns) {
      for (double& value : pattern) value = rng.normal();
    }
    task.x = Matrix(160, kColumns);
    task.forms = {task.x};
    task.class_names = {"a", "b"};
    Fold fold;
    for (size_t row = 0; row < 160; ++row) {
      const bool test = row >= 80;
      task.labels.push_back(static_cast<int>(row % 2));
      for (size_t j = 0; j < kColumns; ++j) {
        const auto value = static_cast<float>(patterns[row % 2][j] + rng.normal(0.0, 0.5));
        task.x(row, test ? kColumns - 1 - j : j) = value;
        task.forms[0](row, test ? j : kColumns - 1 - j) = value;
      }
      (test ? fold.test : fold.train).push_back(row);
    }
    folds = {fold};
  }
  Task task;
  std::vector<Fold> folds;
};

TEST(Forms, HelpWhereOrientationIsNoise) {
  Mirrored drawn;
  const auto reached = [&](size_t train, size_t test) {
    drawn.task.train_forms = train;
    drawn.task.test_forms = test;
    return mean_accuracy(drawn.task, "standard > logistic", drawn.folds);
  };
  const double alone = reached(0, 0);
  EXPECT_LT(alone, 0.8);
  EXPECT_GT(reached(1, 0), 0.95);
  EXPECT_GT(reached(0, 1), alone);
}

TEST(Forms, ASearchThatOnlyRanksAveragesProbabilities) {
  Mirrored drawn;
  drawn.task.test_forms = 1;
  const SearchOptions options{*find_objective("accuracy", Goal::kClass), 1, 0, {}};
  const std::vector<PipelineSpec> pipelines = {spec_of("svm")};
  const auto found = search(drawn.task, drawn.folds, 1, pipelines, options, nullptr, {});
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->best().summary.mean, mean_accuracy(drawn.task, "svm", drawn.folds));
}

}  // namespace
}  // namespace sleeve
