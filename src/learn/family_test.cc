// SPDX-License-Identifier: Apache-2.0
#include "learn/family.h"

#include <atomic>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kMany = {"forest:trees=3",
                                        "forest:trees=20",
                                        "forest:trees=9:max_features=log2",
                                        "forest:trees=20",
                                        "sqrt > standard > logistic",
                                        "sqrt > standard > svm:c=10",
                                        "sqrt > svm:kernel=poly",
                                        "none > svm",
                                        "none > svm:c=100",
                                        "none > svm:gamma=0.01",
                                        "none > svm:kernel=linear:class_weight=balanced",
                                        "minmax:clip=true > svm:kernel=chi2",
                                        "standard > knn",
                                        "standard > logistic > calibrate:method=platt",
                                        "majority"};

std::vector<PipelineSpec> specs_of(const std::vector<std::string>& texts) {
  std::vector<PipelineSpec> specs;
  for (const auto& text : texts) specs.push_back(spec_of(text));
  return specs;
}

struct Rows2 {
  Drawn all = draw_data(150, 6, 3, 1.0, 5);
  std::vector<size_t> train_rows;
  std::vector<size_t> test_rows;
  Matrix train_x;
  Matrix test_x;
  std::vector<int> labels;

  Rows2() {
    for (size_t row = 0; row < 150; ++row) (row % 5 == 2 ? test_rows : train_rows).push_back(row);
    train_x = all.x.select(train_rows);
    test_x = all.x.select(test_rows);
    for (const size_t row : train_rows) labels.push_back(all.labels[row]);
  }
  [[nodiscard]] TrainingSet set() const { return {train_x, labels, 3}; }
};

std::vector<FamilyOutputs> family(const std::vector<std::string>& texts, const Rows2& rows, bool share,
                                  const FamilyWants& wants) {
  const auto specs = specs_of(texts);
  const PairSums sums = shareable_sums(specs, rows.all.x, {}).value();
  const SharedRows shared{sums, rows.train_rows, rows.test_rows};
  auto result = fit_family(specs, rows.set(), rows.test_x, share ? &shared : nullptr, wants, 7, {});
  EXPECT_TRUE(result.ok()) << result.error().message;
  return std::move(result).value();
}

double largest_difference(const Matrix& a, const Matrix& b) {
  double largest = 0.0;
  for (size_t i = 0; i < a.rows() * a.columns(); ++i) {
    largest =
        std::max(largest, std::abs(static_cast<double>(a.data()[i]) - static_cast<double>(b.data()[i])));
  }
  return largest;
}

TEST(Family, GivesWhatEachPipelineGivesAlone) {
  const Rows2 rows;
  for (const bool share : {false, true}) {
    const auto outputs = family(kMany, rows, share, {true, true});
    for (size_t i = 0; i < kMany.size(); ++i) {
      const Pipeline alone = Pipeline::fit(spec_of(kMany[i]), rows.set(), 7).value();
      const Matrix test = alone.outputs(rows.test_x).value();
      const Matrix train = alone.outputs(rows.train_x).value();
      if (kMany[i].find("svm") == std::string::npos) {
        EXPECT_EQ(outputs[i].test, test) << kMany[i];
        EXPECT_EQ(outputs[i].train, train) << kMany[i];
      } else {
        // LIBSVM stops when it is within its tolerance of 1e-3.
        EXPECT_LT(largest_difference(outputs[i].test, test), 1e-3) << kMany[i];
        EXPECT_LT(largest_difference(outputs[i].train, train), 1e-3) << kMany[i];
      }
    }
  }
}

TEST(Family, APipelineDoesNotDependOnItsNeighbours) {
  const Rows2 rows;
  const auto together = family(kMany, rows, true, {});
  for (size_t i = 0; i < kMany.size(); ++i) {
    EXPECT_EQ(family({kMany[i]}, rows, true, {})[0].test, together[i].test) << kMany[i];
    EXPECT_EQ(together[i].train.rows(), 0U);
  }
}

TEST(Family, WithoutProbabilitiesTheOrderIsTheSame) {
  const Rows2 rows;
  const auto with = family(kMany, rows, true, {false, true});
  const auto without = family(kMany, rows, true, {false, false});
  for (size_t i = 0; i < kMany.size(); ++i) {
    EXPECT_EQ(most_probable(with[i].test), most_probable(without[i].test)) << kMany[i];
  }
}

TEST(Family, OneClassIsCertain) {
  Rows2 rows;
  for (int& label : rows.labels) label = 1;
  const auto outputs = family({"none > svm", "forest"}, rows, true, {});
  for (const FamilyOutputs& output : outputs) {
    for (size_t row = 0; row < output.test.rows(); ++row) EXPECT_EQ(output.test(row, 1), 1.0F);
  }
}

TEST(Family, AnErrorNamesThePipelineAndStoppingIsCancelled) {
  const Rows2 rows;
  const auto bad = specs_of({"forest:trees=2", "knn:metric=chi2"});
  const auto refused = fit_family(bad, rows.set(), rows.test_x, nullptr, {}, 1, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("knn:metric=chi2"));
  const std::atomic<bool> stop = true;
  for (const auto& text : kMany) {
    const auto one = specs_of({text});
    const auto stopped =
        fit_family(one, rows.set(), rows.test_x, nullptr, {}, 1, WorkContext(nullptr, &stop));
    ASSERT_FALSE(stopped.ok()) << text;
    EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled) << text;
  }
}

}  // namespace
}  // namespace sleeve
