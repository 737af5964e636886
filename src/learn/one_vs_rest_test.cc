// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

// Column 0 decides label 0, column 1 decides label 1, independently.
struct DrawnLabels {
  Matrix x;
  std::vector<uint8_t> members;
  [[nodiscard]] TrainingSet set() const { return {x, {}, 2, Goal::kLabels, members}; }
};

DrawnLabels draw_labels(size_t rows, uint64_t seed) {
  Rng rng(seed);
  DrawnLabels data{Matrix(rows, 3), {}};
  for (size_t row = 0; row < rows; ++row) {
    for (float& value : data.x.row(row)) value = static_cast<float>(rng.normal(0.0));
    for (size_t label = 0; label < 2; ++label) data.members.push_back(data.x(row, label) > 0.0F ? 1 : 0);
  }
  return data;
}

PipelineSpec labels_spec(const std::string& text) { return parse_pipeline(text, Goal::kLabels).value(); }

TEST(OneVsRest, FindsEachLabelWhateverTheOthersAre) {
  const DrawnLabels test = draw_labels(300, 2);
  for (const char* text : {"logistic", "forest", "svm", "knn"}) {
    const DrawnLabels train = draw_labels(300, 1);
    const Pipeline pipeline = Pipeline::fit(labels_spec(text), train.set(), 1).value();
    const Matrix p = pipeline.outputs(test.x).value();
    ASSERT_EQ(p.columns(), 2U);
    size_t right = 0;
    for (size_t at = 0; at < test.members.size(); ++at) {
      const float share = p(at / 2, at % 2);
      EXPECT_TRUE(share >= 0.0F && share <= 1.0F) << share;
      right += (share > 0.5F) == (test.members[at] != 0) ? 1 : 0;
    }
    EXPECT_GT(static_cast<double>(right) / static_cast<double>(test.members.size()), 0.85) << text;
  }
}

TEST(OneVsRest, IsTheSameAsTheLabelsOneByOne) {
  const DrawnLabels data = draw_labels(80, 3);
  std::vector<int> has(80);
  for (size_t row = 0; row < 80; ++row) has[row] = data.members[row * 2 + 1];
  const Matrix all = Pipeline::fit(labels_spec("logistic"), data.set(), 1).value().outputs(data.x).value();
  const Matrix one = Pipeline::fit(spec_of("logistic"), {data.x, has, 2}, 1).value().outputs(data.x).value();
  for (size_t row = 0; row < 80; ++row) EXPECT_EQ(all(row, 1), one(row, 1));
}

TEST(OneVsRest, LabelsThatAllOrNoneHaveAreCertain) {
  DrawnLabels data = draw_labels(30, 4);
  for (size_t row = 0; row < 30; ++row) {
    data.members[row * 2] = 0;
    data.members[row * 2 + 1] = 1;
  }
  for (const char* text : {"logistic", "forest", "svm", "knn", "majority"}) {
    const Matrix p = Pipeline::fit(labels_spec(text), data.set(), 1).value().outputs(data.x).value();
    for (size_t row = 0; row < 30; ++row) {
      EXPECT_EQ(p(row, 0), 0.0F) << text;
      EXPECT_EQ(p(row, 1), 1.0F) << text;
    }
  }
}

TEST(OneVsRest, LoadedPredictsTheSameBits) {
  const DrawnLabels data = draw_labels(60, 5);
  const Pipeline pipeline = Pipeline::fit(labels_spec("select:k=2 > forest:trees=7"), data.set(), 1).value();
  const Bytes bytes = saved(pipeline);
  ByteReader in(bytes);
  const Pipeline loaded = Pipeline::load(in).value();
  EXPECT_EQ(loaded.spec(), pipeline.spec());
  EXPECT_EQ(loaded.outputs(data.x).value(), pipeline.outputs(data.x).value());
}

TEST(OneVsRest, AnswersThatDontFitAreRefused) {
  DrawnLabels data = draw_labels(10, 6);
  EXPECT_THAT(Pipeline::fit(spec_of("logistic"), data.set(), 1).error().message,
              HasSubstr("answers with a class"));
  data.members[3] = 2;
  EXPECT_THAT(Pipeline::fit(labels_spec("logistic"), data.set(), 1).error().message,
              HasSubstr("row 1, label 1 is 2"));
  data.members.pop_back();
  EXPECT_FALSE(Pipeline::fit(labels_spec("logistic"), data.set(), 1).ok());
}

}  // namespace
}  // namespace sleeve
