// SPDX-License-Identifier: Apache-2.0
#include "learn/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string error_of(const std::string& text) {
  const auto spec = parse_pipeline(text);
  EXPECT_FALSE(spec.ok()) << text;
  if (spec.ok()) return {};
  EXPECT_EQ(spec.error().code, ErrorCode::kUsage);
  return spec.error().message;
}

TEST(PipelineSpec, ALearnerAloneTakesItsOwnTransforms) {
  EXPECT_EQ(spec_of("logistic"), spec_of("standard > logistic"));
  EXPECT_NE(spec_of("logistic"), spec_of("none > logistic"));
  EXPECT_TRUE(spec_of("forest").transforms.empty());
}

TEST(PipelineSpec, TextShowsOnlyWhatDiffersFromTheDefault) {
  EXPECT_EQ(spec_of("sqrt>standard>forest:trees=1000").text(), "sqrt > standard > forest:trees=1000");
  EXPECT_EQ(spec_of("forest:trees=100:criterion=gini").text(), "forest");
  EXPECT_EQ(spec_of("none>logistic:c=0.1").text(), "none > logistic:c=0.1");
  EXPECT_EQ(spec_of(" standard >  logistic:c=1 ").text(), "standard > logistic");
}

TEST(PipelineSpec, OptionsAreCompleteAndTyped) {
  const Json options = spec_of("forest:trees=1000:bootstrap=no").learner.options;
  EXPECT_EQ(options["trees"], 1000);
  EXPECT_EQ(options["bootstrap"], false);
  EXPECT_EQ(options["max_features"], "sqrt");
}

TEST(PipelineSpec, MistakesAreNamedWithWhatWasMeant) {
  EXPECT_THAT(error_of("forrest"), HasSubstr("did you mean 'forest'?"));
  EXPECT_THAT(error_of("standart > forest"), HasSubstr("did you mean 'standard'?"));
  EXPECT_THAT(error_of("forest:tree=5"), AllOf(HasSubstr("'tree'"), HasSubstr("did you mean 'trees'?")));
  EXPECT_THAT(error_of("forest:trees=0"), HasSubstr("outside 1 to"));
  EXPECT_THAT(error_of("logistic:c=much"), HasSubstr("not a number"));
  EXPECT_THAT(error_of("forest:max_features=sqr"), HasSubstr("max_features=sqr is none of"));
  EXPECT_THAT(error_of("forest:max_features=-3"), HasSubstr("max_features"));
  EXPECT_THAT(error_of("forest > standard"), HasSubstr("ends with a learner"));
  EXPECT_THAT(error_of("none"), HasSubstr("ends with a learner"));
  EXPECT_THAT(error_of("none > sqrt > forest"), HasSubstr("'none'"));
  EXPECT_THAT(error_of("sqrt:x=1 > forest"), HasSubstr("sqrt: unknown option 'x'"));
  EXPECT_THAT(error_of("forest > logistic"), HasSubstr("unknown transform 'forest'"));
  EXPECT_THAT(error_of("vote(forest|knn)"), HasSubstr("vote:OPTION=VALUE"));
  error_of("");
  error_of("sqrt > ");
  error_of("> forest");
}

TEST(PipelineSpec, JsonOfTheWrongShapeIsAnError) {
  for (const char* text :
       {"[]", "{}", R"({"transforms": [], "learner": 3})", R"({"transforms": 1, "learner": {}})",
        R"({"transforms": [5], "learner": {"name": "forest", "options": {}}})",
        R"({"transforms": [], "learner": {"name": "forest", "options": []}})"}) {
    EXPECT_FALSE(pipeline_spec_from_json(parse_json(text).value()).ok()) << text;
  }
}

TEST(Pipeline, DataThatDoNotFitAreRefused) {
  const Drawn data = draw_data(10, 3, 2, 1.0, 1);
  const PipelineSpec spec = spec_of("majority");
  const auto code_of = [&](const TrainingSet& set) {
    const auto pipeline = Pipeline::fit(spec, set, 1);
    return pipeline.ok() ? "fitted" : name_of(pipeline.error().code);
  };
  const std::vector<int> none;
  const std::vector<int> too_high{0, 1, 2, 0, 0, 0, 0, 0, 0, 0};
  const std::vector<int> negative{0, 1, -1, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(code_of(data.set()), "fitted");
  EXPECT_EQ(code_of({data.x, none, 2}), "usage");
  EXPECT_EQ(code_of({data.x, too_high, 2}), "usage");
  EXPECT_EQ(code_of({data.x, negative, 2}), "usage");
  EXPECT_EQ(code_of({data.x, data.labels, 0}), "usage");
  EXPECT_EQ(code_of({data.x, data.labels, kMaxClasses + 1}), "usage");
  EXPECT_EQ(code_of({Matrix(0, 3), none, 2}), name_of(ErrorCode::kNoData));
  EXPECT_EQ(code_of({Matrix(10, 0), data.labels, 2}), name_of(ErrorCode::kNoData));
}

// A transform fitted on training rows only must not see those that are predicted.
TEST(Pipeline, PredictingLearnsNothingFromTheRowsPredicted) {
  const Drawn data = draw_data(60, 4, 2, 1.0, 1);
  const Pipeline pipeline = Pipeline::fit(spec_of("standard > logistic"), data.set(), 1).value();
  const Matrix together = pipeline.outputs(data.x).value();
  for (size_t row = 0; row < 60; ++row) {
    const std::vector<size_t> alone{row};
    const Matrix p = pipeline.outputs(data.x.select(alone)).value();
    EXPECT_FLOAT_EQ(p(0, 1), together(row, 1));
  }
}

TEST(Pipeline, ANewerFormatIsUnsupportedNotCorrupt) {
  ByteWriter out;
  out.put<uint32_t>(4);
  ByteReader in(out.bytes());
  EXPECT_EQ(Pipeline::load(in).error().code, ErrorCode::kUnsupported);
}

// Formats 1 and 2 held principal components in doubles.
TEST(Pipeline, WhatAnEarlierFormatHoldsPredictsTheSame) {
  const Drawn data = draw_data(60, 6, 2, 1.0, 1);
  for (const char* text : {"pca:components=3 > logistic", "pca:components=3 > logistic > calibrate"}) {
    SCOPED_TRACE(text);
    const Pipeline pipeline = Pipeline::fit(spec_of(text), data.set(), 1).value();
    const Bytes bytes = saved(pipeline);
    ByteReader in(bytes);
    ByteWriter out;
    ASSERT_EQ(in.get<uint32_t>().value(), 3U);
    out.put<uint32_t>(pipeline.spec().calibration ? 2 : 1);
    out.put_text(in.get_text().value());
    out.put(in.get<uint64_t>().value());
    out.put(in.get<int32_t>().value());
    out.put_array(in.get_array<double>().value());  // means
    const auto components = in.get_array<float>().value();
    out.put_array(std::vector<double>(components.begin(), components.end()));
    out.put_bytes(in.get_bytes(in.remaining()).value());
    ByteReader earlier(out.bytes());
    const auto loaded = Pipeline::load(earlier);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(earlier.remaining(), 0U);
    EXPECT_EQ(loaded->outputs(data.x).value(), pipeline.outputs(data.x).value());
  }
}

TEST(Pipeline, ALearnerOfALaterSleeveIsUnsupported) {
  ByteWriter out;
  out.put<uint32_t>(1);
  out.put_text(R"({"transforms": [], "learner": {"name": "oracle", "options": {}}})");
  ByteReader in(out.bytes());
  const auto loaded = Pipeline::load(in);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(loaded.error().message, HasSubstr("oracle"));
}

TEST(MostProbable, TheLowestClassWinsATie) {
  Matrix p(2, 3);
  p(0, 1) = p(0, 2) = 0.5F;
  p(1, 2) = 1.0F;
  EXPECT_EQ(most_probable(p), (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace sleeve
