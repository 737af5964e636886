// SPDX-License-Identifier: Apache-2.0
#include "learn/knn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Knn, AgreesWithScikitLearn) {
  const Json sets = golden("kernels")["sets"];
  ASSERT_EQ(sets.size(), 2U);
  for (const Json& set : sets) {
    const GoldenSplit split(set);
    ASSERT_EQ(set["knn"].size(), 6U);
    for (const Json& expected : set["knn"]) {
      const auto text = expected["learner"].get<std::string>();
      SCOPED_TRACE(text);
      const Pipeline pipeline = Pipeline::fit(spec_of(text), split.train.set(), 1).value();
      const Matrix p = pipeline.outputs(split.test).value();
      const Matrix shares = matrix_of(expected["probabilities"]);
      for (size_t i = 0; i < p.rows(); ++i) {
        for (size_t k = 0; k < p.columns(); ++k) EXPECT_NEAR(p(i, k), shares(i, k), 1e-6) << i;
      }
    }
  }
}

// Rows 0 to 3 on a line at 0, 1, 1, 3.
struct Line {
  Matrix x{4, 1, {0.0F, 1.0F, 1.0F, 3.0F}};
  std::vector<int> labels{0, 1, 2, 2};
  [[nodiscard]] std::vector<float> shares_at(float place, const KnnOptions& options) const {
    Knn knn(options);
    EXPECT_TRUE(knn.fit({x, labels, 3}, 1, {}).ok());
    const Matrix p = knn.outputs(Matrix(1, 1, {place}));
    return {p.row(0).begin(), p.row(0).end()};
  }
};

TEST(Knn, RowsEquallyFarShareTheVotesThatAreLeft) {
  EXPECT_THAT(Line{}.shares_at(0.0F, {2}), ElementsAre(0.5F, 0.25F, 0.25F));
  EXPECT_THAT(Line{}.shares_at(1.0F, {1}), ElementsAre(0.0F, 0.5F, 0.5F));
}

TEST(Knn, ARowAtDistanceZeroOutvotesAllOthers) {
  EXPECT_THAT(Line{}.shares_at(0.0F, {3, "euclidean", "distance"}), ElementsAre(1.0F, 0.0F, 0.0F));
  EXPECT_THAT(Line{}.shares_at(0.5F, {3, "euclidean", "distance"}),
              ElementsAre(1.0F / 3, 1.0F / 3, 1.0F / 3));
}

TEST(Knn, FewerRowsThanKAllVote) {
  EXPECT_THAT(Line{}.shares_at(2.0F, {100}), ElementsAre(0.25F, 0.25F, 0.5F));
}

// Far from the origin a product of rows rounds away what is between them; the vote must not.
TEST(Knn, SmallDistancesFarFromTheOriginAreKept) {
  const size_t rows = 300;
  Matrix x(rows, 3);
  std::vector<int> labels(rows);
  for (size_t i = 0; i < rows; ++i) {
    x(i, 0) = 1e9F;
    x(i, 1) = static_cast<float>(i) * 1e-3F;
    labels[i] = static_cast<int>(i % 2);
  }
  Knn knn({1});
  ASSERT_TRUE(knn.fit({x, labels, 2}, 1, {}).ok());
  const Matrix p = knn.outputs(x);
  for (size_t i = 0; i < rows; ++i) EXPECT_EQ(p(i, static_cast<size_t>(labels[i])), 1.0F) << i;
}

TEST(Knn, ARowAloneGetsTheBitsItGetsAmongOthers) {
  for (const char* metric : {"euclidean", "cosine"}) {
    const Drawn data = draw_data(150, 9, 3, 0.5, 1);
    Knn knn({7, metric, "distance"});
    ASSERT_TRUE(knn.fit(data.set(), 1, {}).ok());
    const Matrix x = draw_data(70, 9, 3, 0.5, 2).x;
    const Matrix together = knn.outputs(x);
    for (size_t row = 0; row < x.rows(); ++row) {
      const std::vector<size_t> alone{row};
      EXPECT_EQ(knn.outputs(x.select(alone)), together.select(alone)) << metric << " " << row;
    }
  }
}

TEST(Knn, CosineLooksAtDirectionsOnly) {
  Matrix x(3, 2, {1.0F, 0.0F, 0.0F, 5.0F, 0.0F, 0.0F});
  Knn knn({1, "cosine", "uniform"});
  ASSERT_TRUE(knn.fit({x, std::vector<int>{0, 1, 2}, 3}, 1, {}).ok());
  const Matrix p = knn.outputs(Matrix(2, 2, {0.001F, 0.0F, 1e30F, 2e30F}));
  EXPECT_EQ(p(0, 0), 1.0F);
  EXPECT_EQ(p(1, 1), 1.0F);
}

TEST(Knn, Chi2OfValuesBelowZeroIsRefused) {
  const Drawn data = draw_data(20, 3, 2, 1.0, 5);
  const auto refused = Pipeline::fit(spec_of("knn:metric=chi2"), data.set(), 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message, HasSubstr("histograms"));
  EXPECT_TRUE(Pipeline::fit(spec_of("minmax > knn:metric=chi2"), data.set(), 1).ok());
}

}  // namespace
}  // namespace sleeve
