// SPDX-License-Identifier: Apache-2.0
// What every learner of numbers promises, with every transform.
#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/parallel.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;
using NumberPair = std::tuple<std::string, std::string>;  // learner, transform

std::vector<NumberPair> number_pairs() {
  std::vector<NumberPair> result;
  for (const LearnerEntry& entry : learner_registry()) {
    if (entry.goal != Goal::kNumber) continue;
    result.emplace_back(entry.name, "none");
    if (reads_categories(entry.name)) continue;  // transforms would make other numbers of them
    for (const TransformEntry& step : transform_registry()) result.emplace_back(entry.name, step.name);
  }
  return result;
}

class NumberConformance : public testing::TestWithParam<NumberPair> {
 protected:
  [[nodiscard]] static std::string learner() { return std::get<0>(GetParam()); }
  [[nodiscard]] static bool is_constant() { return learner() == "mean" || learner() == "median"; }
  [[nodiscard]] static PipelineSpec spec() {
    return spec_of(example_of(std::get<1>(GetParam())) + " > " + example_of(learner(), Goal::kNumber),
                   Goal::kNumber);
  }
  // Of a category's number the value follows, where there is a signal.
  static DrawnNumbers draw(size_t rows, size_t columns, double signal, uint64_t seed) {
    DrawnNumbers data = draw_numbers(rows, columns, signal, seed);
    data.bag = bag_for(std::get<1>(GetParam()));
    if (!reads_categories(learner())) return data;
    std::vector<int> thirds;
    for (const float value : data.values) thirds.push_back(value < 43.0F ? 0 : value < 57.0F ? 1 : 2);
    put_categories(data.x, thirds, signal, seed);
    return data;
  }
  static Pipeline fitted(const DrawnNumbers& data, uint64_t seed = 1) {
    auto pipeline = Pipeline::fit(spec(), data.set(), seed);
    EXPECT_TRUE(pipeline.ok()) << pipeline.error().message;
    return std::move(pipeline).value();
  }
};

INSTANTIATE_TEST_SUITE_P(Registries, NumberConformance, testing::ValuesIn(number_pairs()),
                         [](const auto& pair) {
                           return std::get<0>(pair.param) + "_" + std::get<1>(pair.param);
                         });

TEST_P(NumberConformance, AnswersOneFiniteNumberARow) {
  const Matrix y = fitted(draw(90, 7, 1.0, 5)).outputs(draw(40, 7, 1.0, 6).x).value();
  ASSERT_EQ(y.rows(), 40U);
  ASSERT_EQ(y.columns(), 1U);
  for (size_t i = 0; i < y.rows(); ++i) EXPECT_TRUE(std::isfinite(y(i, 0)));
}

TEST_P(NumberConformance, LoadedPredictsAndSavesTheSameBits) {
  const Pipeline pipeline = fitted(draw(90, 7, 1.0, 5));
  const Bytes bytes = saved(pipeline);
  ByteReader in(bytes);
  auto loaded = Pipeline::load(in);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_EQ(loaded->spec(), pipeline.spec());
  EXPECT_EQ(loaded->classes(), 1);
  const Matrix x = draw(50, 7, 1.0, 6).x;
  EXPECT_EQ(loaded->outputs(x).value(), pipeline.outputs(x).value());
  EXPECT_EQ(saved(*loaded), bytes);
}

TEST_P(NumberConformance, EveryTruncationIsAnError) {
  const Bytes bytes = saved(fitted(draw(12, 3, 1.0, 5)));
  const size_t step = std::max<size_t>(1, bytes.size() / 500);
  for (size_t size = 0; size < bytes.size(); size += step) {
    ByteReader in(std::span(bytes.data(), size));
    const auto loaded = Pipeline::load(in);
    ASSERT_FALSE(loaded.ok()) << size;
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt) << loaded.error().message;
  }
}

TEST_P(NumberConformance, DamagedBytesAreRefusedOrGiveFiniteNumbers) {
  const Bytes bytes = saved(fitted(draw(12, 3, 1.0, 5)));
  const Matrix x = draw(5, 3, 1.0, 6).x;
  Rng rng(3);
  for (int i = 0; i < 2000; ++i) {
    Bytes damaged = bytes;
    for (int k = 0; k < 2; ++k) {
      damaged[static_cast<size_t>(rng.below(damaged.size()))] = static_cast<std::byte>(rng.below(256));
    }
    ByteReader in(damaged);
    const auto loaded = Pipeline::load(in);
    if (!loaded.ok() || loaded->columns() != 3) continue;
    const auto y = loaded->outputs(x);
    if (!y.ok()) continue;
    ASSERT_EQ(y->rows(), 5U);
    if (loaded->spec().goal != Goal::kNumber) continue;
    for (size_t row = 0; row < 5; ++row) EXPECT_TRUE(std::isfinite((*y)(row, 0)));
  }
}

TEST_P(NumberConformance, OneRowTeachesItsNumber) {
  const DrawnNumbers data{Matrix(1, 4), {42.5F}, bag_for(std::get<1>(GetParam()))};
  const Matrix y = fitted(data).outputs(draw(3, 4, 1.0, 6).x).value();
  for (size_t i = 0; i < y.rows(); ++i) EXPECT_NEAR(y(i, 0), 42.5, 1e-4);
}

TEST_P(NumberConformance, ConstantFeaturesLeaveOneNumberInTheMiddle) {
  DrawnNumbers data = draw(40, 3, 1.0, 5);
  for (size_t i = 0; i < 40; ++i) {
    for (float& value : data.x.row(i)) value = reads_categories(learner()) ? 7.0F : 0.1F;
    data.values[i] = i < 30 ? 10.0F : 20.0F;
  }
  const Matrix y = fitted(data).outputs(data.x).value();
  for (size_t i = 0; i < y.rows(); ++i) EXPECT_EQ(y(i, 0), y(0, 0));
  // Absolute errors ask for the median, squared ones for the mean.
  const bool absolute = learner() == "median" || learner() == "svr";
  EXPECT_NEAR(y(0, 0), absolute ? 10.0 : 12.5, 0.3);
}

TEST_P(NumberConformance, NumbersThatAreNotFiniteAreRefused) {
  DrawnNumbers data = draw(20, 3, 1.0, 5);
  data.values[7] = std::numeric_limits<float>::infinity();
  const auto refused = Pipeline::fit(spec(), data.set(), 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message, HasSubstr("row 7"));
}

TEST_P(NumberConformance, TheLargestFloatsDoNotBreakIt) {
  DrawnNumbers data = draw(20, 3, 1.0, 5);
  const size_t column = reads_categories(learner()) ? 1 : 0;
  for (size_t i = 0; i < 20; ++i) data.x(i, column) = i % 2 == 0 ? 3e38F : -3e38F;
  const Matrix y = fitted(data).outputs(data.x).value();
  for (size_t i = 0; i < y.rows(); ++i) EXPECT_TRUE(std::isfinite(y(i, 0)));
}

TEST_P(NumberConformance, BitsDoNotDependOnThreads) {
  const DrawnNumbers data = draw(300, 20, 0.7, 5);
  const Matrix x = draw(200, 20, 0.7, 6).x;
  std::set<Bytes> models;
  std::vector<Matrix> predictions;
  for (const size_t threads : {1U, 2U, 8U}) {
    const ThreadLimit limit(threads);
    const Pipeline pipeline = fitted(data);
    models.insert(saved(pipeline));
    predictions.push_back(pipeline.outputs(x).value());
  }
  EXPECT_EQ(models.size(), 1U);
  EXPECT_EQ(predictions[0], predictions[1]);
  EXPECT_EQ(predictions[0], predictions[2]);
}

TEST_P(NumberConformance, PlantedSignalIsLearnt) {
  const DrawnNumbers test = draw(300, 8, 3.0, 6);
  const double reached =
      variance_explained(test.values, fitted(draw(300, 8, 3.0, 5)).outputs(test.x).value());
  if (is_constant()) {
    EXPECT_NEAR(reached, 0.0, 0.02);
  } else {
    EXPECT_GT(reached, 0.45);
  }
}

TEST_P(NumberConformance, ShuffledNumbersTeachNothing) {
  constexpr int kShuffles = 5;
  DrawnNumbers train = draw(300, 8, 3.0, 5);
  const DrawnNumbers test = draw(300, 8, 3.0, 6);
  Rng rng(4);
  double sum = 0.0;
  for (int i = 0; i < kShuffles; ++i) {
    rng.shuffle(std::span(train.values));
    sum += variance_explained(test.values, fitted(train).outputs(test.x).value());
  }
  EXPECT_LT(sum / kShuffles, 0.05);  // and may be far below 0, for the noise that was learnt by heart
}

TEST_P(NumberConformance, ARowAloneGetsTheNumberItGetsAmongOthers) {
  const Pipeline pipeline = fitted(draw(120, 6, 1.0, 5));
  const Matrix x = draw(70, 6, 1.0, 6).x;
  const Matrix together = pipeline.outputs(x).value();
  for (size_t row = 0; row < x.rows(); ++row) {
    const std::vector<size_t> alone{row};
    EXPECT_NEAR(pipeline.outputs(x.select(alone)).value()(0, 0), together(row, 0), 1e-4) << row;
  }
}

TEST_P(NumberConformance, StoppedBeforehandIsCancelled) {
  const DrawnNumbers data = draw(50, 5, 1.0, 5);
  const std::atomic<bool> stop(true);
  const auto pipeline = Pipeline::fit(spec(), data.set(), 1, WorkContext(nullptr, &stop));
  ASSERT_FALSE(pipeline.ok());
  EXPECT_EQ(pipeline.error().code, ErrorCode::kCancelled);
}

TEST_P(NumberConformance, ClassesAreRefused) {
  const Drawn classes = draw_data(20, 3, 2, 1.0, 5);
  const auto refused = Pipeline::fit(spec(), classes.set(), 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
}

TEST_P(NumberConformance, TextAndJsonGiveTheSamePipelineBack) {
  EXPECT_EQ(spec_of(spec().text(), Goal::kNumber), spec());
  EXPECT_EQ(pipeline_spec_from_json(to_json(spec())).value(), spec());
}

}  // namespace
}  // namespace sleeve
