// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_TEST_DATA_H_
#define SLEEVE_LEARN_TEST_DATA_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/rng.h"
#include "learn/pipeline.h"

// Drawn data for the room's tests.
namespace sleeve {

// Of the bag that `b` is for the transforms that need one: four columns an item.
inline constexpr BagLayout kSmallBag{LocalKind::kSigned, 3};
inline std::optional<BagLayout> bag_for(std::string_view transform) {
  return transform.starts_with("words") ? std::optional(kSmallBag) : std::nullopt;
}

// Two descriptors: `a` has the first two columns, `b` the others.
struct TwoBlocks {
  TwoBlocks(size_t columns, std::optional<BagLayout> bag)
      : blocks{{"a", 0, std::min<size_t>(2, columns), {}},
               {"b", std::min<size_t>(2, columns), columns, bag}} {}
  std::vector<ColumnBlock> blocks;
};
inline std::span<const ColumnBlock> two_blocks(size_t columns, std::optional<BagLayout> bag = {}) {
  const auto make = [](std::optional<BagLayout> its) {
    std::vector<TwoBlocks> result;
    for (size_t width = 0; width <= 64; ++width) result.emplace_back(width, its);
    return result;
  };
  static const std::vector<TwoBlocks> plain = make({});
  static const std::vector<TwoBlocks> bags = make(kSmallBag);
  const std::vector<TwoBlocks>& all = bag ? bags : plain;
  return columns < all.size() ? std::span<const ColumnBlock>(all[columns].blocks)
                              : std::span<const ColumnBlock>();
}

struct Drawn {
  Matrix x;
  std::vector<int> labels;
  int classes = 0;
  std::optional<BagLayout> bag = {};  // of block b
  [[nodiscard]] TrainingSet set() const {
    return {x, labels, classes, Goal::kClass, {}, {}, {}, two_blocks(x.columns(), bag)};
  }
};

// Normal noise; in the first two columns the class shifts the mean by `signal` a class number. A
// third of the columns is mostly zero, as histograms are.
inline Drawn draw_data(size_t rows, size_t columns, int classes, double signal, uint64_t seed) {
  Rng rng(seed);
  Drawn data{Matrix(rows, columns), std::vector<int>(rows), classes};
  for (size_t i = 0; i < rows; ++i) {
    const int label = static_cast<int>(i) % classes;
    data.labels[i] = label;
    for (size_t j = 0; j < columns; ++j) {
      const double shift = j < 2 ? signal * label : 0.0;
      const bool empty = j % 3 == 2 && rng.uniform() < 0.8;
      data.x(i, j) = empty ? 0.0F : static_cast<float>(rng.normal(shift));
    }
  }
  return data;
}

// The same with a number to learn: it follows from the first two columns, `signal` times as much as
// noise does.
struct DrawnNumbers {
  Matrix x;
  std::vector<float> values;
  std::optional<BagLayout> bag = {};  // of block b
  [[nodiscard]] TrainingSet set() const {
    return {x, {}, 1, Goal::kNumber, {}, values, {}, two_blocks(x.columns(), bag)};
  }
};

inline DrawnNumbers draw_numbers(size_t rows, size_t columns, double signal, uint64_t seed) {
  Rng rng(mix_seed(seed, 1));
  DrawnNumbers data{draw_data(rows, columns, 1, 0.0, seed).x, {}};
  for (size_t i = 0; i < rows; ++i) {
    const double sum = static_cast<double>(data.x(i, 0)) + static_cast<double>(data.x(i, 1));
    data.values.push_back(static_cast<float>(50.0 + 5.0 * (signal * sum + rng.normal())));
  }
  return data;
}

// What stands for a transform or learner in tests of all of them: its name, with options where it can't do
// without, or is slower than a test should be.
inline std::string example_of(std::string_view name, Goal goal = Goal::kClass) {
  if (name == "only") return "only:blocks=a+b";
  if (name == "project") return "project:columns=2:blocks=b";
  if (name == "weight") return "weight:blocks=(a*1+b*0.5)";
  if (name == "nystroem") return "nystroem:components=48";  // 256 columns would only take longer
  if (goal == Goal::kClass && name == "vote") return "vote:of=(logistic|forest:trees=10):weights=(2|1)";
  if (goal == Goal::kClass && name == "stack") return "stack:of=(logistic|forest:trees=10):folds=3";
  if (goal == Goal::kNumber && name == "vote") return "vote:of=(ridge|forest:trees=10)";
  if (goal == Goal::kNumber && name == "stack") return "stack:of=(ridge|forest:trees=10):folds=3";
  return std::string(name);
}

// Learners whose column 0 is the number of a category.
inline bool reads_categories(std::string_view learner) { return learner.starts_with("group_"); }

// Category numbers into column 0: of three that mostly hold one label each if there is a signal, at random
// otherwise.
inline void put_categories(Matrix& x, std::span<const int> labels, double signal, uint64_t seed) {
  Rng rng(mix_seed(seed, 2));
  for (size_t i = 0; i < x.rows(); ++i) {
    const bool tells = signal > 0.0 && rng.uniform() < 0.95;
    x(i, 0) = static_cast<float>((tells ? labels[i] : static_cast<int>(rng.below(3))) * 10 + 4);
  }
}

inline double accuracy(const std::vector<int>& truth, const std::vector<int>& predicted) {
  size_t right = 0;
  for (size_t i = 0; i < truth.size(); ++i) right += truth[i] == predicted[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(truth.size());
}

// R²: 1 for the truth, 0 for its mean.
inline double variance_explained(std::span<const float> truth, const Matrix& predicted) {
  double mean = 0.0;
  for (const float value : truth) mean += static_cast<double>(value) / static_cast<double>(truth.size());
  double left = 0.0;
  double all = 0.0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const double error = static_cast<double>(truth[i]) - static_cast<double>(predicted(i, 0));
    left += error * error;
    all += (static_cast<double>(truth[i]) - mean) * (static_cast<double>(truth[i]) - mean);
  }
  return 1.0 - left / all;
}

inline PipelineSpec spec_of(const std::string& text, Goal goal = Goal::kClass) {
  Result<PipelineSpec> spec = parse_pipeline(text, goal);
  EXPECT_TRUE(spec.ok()) << text << ": " << (spec.ok() ? "" : spec.error().message);
  return spec.ok() ? *spec : PipelineSpec{};
}

inline Bytes saved(const Pipeline& pipeline) {
  ByteWriter out;
  pipeline.save(out);
  return out.take();
}

inline Matrix matrix_of(const Json& rows) {
  Matrix x(rows.size(), rows.at(0).size());
  for (size_t i = 0; i < x.rows(); ++i) {
    for (size_t j = 0; j < x.columns(); ++j) x(i, j) = rows[i][j].get<float>();
  }
  return x;
}

// What scikit-learn made of some data: tests/golden/make_NAME.py.
inline Json golden(const std::string& name) {
  const auto text = read_text_file(SLEEVE_SOURCE_DIR "/tests/golden/" + name + ".json");
  EXPECT_TRUE(text.ok()) << name;
  auto json = parse_json(text.ok() ? *text : "{}");
  EXPECT_TRUE(json.ok()) << name;
  return json.ok() ? *json : Json::object();
}
inline Json golden_learners() { return golden("learners"); }

// The training and test rows of one of kernels.json's sets.
struct GoldenSplit {
  explicit GoldenSplit(const Json& set) {
    const Matrix x = matrix_of(set["x"]);
    const auto labels = set["labels"].get<std::vector<int>>();
    const auto rows = set["train_rows"].get<size_t>();
    std::vector<size_t> early;
    std::vector<size_t> late;
    for (size_t i = 0; i < x.rows(); ++i) (i < rows ? early : late).push_back(i);
    train = {x.select(early),
             {labels.begin(), labels.begin() + static_cast<ptrdiff_t>(rows)},
             set["classes"].get<int>()};
    test = x.select(late);
  }
  Drawn train;
  Matrix test;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_TEST_DATA_H_
