// SPDX-License-Identifier: Apache-2.0
#include "eval/probability_metrics.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/rng.h"
#include "eval/metrics.h"
#include "learn/pipeline.h"

namespace sleeve {
namespace {

constexpr double kProbabilityTolerance = 1e-12;

struct Case {
  Json golden;
  std::vector<int> truth;
  Matrix p;
};

std::vector<Case> probability_cases() {
  const auto text = read_text_file(SLEEVE_SOURCE_DIR "/tests/golden/probability_metrics.json");
  std::vector<Case> cases;
  const Json file = parse_json(text.value()).value();
  for (const Json& golden : file["cases"]) {
    const auto truth = golden["truth"].get<std::vector<int>>();
    cases.push_back(
        {golden, truth,
         Matrix(truth.size(), golden["classes"].get<size_t>(), golden["p"].get<std::vector<float>>())});
  }
  EXPECT_GE(cases.size(), 12U);
  return cases;
}

void expect_same_score(const std::optional<double>& value, const Json& wanted) {
  ASSERT_EQ(value.has_value(), !wanted.is_null());
  if (value) {
    EXPECT_NEAR(*value, wanted.get<double>(), kProbabilityTolerance);
  }
}

TEST(ProbabilityMetrics, LossesAgreeWithScikitLearn) {
  for (const auto& [golden, truth, p] : probability_cases()) {
    SCOPED_TRACE(golden["name"].get<std::string>());
    EXPECT_NEAR(log_loss(p, truth), golden["log_loss"].get<double>(), kProbabilityTolerance);
    EXPECT_NEAR(brier_score(p, truth), golden["brier"].get<double>(), kProbabilityTolerance);
    for (size_t k = 1; k <= p.columns(); ++k) {
      EXPECT_NEAR(top_k_accuracy(p, truth, static_cast<int>(k)), golden["top_k"][k - 1].get<double>(),
                  kProbabilityTolerance)
          << "k = " << k;
    }
  }
}

TEST(ProbabilityMetrics, AreasAgreeWithScikitLearn) {
  for (const auto& [golden, truth, p] : probability_cases()) {
    SCOPED_TRACE(golden["name"].get<std::string>());
    for (const auto& [name, average] :
         {std::pair{"macro", Average::kMacro}, {"weighted", Average::kWeighted}}) {
      SCOPED_TRACE(name);
      expect_same_score(roc_auc_ovr(p, truth, average), golden["ovr"][name]);
      expect_same_score(roc_auc_ovo(p, truth, average), golden["ovo"][name]);
      expect_same_score(average_precision(p, truth, average), golden["ap"][name]);
    }
  }
}

TEST(ProbabilityMetrics, ReliabilityAgreesWithScikitLearn) {
  for (const auto& [golden, truth, p] : probability_cases()) {
    SCOPED_TRACE(golden["name"].get<std::string>());
    for (const Json& wanted : golden["curves"]) {
      const auto curve = reliability_curve(p, truth, wanted["bins"].get<int>());
      ASSERT_EQ(curve.size(), wanted["bins"].get<size_t>());
      size_t filled = 0;
      for (const ReliabilityBin& bin : curve) {
        if (bin.rows == 0) continue;
        ASSERT_LT(filled, wanted["rows"].size());
        EXPECT_EQ(bin.rows, wanted["rows"][filled].get<int64_t>());
        EXPECT_NEAR(bin.accuracy, wanted["accuracy"][filled].get<double>(), kProbabilityTolerance);
        EXPECT_NEAR(bin.confidence, wanted["confidence"][filled].get<double>(), kProbabilityTolerance);
        EXPECT_LE(bin.low, bin.confidence);
        EXPECT_GE(bin.high, bin.confidence);
        ++filled;
      }
      EXPECT_EQ(filled, wanted["rows"].size());
      EXPECT_NEAR(calibration_error(curve), wanted["error"].get<double>(), kProbabilityTolerance);
    }
  }
}

// Rows whose truth is drawn from the very probabilities that are claimed for it, or from sharper ones.
struct Claims {
  Matrix p;
  std::vector<int> truth;
};
Claims claims(size_t rows, float overstated) {
  Rng rng(11);
  Claims result{Matrix(rows, 2), {}};
  for (size_t i = 0; i < rows; ++i) {
    const double chance = rng.uniform(0.5, 0.8);
    result.truth.push_back(rng.uniform() < chance ? 0 : 1);
    result.p(i, 0) = static_cast<float>(chance) + overstated;
    result.p(i, 1) = 1 - result.p(i, 0);
  }
  return result;
}

TEST(ProbabilityMetrics, CalibrationErrorIsByHowMuchConfidenceIsOverstated) {
  const Claims honest = claims(20000, 0), boastful = claims(20000, 0.15F);
  EXPECT_LT(calibration_error(reliability_curve(honest.p, honest.truth)), 0.02);
  EXPECT_NEAR(calibration_error(reliability_curve(boastful.p, boastful.truth)), 0.15, 0.02);
  // The order of the rows is the same, so what looks at nothing else can't tell.
  EXPECT_NEAR(*roc_auc_ovr(honest.p, honest.truth, Average::kMacro),
              *roc_auc_ovr(boastful.p, boastful.truth, Average::kMacro), 1e-3);
  EXPECT_LT(log_loss(honest.p, honest.truth), log_loss(boastful.p, boastful.truth));
  EXPECT_LT(brier_score(honest.p, honest.truth), brier_score(boastful.p, boastful.truth));
}

TEST(ProbabilityMetrics, TopOneIsTheAccuracyTiesIncluded) {
  for (const auto& [golden, truth, p] : probability_cases()) {
    const auto confusion = ConfusionMatrix::of(truth, most_probable(p), static_cast<int>(p.columns()));
    EXPECT_DOUBLE_EQ(top_k_accuracy(p, truth, 1), score(confusion).accuracy) << golden["name"];
  }
}

TEST(ProbabilityMetrics, OneCertainErrorCostsSixteenNotInfinity) {
  EXPECT_NEAR(log_loss(Matrix(1, 2, {1, 0}), std::vector{1}), 23 * std::log(2.0), 1e-6);
}

TEST(ProbabilityMetrics, BinaryAreasTakeAnyScores) {
  const std::vector<float> scores = {-3, 0, 2, 7};
  EXPECT_EQ(binary_roc_auc(scores, std::vector<uint8_t>{0, 0, 1, 1}), 1.0);
  EXPECT_EQ(binary_roc_auc(scores, std::vector<uint8_t>{1, 0, 1, 0}), 0.25);
  EXPECT_EQ(binary_average_precision(scores, std::vector<uint8_t>{1, 0, 1, 0}), (0.5 + 0.5) / 2);
  EXPECT_EQ(binary_roc_auc(scores, std::vector<uint8_t>{1, 1, 1, 1}), std::nullopt);
  EXPECT_EQ(binary_average_precision(scores, std::vector<uint8_t>{1, 1, 1, 1}), 1.0);
  EXPECT_EQ(binary_average_precision(scores, std::vector<uint8_t>{0, 0, 0, 0}), std::nullopt);
}

TEST(ProbabilityMetrics, AllAtOnceAreTheSingleOnes) {
  const Claims data = claims(300, 0.1F);
  const ProbabilityScores all = score_probabilities(data.p, data.truth);
  EXPECT_EQ(all.log_loss, log_loss(data.p, data.truth));
  EXPECT_EQ(all.brier, brier_score(data.p, data.truth));
  EXPECT_EQ(all.calibration_error, calibration_error(reliability_curve(data.p, data.truth, 10)));
  EXPECT_EQ(all.top2_accuracy, 1);
  EXPECT_EQ(all.roc_auc_ovr, roc_auc_ovr(data.p, data.truth, Average::kMacro));
  EXPECT_EQ(all.roc_auc_ovo, roc_auc_ovo(data.p, data.truth, Average::kMacro));
  EXPECT_EQ(all.average_precision, average_precision(data.p, data.truth, Average::kMacro));
}

TEST(ProbabilityMetrics, WithoutRowsNothingIsClaimed) {
  const ProbabilityScores scores = score_probabilities(Matrix(0, 3), {});
  EXPECT_EQ(scores.log_loss, 0);
  EXPECT_EQ(scores.brier, 0);
  EXPECT_EQ(scores.calibration_error, 0);
  EXPECT_EQ(scores.top2_accuracy, 0);
  EXPECT_EQ(scores.roc_auc_ovr, std::nullopt);
  EXPECT_EQ(scores.roc_auc_ovo, std::nullopt);
  EXPECT_EQ(scores.average_precision, std::nullopt);
}

}  // namespace
}  // namespace sleeve
