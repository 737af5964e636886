// SPDX-License-Identifier: Apache-2.0
#include "learn/calibration.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/inner_folds.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

const char* const kMethods[] = {"temperature", "platt", "isotonic"};

double mean_log_loss(const Matrix& p, const std::vector<int>& truth) {
  double sum = 0.0;
  for (size_t row = 0; row < truth.size(); ++row) {
    sum -= std::log(std::max(1e-7, static_cast<double>(p(row, static_cast<size_t>(truth[row])))));
  }
  return sum / static_cast<double>(truth.size());
}

// By how much the mean confidence lies above the accuracy.
double too_sure_by(const Matrix& p, const std::vector<int>& truth) {
  double confidence = 0.0;
  for (size_t row = 0; row < truth.size(); ++row) {
    confidence += static_cast<double>(std::ranges::max(p.row(row))) / static_cast<double>(truth.size());
  }
  return confidence - accuracy(truth, most_probable(p));
}

TEST(Calibration, CurvesAgreeWithScikitLearn) {
  const Json cases = golden("ensembles")["curves"];
  ASSERT_EQ(cases.size(), 2U);
  for (const Json& expected : cases) {
    const auto scores = expected["scores"].get<std::vector<double>>();
    const auto truth = expected["truth"].get<std::vector<uint8_t>>();
    const Sigmoid sigmoid = fit_sigmoid(scores, truth);
    const RisingCurve rising = fit_rising(scores, truth);
    const auto test = expected["test"].get<std::vector<double>>();
    for (size_t i = 0; i < test.size(); ++i) {
      // scikit-learn's minimiser stops at a gradient of 1e-5.
      EXPECT_NEAR(sigmoid(test[i]), expected["sigmoid"][i].get<double>(), 1e-5) << i;
      EXPECT_NEAR(rising(test[i]), expected["isotonic"][i].get<double>(), 1e-12) << i;
    }
  }
}

TEST(Calibration, ClassesArePutTogetherAsScikitLearnDoes) {
  const Json cases = golden("ensembles")["calibrated"];
  ASSERT_EQ(cases.size(), 2U);
  for (const Json& expected : cases) {
    const Matrix outputs = matrix_of(expected["outputs"]);
    const auto labels = expected["labels"].get<std::vector<int>>();
    const TrainingSet data{outputs, labels, expected["classes"].get<int>()};
    for (const char* method : {"platt", "isotonic"}) {
      SCOPED_TRACE(method);
      Calibrator calibrator({method, 5});
      calibrator.fit(outputs, data, data);
      const Matrix found = calibrator.apply(matrix_of(expected["test"]));
      for (size_t row = 0; row < found.rows(); ++row) {
        for (size_t k = 0; k < found.columns(); ++k) {
          EXPECT_NEAR(found(row, k), expected[method][row][k].get<double>(), 1e-4) << row << " " << k;
        }
      }
    }
  }
}

TEST(Calibration, ScoresThatSayNothingLeaveTheShares) {
  const std::vector<double> scores(40, 13.8);
  std::vector<uint8_t> truth(40, 0);
  std::fill_n(truth.begin(), 10, uint8_t{1});
  EXPECT_NEAR(fit_sigmoid(scores, truth)(13.8), 0.25, 0.02);  // Platt's targets are not 0 and 1
  EXPECT_DOUBLE_EQ(fit_rising(scores, truth)(13.8), 0.25);
}

TEST(Calibration, NothingBecomesCertain) {
  Matrix outputs(20, 2);
  std::vector<int> labels(20);
  for (size_t row = 0; row < 20; ++row) {
    labels[row] = row < 10 ? 0 : 1;
    outputs(row, static_cast<size_t>(labels[row])) = 1.0F;  // all right, all sure
  }
  const TrainingSet data{outputs, labels, 2};
  for (const char* method : kMethods) {
    Calibrator calibrator({method, 5});
    calibrator.fit(outputs, data, data);
    const Matrix p = calibrator.apply(outputs);
    EXPECT_LT(p(0, 0), 0.97F) << method;
    EXPECT_GT(p(0, 0), 0.85F) << method;
  }
}

TEST(Calibration, ALearnerThatIsTooSureIsCorrected) {
  const Drawn train = draw_data(600, 6, 3, 0.8, 5);
  const Drawn test = draw_data(900, 6, 3, 0.8, 6);
  for (const char* learner : {"knn:k=1", "none > logistic:c=1e6 ", "forest:trees=30:max_depth=3"}) {
    const Matrix before = Pipeline::fit(spec_of(learner), train.set(), 1).value().outputs(test.x).value();
    const double plain = mean_log_loss(before, test.labels);
    for (const char* method : kMethods) {
      SCOPED_TRACE(std::string(learner) + " " + method);
      const PipelineSpec spec = spec_of(std::string(learner) + "> calibrate:method=" + method);
      const Matrix p = Pipeline::fit(spec, train.set(), 1).value().outputs(test.x).value();
      // Where nothing is wrong little is done.
      EXPECT_LT(mean_log_loss(p, test.labels), plain + 0.02);
      EXPECT_LT(std::abs(too_sure_by(p, test.labels)), 0.05);
      if (std::string(learner) == "knn:k=1") {
        EXPECT_GT(too_sure_by(before, test.labels), 0.3);
        EXPECT_LT(mean_log_loss(p, test.labels), plain / 3.0);
      }
    }
  }
}

TEST(Calibration, TemperatureKeepsTheMostProbableClass) {
  const Drawn train = draw_data(300, 6, 4, 0.5, 5);
  const Matrix x = draw_data(500, 6, 4, 0.5, 6).x;
  for (const char* learner : {"forest:trees=7", "svm", "knn:k=3"}) {
    const Pipeline plain = Pipeline::fit(spec_of(learner), train.set(), 1).value();
    const Pipeline calibrated =
        Pipeline::fit(spec_of(std::string(learner) + " > calibrate"), train.set(), 1).value();
    EXPECT_EQ(most_probable(calibrated.outputs(x).value()), most_probable(plain.outputs(x).value()))
        << learner;
  }
  // Probabilities that differ by the last bit only, made much flatter.
  const Matrix certain(2, 2, {1.0F, 0.0F, 1.0F, 0.0F});
  const std::vector<int> truth{0, 1};
  Calibrator calibrator({"temperature", 5});
  calibrator.fit(certain, {certain, truth, 2}, {certain, truth, 2});
  EXPECT_EQ(most_probable(calibrator.apply(Matrix(1, 2, {0.49999997F, 0.5F}))), std::vector<int>{1});
}

// Every row five times, as covers of one album: a nearest neighbour finds its twin, and inner folds that
// don't know of groups take that for skill.
TEST(Calibration, DuplicatesOfAGroupDontMakeItSure) {
  const Drawn single = draw_data(120, 6, 2, 0.5, 5);
  std::vector<size_t> rows;
  std::vector<int> labels;
  std::vector<int> groups;
  for (size_t row = 0; row < 120; ++row) {
    for (int copy = 0; copy < 5; ++copy) {
      rows.push_back(row);
      labels.push_back(single.labels[row]);
      groups.push_back(static_cast<int>(row));
    }
  }
  const Matrix x = single.x.select(rows);
  const Drawn test = draw_data(600, 6, 2, 0.5, 6);
  for (const char* method : kMethods) {
    SCOPED_TRACE(method);
    const PipelineSpec spec = spec_of(std::string("knn:k=1 > calibrate:method=") + method);
    const auto sure = [&](std::span<const int> known) {
      const TrainingSet data{x, labels, 2, Goal::kClass, {}, {}, known};
      return too_sure_by(Pipeline::fit(spec, data, 1).value().outputs(test.x).value(), test.labels);
    };
    EXPECT_LT(sure(groups), 0.1);
    EXPECT_GT(sure({}), 0.25);
  }
}

TEST(Calibration, SeveralLabelsEachHaveTheirOwn) {
  Rng rng(9);
  const auto draw = [&](size_t rows, std::vector<uint8_t>& members) {
    Matrix x(rows, 3);
    for (size_t row = 0; row < rows; ++row) {
      for (float& value : x.row(row)) value = static_cast<float>(rng.normal());
      for (size_t label = 0; label < 2; ++label) {
        members.push_back(static_cast<double>(x(row, label)) + rng.normal(0.0, 1.5) > 0.0 ? 1 : 0);
      }
      members.push_back(0);  // a label that no row has
    }
    return x;
  };
  std::vector<uint8_t> members;
  const Matrix x = draw(400, members);
  std::vector<uint8_t> test_members;
  const Matrix test = draw(600, test_members);
  const auto loss_of = [&](const std::string& text) {
    const PipelineSpec spec = parse_pipeline(text, Goal::kLabels).value();
    const TrainingSet data{x, {}, 3, Goal::kLabels, members};
    const Pipeline pipeline = Pipeline::fit(spec, data, 1).value();
    const Bytes bytes = saved(pipeline);
    ByteReader in(bytes);
    const Matrix p = pipeline.outputs(test).value();
    EXPECT_EQ(Pipeline::load(in).value().outputs(test).value(), p);
    double loss = 0.0;
    for (size_t at = 0; at < test_members.size(); ++at) {
      const double own = p(at / 3, at % 3);
      EXPECT_TRUE(at % 3 != 2 || own == 0.0) << own;
      loss -= std::log(std::max(1e-7, test_members[at] != 0 ? own : 1.0 - own));
    }
    return loss;
  };
  const double plain = loss_of("knn:k=1");
  for (const char* method : kMethods) {
    EXPECT_LT(loss_of(std::string("knn:k=1 > calibrate:method=") + method), plain / 3.0) << method;
  }
}

TEST(Calibration, PipelinesSayIt) {
  const PipelineSpec spec = spec_of("sqrt>standard>svm:c=1 > calibrate:method=isotonic:folds=5");
  EXPECT_EQ(spec.text(), "sqrt > standard > svm > calibrate:method=isotonic");
  EXPECT_EQ(spec_of(spec.text()), spec);
  EXPECT_EQ(pipeline_spec_from_json(to_json(spec)).value(), spec);
  EXPECT_NE(spec_of("svm > calibrate"), spec_of("svm"));
  EXPECT_EQ(spec_of("logistic > calibrate").transforms.size(), 1U);  // the learner's own
  const auto refused = [](const char* text, Goal goal = Goal::kClass) {
    const auto parsed = parse_pipeline(text, goal);
    return parsed.ok() ? "" : parsed.error().message;
  };
  EXPECT_THAT(refused("svm > calibrate:method=platts"), HasSubstr("method=platts is none of"));
  EXPECT_THAT(refused("svm > calibrate:folds=1"), HasSubstr("folds=1 is outside 2"));
  EXPECT_THAT(refused("calibrate"), HasSubstr("behind a learner"));
  EXPECT_THAT(refused("calibrate > svm"), HasSubstr("comes last"));
  EXPECT_THAT(refused("svm > calibrate > calibrate"), HasSubstr("stands once"));
  EXPECT_THAT(refused("standard > calibrate"), HasSubstr("ends with a learner"));
  EXPECT_THAT(refused("mean > calibrate", Goal::kNumber), HasSubstr("a number has none"));
}

TEST(Calibration, IsSavedWithThePipelineAndDamageIsNoticed) {
  const Drawn data = draw_data(90, 4, 3, 1.0, 5);
  for (const char* method : kMethods) {
    const PipelineSpec spec = spec_of(std::string("knn:k=3 > calibrate:method=") + method);
    const Pipeline pipeline = Pipeline::fit(spec, data.set(), 1).value();
    const Bytes bytes = saved(pipeline);
    ByteReader in(bytes);
    const Pipeline loaded = Pipeline::load(in).value();
    EXPECT_EQ(loaded.spec(), spec);
    EXPECT_EQ(saved(loaded), bytes);
    EXPECT_EQ(loaded.outputs(data.x).value(), pipeline.outputs(data.x).value());
    for (size_t size = 0; size < bytes.size(); size += 7) {
      ByteReader part(std::span<const std::byte>(bytes.data(), size));
      EXPECT_FALSE(Pipeline::load(part).ok()) << size;
    }
    Rng rng(3);
    for (int i = 0; i < 2000; ++i) {
      Bytes damaged = bytes;
      damaged[damaged.size() - 1 - static_cast<size_t>(rng.below(200))] =
          static_cast<std::byte>(rng.below(256));
      ByteReader again(damaged);
      const auto found = Pipeline::load(again);
      EXPECT_TRUE(!found.ok() || found->outputs(data.x).ok());
    }
  }
}

TEST(InnerFolds, KeepGroupsTogetherAndTestEveryRowOnce) {
  const Drawn data = draw_data(60, 2, 3, 1.0, 5);
  std::vector<int> groups(60);
  for (size_t row = 0; row < 60; ++row) groups[row] = static_cast<int>(row / 4);
  const auto folds = inner_folds({data.x, data.labels, 3, Goal::kClass, {}, {}, groups}, 5, 1);
  ASSERT_EQ(folds.size(), 5U);
  std::vector<int> tested(60);
  for (const Fold& fold : folds) {
    EXPECT_EQ(fold.train.size() + fold.test.size(), 60U);
    for (const size_t row : fold.test) {
      ++tested[row];
      for (const size_t other : fold.train) EXPECT_NE(groups[row], groups[other]);
    }
  }
  EXPECT_EQ(tested, std::vector<int>(60, 1));
}

TEST(InnerFolds, ARowThatItsClassCantSpareIsAlwaysTrainedOn) {
  const Matrix x(7, 1);
  const std::vector<int> labels{0, 0, 0, 1, 1, 1, 2};
  const auto folds = inner_folds({x, labels, 3}, 5, 1);
  ASSERT_EQ(folds.size(), 5U);
  for (const Fold& fold : folds) EXPECT_EQ(fold.train.back(), 6U);
  const std::vector<int> alone{0};
  EXPECT_TRUE(inner_folds({Matrix(1, 1), alone, 1}, 5, 1).empty());
  const std::vector<int> one_group(7, 3);
  EXPECT_TRUE(inner_folds({x, labels, 3, Goal::kClass, {}, {}, one_group}, 5, 1).empty());
  const std::vector<float> values{1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(inner_folds({x, {}, 1, Goal::kNumber, {}, values}, 5, 1).size(), 5U);
}

TEST(Calibration, TooFewRowsLeaveTheLearnersProbabilities) {
  const Drawn data{Matrix(2, 3), {0, 1}, 2};
  const Matrix plain = Pipeline::fit(spec_of("majority"), data.set(), 1).value().outputs(data.x).value();
  const Pipeline pipeline = Pipeline::fit(spec_of("majority > calibrate"), data.set(), 1).value();
  EXPECT_EQ(pipeline.outputs(data.x).value(), plain);
  const Bytes bytes = saved(pipeline);
  ByteReader in(bytes);
  EXPECT_EQ(Pipeline::load(in).value().outputs(data.x).value(), plain);
}

}  // namespace
}  // namespace sleeve
