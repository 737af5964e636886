// SPDX-License-Identifier: Apache-2.0
#include "eval/grid.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<Grid> parsed(const std::string& text, std::optional<RandomDraw> draw = {}) {
  return parse_grid(parse_json(text).value(), "none>svm", Goal::kClass, draw);
}

std::vector<std::string> texts(const CandidateSet& set) {
  std::vector<std::string> result;
  for (const PipelineSpec& spec : set.pipelines) result.push_back(spec.text());
  return result;
}

TEST(Grid, GivesEveryCombinationTheLastOptionFastest) {
  const Grid grid =
      parsed(R"({"pipeline": "forest", "grid": {"trees": [10, 20], "max_features": ["log2", 5]}})").value();
  EXPECT_THAT(texts(grid.sets[0]),
              ElementsAre("forest:trees=10:max_features=log2", "forest:trees=10:max_features=5",
                          "forest:trees=20:max_features=log2", "forest:trees=20:max_features=5"));
}

TEST(Grid, RangesAreSteppedThroughAndTransformsNamedByTheirName) {
  const Grid grid = parsed(R"({"pipeline": "pca>svm", "grid": {"pca.components": [5],
    "c": {"from": 0.01, "to": 100, "steps": 3, "scale": "log"}}})")
                        .value();
  EXPECT_THAT(texts(grid.sets[0]), ElementsAre("pca:components=5 > svm:c=0.01", "pca:components=5 > svm",
                                               "pca:components=5 > svm:c=100.0"));
}

TEST(Grid, TheModelStandsWhereNoneIsNamed) {
  EXPECT_THAT(texts(parsed(R"({"grid": {"c": [2]}})")->sets[0]), ElementsAre("svm:c=2.0"));
}

TEST(Grid, RandomDrawsAreDifferentInsideTheRangeAndRepeatable) {
  const std::string text =
      R"({"grid": {"c": {"from": 0.1, "to": 10, "scale": "log"}, "kernel": ["rbf", "linear"]}})";
  EXPECT_THAT(parsed(text).error().message, HasSubstr("a range needs 'steps', or a random search"));
  const auto once = texts(parsed(text, RandomDraw{20, 1})->sets[0]);
  EXPECT_EQ(std::set<std::string>(once.begin(), once.end()).size(), 20U);
  EXPECT_EQ(texts(parsed(text, RandomDraw{20, 1})->sets[0]), once);
  EXPECT_NE(texts(parsed(text, RandomDraw{20, 2})->sets[0]), once);
  // A grid of four points has no more than four.
  EXPECT_EQ(parsed(R"({"grid": {"c": [1, 2], "kernel": ["rbf", "linear"]}})", RandomDraw{20, 1})
                ->sets[0]
                .pipelines.size(),
            4U);
}

TEST(Grid, ThePresetsAreTheOriginals) {
  for (const std::string& name : grid_preset_names()) {
    const Json json = grid_preset(name).value();
    const Goal goal = name == "ridge" ? Goal::kNumber : Goal::kClass;
    const auto grid = parse_grid(json, name, goal, {});
    ASSERT_TRUE(grid.ok()) << name << ": " << grid.error().message;
  }
  const Grid whole = parse_grid(grid_preset("original").value(), "svm", Goal::kClass, {}).value();
  ASSERT_EQ(whole.sets.size(), 3U);
  EXPECT_EQ(whole.sets[0].pipelines.size(), 4U);
  EXPECT_EQ(whole.sets[1].pipelines.size(), 15U);
  EXPECT_EQ(whole.sets[2].pipelines.size(), 6U);
  EXPECT_EQ(whole.sets[1].repeats, 3);
  EXPECT_EQ(whole.final_pipeline->text(), "forest:trees=1000:max_features=log2");
  EXPECT_THAT(grid_preset("original-tree").error().message, HasSubstr("original-forest"));
}

TEST(Grid, WrongOnesSayWhatIsWrong) {
  const auto error = [](const std::string& text) { return parsed(text).error().message; };
  EXPECT_THAT(error(R"([])"), HasSubstr("must be a JSON object"));
  EXPECT_THAT(error(R"({"grids": {}})"), HasSubstr("'grid'"));
  EXPECT_THAT(error(R"({"grid": {}})"), HasSubstr("option names with their values"));
  EXPECT_THAT(error(R"({"grid": {"cost": [1]}})"), HasSubstr("cost"));
  EXPECT_THAT(error(R"({"grid": {"c": [-1]}})"), HasSubstr("c"));
  EXPECT_THAT(error(R"({"grid": {"c": []}})"), HasSubstr("a list of values"));
  EXPECT_THAT(error(R"({"grid": {"pca.components": [3]}})"), HasSubstr("no transform 'pca'"));
  EXPECT_THAT(error(R"({"grid": {"c": {"from": 2, "to": 1, "steps": 3}}})"), HasSubstr("below"));
  EXPECT_THAT(error(R"({"grid": {"c": {"from": 0, "to": 1, "steps": 3, "scale": "log"}}})"),
              HasSubstr("above 0"));
  EXPECT_THAT(error(R"({"pipelines": ["svm"], "grid": {"c": [1]}})"), HasSubstr("either"));
  EXPECT_THAT(error(R"({"pipelines": ["nonsense"]})"), HasSubstr("nonsense"));
  EXPECT_THAT(error(R"({"grid": {"c": {"from": 1, "to": 2, "steps": 100000},
                                 "coef0": {"from": 1, "to": 2, "steps": 100000}}})"),
              HasSubstr("more than 100000"));
}

}  // namespace
}  // namespace sleeve
