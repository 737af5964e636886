// SPDX-License-Identifier: Apache-2.0
// Cross-validation with every transform of the registry: what a model answers to a test row depends on the
// fold's training rows and the row itself, not on the rows that are tested beside it.
#include <gtest/gtest.h>

#include "eval/cross_validate.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

class CrossValidationLeak : public testing::TestWithParam<std::string> {};

std::vector<std::string> transform_names() {
  std::vector<std::string> names;
  for (const TransformEntry& entry : transform_registry()) names.emplace_back(entry.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Registry, CrossValidationLeak, testing::ValuesIn(transform_names()),
                         [](const auto& name) { return name.param; });

TEST_P(CrossValidationLeak, OtherTestRowsChangeNothing) {
  Drawn data = draw_data(90, 6, 3, 1.0, 5);
  data.bag = bag_for(GetParam());
  Task task;
  task.x = data.x;
  task.labels = data.labels;
  task.class_names = {"a", "b", "c"};
  task.blocks.assign(data.set().blocks.begin(), data.set().blocks.end());
  const auto folds = k_folds(SplitKind::kStratified, {task.labels, {}, 3}, 3, 1).value();
  const PipelineSpec pipeline = spec_of(example_of(GetParam()) + " > knn");
  const auto run = [&](const Task& rows) {
    return cross_validate(rows, folds, folds.size(), pipeline, 1, {}).value().probabilities;
  };
  const Matrix before = run(task);
  const size_t kept = folds[0].test[0];
  for (const size_t row : folds[0].test) {
    if (row == kept) continue;
    task.labels[row] = (task.labels[row] + 1) % 3;
    for (float& value : task.x.row(row)) value = 1000.0F * value + 7.0F;
  }
  const Matrix after = run(task);
  for (size_t k = 0; k < 3; ++k) EXPECT_EQ(after(kept, k), before(kept, k));
  // What was changed is trained on in the other folds.
  EXPECT_NE(after, before);
}

}  // namespace
}  // namespace sleeve
