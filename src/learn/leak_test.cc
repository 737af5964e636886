// SPDX-License-Identifier: Apache-2.0
// Nothing leaks through fitting: for every transform of the registry, features that help only if it was
// fitted on the test rows as well stay at chance through Pipeline, and a cheat that fits it on them shows
// that they would help.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

struct Halves {
  Drawn train;
  Drawn test;
};

// Block `a` knows the class in all rows; block `b` is noise, small in the training rows and large in the test
// rows. Whoever learnt its size from the training rows only hears nothing but noise in the test rows; whoever
// saw them, too, makes the noise small.
Halves draw_swelling(double size) {
  const auto draw = [](size_t rows, double noise, uint64_t seed) {
    Rng rng(seed);
    Drawn data{Matrix(rows, 3), std::vector<int>(rows), 2};
    for (size_t i = 0; i < rows; ++i) {
      data.labels[i] = static_cast<int>(i % 2);
      for (size_t j = 0; j < 2; ++j)
        data.x(i, j) = static_cast<float>(rng.normal(2.0 * data.labels[i] - 1.0, 0.2));
      data.x(i, 2) = static_cast<float>(rng.normal(0.0, noise));
    }
    return data;
  };
  return {draw(60, 1.0, 1), draw(240, size, 2)};
}

// 2,000 columns of noise. Of all rows' labels some columns know by chance.
Halves draw_noise() {
  const auto draw = [](uint64_t seed) {
    Rng rng(seed);
    Drawn data{Matrix(60, 2000), std::vector<int>(60), 2};
    for (size_t i = 0; i < 60; ++i) {
      data.labels[i] = static_cast<int>(i % 2);
      for (float& value : data.x.row(i)) value = static_cast<float>(rng.normal());
    }
    return data;
  };
  return {draw(1), draw(2)};
}

// Bags of one local vector. In the training rows it is near to one place, a little to this side or that by
// the class, so that a vocabulary of two words learns the class. In the test rows it is far above or below
// that place by the class, and both are on the second word's side: whoever saw the test rows makes the words
// "above" and "below", which the training rows' vectors are nearer to, too, each to its own.
Halves draw_words() {
  const auto draw = [](size_t rows, int x0, int y0, int x1, int y1) {
    Drawn data{Matrix(rows, 3 + kSmallBag.item()), std::vector<int>(rows), 2, kSmallBag};
    for (size_t i = 0; i < rows; ++i) {
      data.labels[i] = static_cast<int>(i % 2);
      const int x = data.labels[i] == 0 ? x0 : x1;
      const int y = data.labels[i] == 0 ? y0 : y1;
      data.x(i, 2) = 1.0F;  // how many vectors
      const uint8_t bytes[] = {static_cast<uint8_t>(128 + x), static_cast<uint8_t>(128 + y), 255};
      pack_item(kSmallBag, {0.5F, 0.5F, 0.1F}, bytes, data.x.row(i).subspan(3));
    }
    return data;
  };
  return {draw(60, 0, -1, 16, 1), draw(240, 28, -40, 28, 40)};
}

Drawn both(const Halves& halves) {
  Drawn all{Matrix(halves.train.x.rows() + halves.test.x.rows(), halves.train.x.columns()),
            {},
            2,
            halves.train.bag};
  size_t at = 0;
  for (const Drawn* half : {&halves.train, &halves.test}) {
    for (size_t row = 0; row < half->x.rows(); ++row)
      std::ranges::copy(half->x.row(row), all.x.row(at++).begin());
    all.labels.insert(all.labels.end(), half->labels.begin(), half->labels.end());
  }
  return all;
}

struct Trap {
  std::string transform;  // with the options that it needs
  std::string learner;
  Halves halves;
};

// Of every transform that learns anything. One that is new belongs here, or below.
const std::map<std::string_view, Trap>& traps() {
  static const std::map<std::string_view, Trap> all = {
      {"standard", {"standard", "knn", draw_swelling(1000.0)}},
      {"minmax", {"minmax", "knn", draw_swelling(1000.0)}},
      {"robust", {"robust", "knn", draw_swelling(1000.0)}},
      {"balance", {"balance", "knn", draw_swelling(1000.0)}},
      {"pca", {"pca:components=all:whiten=yes", "knn", draw_swelling(1000.0)}},
      {"nystroem", {"nystroem:components=40", "svm:kernel=linear:c=1e6", draw_swelling(30.0)}},
      {"words", {"words:k=2", "knn", draw_words()}},
      {"select", {"select:k=20", "standard > logistic", draw_noise()}},
  };
  return all;
}
// These do the same to a row whatever they were fitted on.
constexpr std::string_view kLearnNothing[] = {"normalise", "sqrt", "only", "weight", "project"};

double reached(const std::string& pipeline, const TrainingSet& train, const Matrix& x,
               const std::vector<int>& truth) {
  const auto fitted = Pipeline::fit(spec_of(pipeline), train, 1);
  EXPECT_TRUE(fitted.ok()) << fitted.error().message;
  return fitted.ok() ? accuracy(truth, most_probable(fitted->outputs(x).value())) : 0.0;
}

class Leak : public testing::TestWithParam<std::string> {};

std::vector<std::string> transform_names() {
  std::vector<std::string> names;
  for (const TransformEntry& entry : transform_registry()) names.emplace_back(entry.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Registry, Leak, testing::ValuesIn(transform_names()),
                         [](const auto& name) { return name.param; });

std::unique_ptr<Transform> made(const std::string& text) {
  const Spec spec = parse_spec(text).value();
  return find_transform(spec.name).value()->make(spec.options).value();
}

TEST_P(Leak, WhatOnlyHelpsWhenFittedOnTestRowsStaysAtChance) {
  if (std::ranges::find(kLearnNothing, GetParam()) != std::end(kLearnNothing)) {
    const Halves halves = draw_swelling(1000.0);
    Bytes bytes;
    for (const Drawn* half : {&halves.train, &halves.test}) {
      const auto transform = made(example_of(GetParam()));
      ASSERT_TRUE(transform->fit(half->set()).ok());
      ByteWriter out;
      transform->save(out);
      EXPECT_TRUE(half == &halves.train || out.bytes() == bytes);
      bytes = out.take();
    }
    return;
  }
  ASSERT_TRUE(traps().contains(GetParam())) << "say in this file how fitting " << GetParam() << " could leak";
  const Trap& trap = traps().at(GetParam());
  const auto& [train, test] = trap.halves;
  EXPECT_NEAR(reached(trap.transform + " > " + trap.learner, train.set(), test.x, test.labels), 0.5, 0.15);
  // The cheat, which there is no way to within a pipeline.
  const auto transform = made(trap.transform);
  const Drawn all = both(trap.halves);
  ASSERT_TRUE(transform->fit(all.set()).ok());
  const Matrix cheated = transform->apply(train.x);
  const TrainingSet cheated_train{cheated, train.labels, 2};
  EXPECT_GT(reached(trap.learner, cheated_train, transform->apply(test.x), test.labels), 0.8);
}

// Stronger, and for whole pipelines: what is answered to a row doesn't depend on the rows beside it.
TEST_P(Leak, AnswersDependOnTheTrainingRowsAndTheRowAlone) {
  Drawn train = draw_data(80, 6, 2, 1.0, 5);
  train.bag = bag_for(GetParam());
  Drawn test = draw_data(20, 6, 2, 1.0, 6);
  const Pipeline pipeline = Pipeline::fit(spec_of(example_of(GetParam()) + " > knn"), train.set(), 1).value();
  const Matrix before = pipeline.outputs(test.x).value();
  for (size_t row = 1; row < 20; ++row) {
    for (float& value : test.x.row(row)) value = 1000.0F * value + 7.0F;
  }
  const Matrix after = pipeline.outputs(test.x).value();
  for (size_t k = 0; k < 2; ++k) EXPECT_EQ(after(0, k), before(0, k));
}

}  // namespace
}  // namespace sleeve
