// SPDX-License-Identifier: Apache-2.0
#include "eval/importance.h"

#include <atomic>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/parallel.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

// Columns 0 and 1 tell the class; the rest is noise.
struct Fitted {
  Drawn train = draw_data(300, 6, 3, 2.0, 1);
  Drawn test = draw_data(200, 6, 3, 2.0, 2);
  Pipeline pipeline = Pipeline::fit(spec_of("forest"), train.set(), 1).value();
  const Objective& accuracy = *find_objective("accuracy", Goal::kClass).value();

  [[nodiscard]] Result<PermutationImportance> of(std::span<const ColumnBlock> blocks, int repeats = 5,
                                                 uint64_t seed = 1) const {
    return permutation_importance(pipeline, test.set(), blocks, accuracy, repeats, seed, {});
  }
};

TEST(PermutationImportance, FindsThePlantedColumns) {
  const Fitted fitted;
  const PermutationImportance found = fitted.of(single_columns(6)).value();
  EXPECT_NEAR(found.score,
              accuracy(fitted.test.labels, most_probable(fitted.pipeline.outputs(fitted.test.x).value())),
              1e-9);
  ASSERT_EQ(found.blocks.size(), 6U);
  for (size_t j = 0; j < 2; ++j) EXPECT_GT(found.blocks[j].drop, 0.05) << j;
  for (size_t j = 2; j < 6; ++j) EXPECT_LT(std::abs(found.blocks[j].drop), 0.03) << j;
  for (const Importance& one : found.blocks) EXPECT_GT(one.deviation, 0.0);
  EXPECT_EQ(found.blocks[3].block.name, "column 3");
}

// Two columns that say the same partly stand in for each other; shuffled together nothing is left.
TEST(PermutationImportance, ABlockLosesWhatItsColumnsHideForEachOther) {
  Fitted fitted;
  for (Drawn* data : {&fitted.train, &fitted.test}) {
    for (size_t i = 0; i < data->x.rows(); ++i) data->x(i, 1) = data->x(i, 0);
  }
  fitted.pipeline = Pipeline::fit(spec_of("forest"), fitted.train.set(), 1).value();
  const std::vector<ColumnBlock> blocks{{"telling", 0, 2}, {"noise", 2, 6}};
  const PermutationImportance together = fitted.of(blocks).value();
  EXPECT_NEAR(together.score - together.blocks[0].drop, 1.0 / 3.0, 0.1);
  EXPECT_LT(std::abs(together.blocks[1].drop), 0.05);
  const PermutationImportance alone = fitted.of(single_columns(6)).value();
  EXPECT_GT(together.blocks[0].drop, 1.3 * alone.blocks[0].drop);
  EXPECT_GT(together.blocks[0].drop, 1.3 * alone.blocks[1].drop);
}

TEST(PermutationImportance, ErrorsThatGrowAreDropsToo) {
  const DrawnNumbers train = draw_numbers(200, 5, 2.0, 1);
  const DrawnNumbers test = draw_numbers(150, 5, 2.0, 2);
  const Pipeline pipeline = Pipeline::fit(spec_of("ridge", Goal::kNumber), train.set(), 1).value();
  const Objective& mae = *find_objective("mae", Goal::kNumber).value();
  const PermutationImportance found =
      permutation_importance(pipeline, test.set(), single_columns(5), mae, 3, 1, {}).value();
  EXPECT_GT(found.score, 0.0);
  EXPECT_GT(found.blocks[0].drop, 3.0);
  EXPECT_GT(found.blocks[1].drop, 3.0);
  for (size_t j = 2; j < 5; ++j) EXPECT_LT(std::abs(found.blocks[j].drop), 0.5);
}

TEST(PermutationImportance, TheSameBitsForASeedOnAnyNumberOfThreads) {
  const Fitted fitted;
  const auto drops = [&](size_t threads, uint64_t seed) {
    const ThreadLimit limit(threads);
    std::vector<double> result;
    const PermutationImportance found = fitted.of(single_columns(6), 2, seed).value();
    for (const Importance& one : found.blocks) result.push_back(one.drop);
    return result;
  };
  EXPECT_EQ(drops(1, 1), drops(2, 1));
  EXPECT_EQ(drops(1, 1), drops(8, 1));
  EXPECT_NE(drops(1, 1), drops(1, 2));
}

TEST(PermutationImportance, SaysWhatIsWrong) {
  const Fitted fitted;
  const std::vector<ColumnBlock> outside{{"far", 4, 9}};
  EXPECT_THAT(fitted.of(outside).error().message, HasSubstr("block 'far'"));
  EXPECT_EQ(fitted.of(single_columns(6), 0).error().code, ErrorCode::kUsage);
  const Objective& mae = *find_objective("mae", Goal::kNumber).value();
  const auto other =
      permutation_importance(fitted.pipeline, fitted.test.set(), single_columns(6), mae, 1, 1, {});
  EXPECT_EQ(other.error().code, ErrorCode::kUsage);
  const std::atomic<bool> stop(true);
  const auto stopped = permutation_importance(fitted.pipeline, fitted.test.set(), single_columns(6),
                                              fitted.accuracy, 1, 1, WorkContext(nullptr, &stop));
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace sleeve
