// SPDX-License-Identifier: Apache-2.0
#include "model/default_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hash.h"

namespace sleeve {
namespace {

// A descriptor whose version was raised makes the shipped model useless: train it again
// (scripts/train-default).
TEST(DefaultModel, IsReadableByThisSleeve) {
  const auto model = default_model();
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->target, "genre");
  EXPECT_THAT(model->class_names, testing::ElementsAre("Country", "Electronic", "HipHop", "Pop", "Rock"));
  EXPECT_TRUE(Extractor::make(model->features).ok());
}

TEST(DefaultModel, IsSmallEnoughToBeShipped) { EXPECT_LT(default_model_bytes().size(), 5U << 20); }

// The scores were measured for this very file, and they are no better than they can be.
TEST(DefaultModel, ScoresBelongToIt) {
  const Json scores = default_model_scores();
  EXPECT_EQ(scores["model_sha256"].get<std::string>(), sha256(default_model_bytes()).hex());
  for (const char* name : {"accuracy", "macro_f1", "baseline_accuracy"}) {
    SCOPED_TRACE(name);
    const Json& score = scores[name];
    EXPECT_LT(score["low"].get<double>(), score["value"].get<double>());
    EXPECT_LT(score["value"].get<double>(), score["high"].get<double>());
  }
  EXPECT_LT(scores["baseline_accuracy"]["high"].get<double>(), scores["accuracy"]["low"].get<double>());
}

TEST(DefaultModel, IsWhatItsScriptMakes) {
  const auto script = read_text_file(std::filesystem::path(SLEEVE_SOURCE_DIR) / "scripts/train-default");
  ASSERT_TRUE(script.ok()) << script.error().message;
  const auto features = default_model_scores()["features"].get<std::string>();
  EXPECT_THAT(*script, testing::HasSubstr("FEATURES = \"" + features + "\""));
}

}  // namespace
}  // namespace sleeve
