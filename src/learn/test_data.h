// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_TEST_DATA_H_
#define SLEEVE_LEARN_TEST_DATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/rng.h"
#include "learn/pipeline.h"

// Drawn data for the room's tests.
namespace sleeve {

struct Drawn {
  Matrix x;
  std::vector<int> labels;
  int classes = 0;
  [[nodiscard]] TrainingSet set() const { return {x, labels, classes}; }
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

inline double accuracy(const std::vector<int>& truth, const std::vector<int>& predicted) {
  size_t right = 0;
  for (size_t i = 0; i < truth.size(); ++i) right += truth[i] == predicted[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(truth.size());
}

inline PipelineSpec spec_of(const std::string& text) {
  Result<PipelineSpec> spec = parse_pipeline(text);
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
