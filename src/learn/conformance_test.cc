// SPDX-License-Identifier: Apache-2.0
// What every learner of classes and every transform promises, held against all of both registries.
// conformance_number_test.cc does so for learners of numbers.
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
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

using Pair = std::tuple<std::string, std::string>;  // learner, transform

std::vector<Pair> pairs() {
  std::vector<Pair> result;
  for (const LearnerEntry& entry : learner_registry()) {
    if (entry.goal != Goal::kClass) continue;
    result.emplace_back(entry.name, "none");
    if (reads_categories(entry.name)) continue;  // transforms would make other numbers of them
    for (const TransformEntry& step : transform_registry()) result.emplace_back(entry.name, step.name);
  }
  return result;
}

class Conformance : public testing::TestWithParam<Pair> {
 protected:
  [[nodiscard]] static bool is_for_categories() { return reads_categories(std::get<0>(GetParam())); }
  static Drawn draw(size_t rows, size_t columns, int classes, double signal, uint64_t seed) {
    Drawn data = draw_data(rows, columns, classes, signal, seed);
    data.bag = bag_for(std::get<1>(GetParam()));
    if (is_for_categories()) put_categories(data.x, data.labels, signal, seed);
    return data;
  }
  [[nodiscard]] static PipelineSpec spec() {
    return spec_of(example_of(std::get<1>(GetParam())) + " > " + example_of(std::get<0>(GetParam())));
  }
  static Pipeline fitted(const Drawn& data, uint64_t seed = 1) {
    auto pipeline = Pipeline::fit(spec(), data.set(), seed);
    EXPECT_TRUE(pipeline.ok()) << pipeline.error().message;
    return std::move(pipeline).value();
  }
};

INSTANTIATE_TEST_SUITE_P(Registries, Conformance, testing::ValuesIn(pairs()), [](const auto& pair) {
  return std::get<0>(pair.param) + "_" + std::get<1>(pair.param);
});

TEST_P(Conformance, ProbabilitiesAreSharesThatSumToOne) {
  const Pipeline pipeline = fitted(draw(90, 7, 3, 1.0, 5));
  const Matrix p = pipeline.outputs(draw(40, 7, 3, 1.0, 6).x).value();
  ASSERT_EQ(p.rows(), 40U);
  ASSERT_EQ(p.columns(), 3U);
  for (size_t i = 0; i < p.rows(); ++i) {
    const auto row = p.row(i);
    EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1.0, 1e-6);
    for (const float share : row) EXPECT_TRUE(share >= 0.0F && share <= 1.0F) << share;
  }
}

TEST_P(Conformance, LoadedPredictsAndSavesTheSameBits) {
  const Pipeline pipeline = fitted(draw(90, 7, 3, 1.0, 5));
  const Bytes bytes = saved(pipeline);
  ByteReader in(bytes);
  auto loaded = Pipeline::load(in);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_EQ(loaded->spec(), pipeline.spec());
  EXPECT_EQ(loaded->columns(), 7U);
  EXPECT_EQ(loaded->classes(), 3);
  const Matrix x = draw(50, 7, 3, 1.0, 6).x;
  EXPECT_EQ(loaded->outputs(x).value(), pipeline.outputs(x).value());
  EXPECT_EQ(saved(*loaded), bytes);
}

TEST_P(Conformance, EveryTruncationIsAnError) {
  const Bytes bytes = saved(fitted(draw(12, 3, 2, 1.0, 5)));
  const size_t step = std::max<size_t>(1, bytes.size() / 500);
  for (size_t size = 0; size < bytes.size(); size += step) {
    const std::span<const std::byte> part(bytes.data(), size);
    ByteReader in(part);
    const auto loaded = Pipeline::load(in);
    ASSERT_FALSE(loaded.ok()) << size;
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt) << loaded.error().message;
  }
}

TEST_P(Conformance, DamagedBytesNeverCrash) {
  const Bytes bytes = saved(fitted(draw(12, 3, 2, 1.0, 5)));
  const Matrix x = draw(5, 3, 2, 1.0, 6).x;
  Rng rng(3);
  for (int i = 0; i < 2000; ++i) {
    Bytes damaged = bytes;
    for (int k = 0; k < 2; ++k) {
      damaged[static_cast<size_t>(rng.below(damaged.size()))] = static_cast<std::byte>(rng.below(256));
    }
    ByteReader in(damaged);
    const auto loaded = Pipeline::load(in);
    if (!loaded.ok() || loaded->columns() != 3) continue;
    const auto p = loaded->outputs(x);
    EXPECT_TRUE(!p.ok() || p->rows() == 5U);
  }
}

TEST_P(Conformance, AnAbsentClassHasProbabilityZero) {
  Drawn data = draw(60, 5, 2, 1.0, 5);
  data.classes = 4;
  for (int& label : data.labels) label = label == 0 ? 1 : 3;
  const Matrix p = fitted(data).outputs(draw(30, 5, 2, 1.0, 6).x).value();
  for (size_t i = 0; i < p.rows(); ++i) {
    EXPECT_EQ(p(i, 0), 0.0F);
    EXPECT_EQ(p(i, 2), 0.0F);
    EXPECT_NEAR(p(i, 1) + p(i, 3), 1.0, 1e-6);
  }
}

TEST_P(Conformance, OneRowTeachesItsClass) {
  const Drawn data{Matrix(1, 4), {1}, 3, bag_for(std::get<1>(GetParam()))};
  const Matrix p = fitted(data).outputs(draw(3, 4, 3, 1.0, 6).x).value();
  for (size_t i = 0; i < p.rows(); ++i) EXPECT_EQ(p(i, 1), 1.0F);
}

TEST_P(Conformance, ConstantFeaturesLeaveTheClassShares) {
  Drawn data = draw(40, 3, 2, 1.0, 5);
  for (size_t i = 0; i < 40; ++i) {
    for (float& value : data.x.row(i)) value = is_for_categories() ? 7.0F : 0.1F;
    data.labels[i] = i < 30 ? 0 : 1;
  }
  const Matrix p = fitted(data).outputs(data.x).value();
  for (size_t i = 0; i < p.rows(); ++i) {
    EXPECT_EQ(p(i, 0), p(0, 0));
    if (std::get<0>(GetParam()) == "stratified") continue;  // draws one class for all equal rows
    EXPECT_NEAR(p(i, 0), 0.75, 0.03);
  }
}

TEST_P(Conformance, NotFiniteIsRefusedByRowAndColumn) {
  const Drawn good = draw(20, 3, 2, 1.0, 5);
  const Pipeline pipeline = fitted(good);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    Drawn data = good;
    data.x(7, 2) = bad;
    const auto refused = Pipeline::fit(spec(), data.set(), 1);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
    EXPECT_THAT(refused.error().message, HasSubstr("row 7, column 2"));
    const auto unpredicted = pipeline.outputs(data.x);
    ASSERT_FALSE(unpredicted.ok());
    EXPECT_THAT(unpredicted.error().message, HasSubstr("row 7, column 2"));
  }
}

TEST_P(Conformance, TheLargestFloatsDoNotBreakIt) {
  Drawn data = draw(20, 3, 2, 1.0, 5);
  const size_t column = is_for_categories() ? 1 : 0;
  for (size_t i = 0; i < 20; ++i) data.x(i, column) = i % 2 == 0 ? 3e38F : -3e38F;
  auto pipeline = Pipeline::fit(spec(), data.set(), 1);
  ASSERT_TRUE(pipeline.ok()) << pipeline.error().message;
  const Matrix p = pipeline->outputs(data.x).value();
  for (size_t i = 0; i < p.rows(); ++i) EXPECT_NEAR(p(i, 0) + p(i, 1), 1.0, 1e-6);
}

TEST_P(Conformance, BitsDoNotDependOnThreads) {
  const Drawn data = draw(300, 20, 3, 0.7, 5);
  const Matrix x = draw(200, 20, 3, 0.7, 6).x;
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

TEST_P(Conformance, PlantedSignalIsLearnt) {
  const Drawn test = draw(300, 8, 3, 3.0, 6);
  const Pipeline pipeline = fitted(draw(300, 8, 3, 3.0, 5));
  const double reached = accuracy(test.labels, most_probable(pipeline.outputs(test.x).value()));
  if (std::get<0>(GetParam()) == "majority") {
    EXPECT_NEAR(reached, 1.0 / 3.0, 1e-9);
  } else if (std::get<0>(GetParam()) == "stratified") {
    EXPECT_NEAR(reached, 1.0 / 3.0, 0.1);
  } else {
    // Row normalisation takes away how large a row is, by which classes 1 and 2 differ.
    EXPECT_GT(reached, std::get<1>(GetParam()) == "normalise" ? 0.6 : 0.85);
  }
}

TEST_P(Conformance, ShuffledLabelsStayAtChance) {
  constexpr int kShuffles = 10;
  Drawn train = draw(300, 8, 3, 3.0, 5);
  const Drawn test = draw(300, 8, 3, 3.0, 6);
  Rng rng(4);
  double sum = 0.0;
  for (int i = 0; i < kShuffles; ++i) {
    rng.shuffle(std::span(train.labels));
    sum += accuracy(test.labels, most_probable(fitted(train).outputs(test.x).value()));
  }
  EXPECT_NEAR(sum / kShuffles, 1.0 / 3.0, 0.05);
}

TEST_P(Conformance, StoppedBeforehandIsCancelled) {
  const Drawn data = draw(50, 5, 2, 1.0, 5);
  const std::atomic<bool> stop(true);
  const auto pipeline = Pipeline::fit(spec(), data.set(), 1, WorkContext(nullptr, &stop));
  ASSERT_FALSE(pipeline.ok());
  EXPECT_EQ(pipeline.error().code, ErrorCode::kCancelled);
}

TEST_P(Conformance, AnotherNumberOfColumnsIsRefused) {
  const auto p = fitted(draw(20, 3, 2, 1.0, 5)).outputs(Matrix(2, 4));
  ASSERT_FALSE(p.ok());
  EXPECT_EQ(p.error().code, ErrorCode::kUsage);
}

TEST_P(Conformance, TextAndJsonGiveTheSamePipelineBack) {
  EXPECT_EQ(spec_of(spec().text()), spec());
  EXPECT_EQ(pipeline_spec_from_json(to_json(spec())).value(), spec());
}

TEST(Registries, NamesAreUniqueAndDescribed) {
  std::set<std::pair<std::string_view, std::string_view>> names{{"none", ""}};
  for (const TransformEntry& entry : transform_registry()) {
    EXPECT_TRUE(names.insert({entry.name, ""}).second) << entry.name;
    EXPECT_FALSE(entry.summary.empty());
    EXPECT_TRUE(entry.complete(parse_spec(example_of(entry.name)).value().options).ok());
  }
  for (const LearnerEntry& entry : learner_registry()) {
    EXPECT_FALSE(names.contains({entry.name, ""})) << entry.name << " is a transform";
    EXPECT_TRUE(names.insert({entry.name, name_of(entry.goal)}).second) << entry.name;
    EXPECT_FALSE(entry.summary.empty());
    EXPECT_EQ(entry.complete(Json::object())->size(), entry.options().size());
  }
}

}  // namespace
}  // namespace sleeve
