// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<float> answers(const std::string& learner, const Matrix& x, const std::vector<float>& values,
                           const Matrix& asked) {
  const TrainingSet data{x, {}, 1, Goal::kNumber, {}, values};
  const Matrix y = Pipeline::fit(spec_of(learner, Goal::kNumber), data, 1).value().outputs(asked).value();
  return {y.data(), y.data() + y.rows()};
}

TEST(MeanNumber, IsTheMeanAndTheMedianTheMiddle) {
  EXPECT_THAT(answers("mean", Matrix(4, 1), {0, 1, 2, 9}, Matrix(1, 1)), ElementsAre(3.0F));
  EXPECT_THAT(answers("median", Matrix(4, 1), {9, 0, 2, 1}, Matrix(1, 1)), ElementsAre(1.5F));
  EXPECT_THAT(answers("median", Matrix(3, 1), {9, 0, 2}, Matrix(2, 1)), ElementsAre(2.0F, 2.0F));
}

// Categories 3 and 8; the answers of 3 are 10 and 20, of 8 one 60; a row of no known category has 30.
struct Categories {
  Matrix x{4, 2, {3, 0.5F, 3, 0.1F, 8, 0.2F, -1, 0.3F}};
  std::vector<float> values{10, 20, 60, 30};
  Matrix asked{5, 2, {3, 9, 8, 9, -1, 9, 5, 9, 0.5F, 9}};
};

TEST(GroupMean, GivesTheCategorysMeanAndTheOverallMeanWhereNoneIsKnown) {
  const Categories c;
  EXPECT_THAT(answers("group_mean", c.x, c.values, c.asked), ElementsAre(15, 60, 30, 30, 30));
}

TEST(GroupMean, SmoothingDrawsSmallCategoriesToTheOverallMean) {
  const Categories c;
  EXPECT_THAT(answers("group_mean:smoothing=2", c.x, c.values, c.asked), ElementsAre(22.5, 40, 30, 30, 30));
}

TEST(GroupShares, GivesTheCategorysShares) {
  const Categories c;
  const std::vector<int> labels{0, 1, 1, 2};
  const TrainingSet data{c.x, labels, 3};
  const Matrix p = Pipeline::fit(spec_of("group_shares"), data, 1).value().outputs(c.asked).value();
  EXPECT_THAT(p.row(0), ElementsAre(0.5F, 0.5F, 0.0F));
  EXPECT_THAT(p.row(1), ElementsAre(0.0F, 1.0F, 0.0F));
  for (const size_t row : {2U, 3U, 4U}) EXPECT_THAT(p.row(row), ElementsAre(0.25F, 0.5F, 0.25F));
}

TEST(GroupMean, RefusesFeaturesThatAreNoCategories) {
  const DrawnNumbers data = draw_numbers(10, 3, 1.0, 1);
  const auto refused = Pipeline::fit(spec_of("group_mean", Goal::kNumber), data.set(), 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message, HasSubstr("no category"));
}

TEST(StratifiedChance, DrawsClassesByTheirShares) {
  Drawn data = draw_data(400, 4, 2, 0.0, 1);
  for (size_t i = 0; i < 400; ++i) data.labels[i] = i % 4 == 0 ? 1 : 0;
  const auto share_drawn = [&](uint64_t seed) {
    const Pipeline pipeline = Pipeline::fit(spec_of("stratified"), data.set(), seed).value();
    const Matrix p = pipeline.outputs(draw_data(4000, 4, 2, 0.0, 2).x).value();
    double sum = 0.0;
    for (size_t i = 0; i < p.rows(); ++i) {
      EXPECT_TRUE(p(i, 1) == 0.0F || p(i, 1) == 1.0F);
      sum += p(i, 1);
    }
    return sum / 4000.0;
  };
  // Four standard errors of a share of 4,000.
  EXPECT_NEAR(share_drawn(1), 0.25, 0.028);
  EXPECT_NEAR(share_drawn(2), 0.25, 0.028);
}

TEST(StratifiedChance, ARowAloneGetsTheClassItGetsAmongOthers) {
  const Drawn data = draw_data(100, 4, 3, 0.0, 1);
  const Pipeline pipeline = Pipeline::fit(spec_of("stratified"), data.set(), 5).value();
  const Matrix together = pipeline.outputs(data.x).value();
  for (size_t row = 0; row < 100; ++row) {
    const std::vector<size_t> alone{row};
    EXPECT_EQ(pipeline.outputs(data.x.select(alone)).value(), together.select(alone));
  }
  EXPECT_NE(together, Pipeline::fit(spec_of("stratified"), data.set(), 6).value().outputs(data.x).value());
}

}  // namespace
}  // namespace sleeve
