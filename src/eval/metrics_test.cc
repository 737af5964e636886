// SPDX-License-Identifier: Apache-2.0
#include "eval/metrics.h"

#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"

namespace sleeve {
namespace {

constexpr double kMetricTolerance = 1e-12;

Json golden_cases() {
  const auto text = read_text_file(SLEEVE_SOURCE_DIR "/tests/golden/metrics.json");
  return parse_json(text.value()).value()["cases"];
}

void expect_scores(const ClassScores& scores, const Json& wanted) {
  EXPECT_NEAR(scores.precision, wanted["precision"].get<double>(), kMetricTolerance);
  EXPECT_NEAR(scores.recall, wanted["recall"].get<double>(), kMetricTolerance);
  EXPECT_NEAR(scores.f1, wanted["f1"].get<double>(), kMetricTolerance);
}

TEST(Metrics, AgreeWithScikitLearn) {
  const Json cases = golden_cases();
  ASSERT_GE(cases.size(), 12U);
  for (const Json& golden : cases) {
    SCOPED_TRACE(golden["name"].get<std::string>());
    const auto truth = golden["truth"].get<std::vector<int>>();
    const auto predicted = golden["predicted"].get<std::vector<int>>();
    const int classes = golden["classes"].get<int>();
    const ConfusionMatrix confusion = ConfusionMatrix::of(truth, predicted, classes);
    for (int t = 0; t < classes; ++t) {
      for (int p = 0; p < classes; ++p) {
        EXPECT_EQ(confusion.at(t, p), golden["confusion"][static_cast<size_t>(t)][static_cast<size_t>(p)]);
      }
    }
    const Scores scores = score(confusion);
    EXPECT_EQ(scores.rows, static_cast<int64_t>(truth.size()));
    EXPECT_NEAR(scores.accuracy, golden["accuracy"].get<double>(), kMetricTolerance);
    EXPECT_NEAR(scores.balanced_accuracy, golden["balanced_accuracy"].get<double>(), kMetricTolerance);
    EXPECT_NEAR(scores.cohens_kappa, golden["cohens_kappa"].get<double>(), kMetricTolerance);
    EXPECT_NEAR(scores.mcc, golden["mcc"].get<double>(), kMetricTolerance);
    expect_scores(scores.macro, golden["macro"]);
    expect_scores(scores.weighted, golden["weighted"]);
    ASSERT_EQ(scores.per_class.size(), golden["per_class"].size());
    for (size_t c = 0; c < scores.per_class.size(); ++c) {
      expect_scores(scores.per_class[c], golden["per_class"][c]);
      EXPECT_EQ(scores.per_class[c].support, golden["per_class"][c]["support"].get<int64_t>());
    }
  }
}

TEST(Metrics, ByName) {
  const Scores scores = score(ConfusionMatrix::of(std::vector{0, 0, 0, 1}, std::vector{0, 0, 1, 1}, 2));
  EXPECT_THAT(metric_names(), testing::ElementsAre("accuracy", "balanced_accuracy", "macro_f1", "weighted_f1",
                                                   "cohens_kappa", "mcc"));
  EXPECT_DOUBLE_EQ(metric(scores, "accuracy"), 0.75);
  EXPECT_DOUBLE_EQ(metric(scores, "balanced_accuracy"), (2.0 / 3 + 1) / 2);
  EXPECT_DOUBLE_EQ(metric(scores, "macro_f1"), (0.8 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(metric(scores, "weighted_f1"), (3 * 0.8 + 2.0 / 3) / 4);
  EXPECT_DOUBLE_EQ(metric(scores, "cohens_kappa"), (0.75 - 0.5) / (1 - 0.5));
  EXPECT_DOUBLE_EQ(metric(scores, "mcc"), (2 * 1 - 1 * 0) / std::sqrt(2.0 * 3 * 1 * 2));
}

// Accuracy praises who always says the commonest class; agreement beyond chance does not.
TEST(Metrics, AConstantPredictorAgreesNoMoreThanChance) {
  ConfusionMatrix confusion(3);
  confusion.add(0, 0, 900);
  confusion.add(1, 0, 60);
  confusion.add(2, 0, 40);
  const Scores scores = score(confusion);
  EXPECT_EQ(scores.accuracy, 0.9);
  EXPECT_EQ(scores.cohens_kappa, 0);
  EXPECT_EQ(scores.mcc, 0);
}

// Not 1 and a bit: the ends of a bootstrap interval must hold it.
TEST(Metrics, PerfectAgreementIsExactlyOne) {
  for (int count = 1; count < 200; ++count) {
    ConfusionMatrix confusion(3);
    for (int c = 0; c < 3; ++c) confusion.add(c, c, count + c);
    EXPECT_EQ(score(confusion).mcc, 1) << count;
    EXPECT_EQ(score(confusion).cohens_kappa, 1) << count;
  }
}

TEST(Metrics, AgreementOfManyRowsDoesNotOverflow) {
  ConfusionMatrix few(2), many(2);
  for (const auto& [truth, predicted, count] : {std::array{0, 0, 3}, {0, 1, 2}, {1, 0, 1}, {1, 1, 4}}) {
    few.add(truth, predicted, count);
    many.add(truth, predicted, int64_t{count} * 1'000'000'000'000);
  }
  EXPECT_NEAR(score(many).cohens_kappa, score(few).cohens_kappa, kMetricTolerance);
  EXPECT_NEAR(score(many).mcc, score(few).mcc, kMetricTolerance);
}

TEST(Metrics, WithoutRowsAllIsZero) {
  const Scores scores = score(ConfusionMatrix(3));
  EXPECT_EQ(scores.rows, 0);
  EXPECT_EQ(scores.per_class.size(), 3U);
  for (const std::string& name : metric_names()) EXPECT_EQ(metric(scores, name), 0) << name;
}

}  // namespace
}  // namespace sleeve
