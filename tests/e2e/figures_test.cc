// SPDX-License-Identifier: Apache-2.0
// Pictures of results: what commands draw, and what they refuse to draw before the work begins.
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <opencv2/imgcodecs.hpp>

#include "e2e/sandbox.h"

namespace sleeve {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Figures : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "6", "--albums", "2", "--side", "64"});
    ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  }
};

TEST_F(Figures, CrossvalDrawsItsModels) {
  const Outcome outcome =
      sleeve({"crossval", "--folds", "3", "--models", "knn,forest:trees=20", "--plot", "models.svg",
              "--reliability", "sure.PNG", "--confusion", "confusion.svg", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json report = outcome.json();
  const std::string svg = read("models.svg");
  EXPECT_THAT(svg, StartsWith("<?xml"));
  for (const Json& result : report["results"]) {
    if (result["pipeline"] == "majority") continue;
    EXPECT_THAT(svg, HasSubstr(">" + result["pipeline"].get<std::string>() + "<"));
    EXPECT_THAT(
        svg, HasSubstr(">" + fmt::format("{:.3f} ({:.3f})", result["folds"]["accuracy"]["mean"].get<double>(),
                                         result["folds"]["accuracy"]["deviation"].get<double>())));
  }
  EXPECT_FALSE(cv::imread(at("sure.PNG").native()).empty());
  EXPECT_THAT(read("confusion.svg"), HasSubstr("predicted"));
  EXPECT_THAT(outcome.errors, HasSubstr("figure written to models.svg"));
}

TEST_F(Figures, TheSameReportGivesTheSamePicture) {
  for (const std::string name : {"a", "b"}) {
    ASSERT_EQ(sleeve({"crossval", "--folds", "3", "--models", "knn", "--plot", name + ".png", "--threads",
                      name == "a" ? "1" : "4"})
                  .status,
              0);
  }
  EXPECT_EQ(read("a.png"), read("b.png"));
}

TEST_F(Figures, ReliabilityBinsStandInTheJson) {
  const Json report = sleeve({"train", "--model", "knn", "--out", "m.sleeve", "--json", "--reliability",
                              "r.svg", "--confusion", "c.png"})
                          .json();
  int64_t rows = 0;
  double error = 0;
  for (const Json& bin : report["test"]["reliability"]) {
    rows += bin["rows"].get<int64_t>();
    error +=
        bin["rows"].get<double>() * std::abs(bin["accuracy"].get<double>() - bin["confidence"].get<double>());
  }
  EXPECT_EQ(report["test"]["reliability"].size(), 10U);
  EXPECT_EQ(rows, report["test"]["rows"].get<int64_t>());
  EXPECT_NEAR(error / static_cast<double>(rows), report["test"]["calibration_error"]["value"].get<double>(),
              1e-9);
  EXPECT_THAT(read("r.svg"), HasSubstr("calibration error"));
}

TEST_F(Figures, OtherEndingsAreRefusedBeforeAnythingIsDone) {
  for (const std::string option : {"--plot", "--reliability", "--confusion"}) {
    const Outcome outcome =
        sleeve({"crossval", "--folds", "3", "--models", "majority", option, "models.pdf"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.errors, HasSubstr(option));
    EXPECT_THAT(outcome.errors, HasSubstr(".svg or .png"));
  }
  EXPECT_EQ(sleeve({"crossval", "--plot", "a.svg", "--reliability", "a.svg"}).status, 2)
      << "one file for two";
  EXPECT_EQ(sleeve({"crossval", "--plot", "no/folder/a.svg"}).status, 1);
  EXPECT_THAT(sleeve({"runs", "list"}).output, HasSubstr("no runs yet"));
}

TEST_F(Figures, MetricsChooseTheColumns) {
  const Outcome outcome = sleeve({"crossval", "--folds", "3", "--models", "knn", "--metrics",
                                  "mcc, log_loss,roc_auc_ovr", "--plot", "mcc.svg"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("MCC [95 %]  log loss  ROC AUC ovr  training accuracy"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("macro-F1")));
  EXPECT_THAT(read("mcc.svg"), HasSubstr("Matthews&#39; correlation of each fold"));
  const Outcome refused = sleeve({"crossval", "--metrics", "acuracy"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("did you mean 'accuracy'?"));
  EXPECT_THAT(sleeve({"crossval", "--folds", "3", "--models", "knn"}).output,
              HasSubstr("log loss  calibration error  training accuracy"));
}

TEST_F(Figures, ShowTellsAndDrawsWhatDescriptorsSee) {
  const std::filesystem::path cover = at("demo/covers/images/ember-artist-01-album-1.jpg");
  const Outcome outcome = sleeve(
      {"show", cover.string(), "--features", "palette:colours=3+colour", "--out", "seen.svg", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json report = outcome.json();
  EXPECT_EQ(report["width"], 64);
  EXPECT_EQ(report["descriptors"][0]["values"].size(), 13U);
  EXPECT_EQ(report["descriptors"][0]["values"][0]["name"], "colour 1 share");
  EXPECT_EQ(report["written"], "seen.svg");
  EXPECT_THAT(read("seen.svg"), HasSubstr("palette:colours=3"));
  EXPECT_EQ(sleeve({"show", cover.string(), "--features", "hog", "--out", "seen.png"}).status, 0);
  EXPECT_FALSE(cv::imread(at("seen.png").string()).empty());
  const Outcome text = sleeve({"show", cover.string(), "--features", "colour"});
  EXPECT_THAT(text.output, HasSubstr("colourfulness"));
  EXPECT_THAT(text.output, HasSubstr("and 76 more"));
}

TEST_F(Figures, ShowRefusesWhatItCannotDo) {
  const Outcome ending = sleeve({"show", "nothing.jpg", "--out", "seen.pdf"});
  EXPECT_EQ(ending.status, 2);
  EXPECT_THAT(ending.errors, HasSubstr("--out"));
  const Outcome unknown = sleeve({"show", "nothing.jpg", "--features", "palete"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("did you mean 'palette'?"));
  const Outcome missing = sleeve({"show", "nothing.jpg", "--features", "hsv"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.errors, HasSubstr("nothing.jpg"));
}

}  // namespace
}  // namespace sleeve
