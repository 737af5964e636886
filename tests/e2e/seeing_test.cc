// SPDX-License-Identifier: Apache-2.0
// Bags of visual words and altered copies of covers, through all the commands that know them.
#include <gmock/gmock.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "base/rng.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

class Seeing : public Sandbox {
 protected:
  // Two genres whose covers have grounds of coarse checks or of thin stripes, with grain.
  void draw_textures() {
    Rng rng(5);
    for (int i = 0; i < 24; ++i) {
      cv::Mat cover(64, 64, CV_8UC3);
      const int shift = static_cast<int>(rng.below(16));
      for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x) {
          const bool light =
              i % 2 == 0 ? ((x + shift) / 8 + (y + shift) / 8) % 2 == 0 : (x + y + shift) / 3 % 2 == 0;
          const auto grain = static_cast<uint8_t>(rng.below(30));
          cover.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<uint8_t>((light ? 200 : 60) + grain));
        }
      }
      save("textures", i, cover);
    }
  }
  // Two genres that differ in where a wedge points; all covers of a folder point the same way, or the other.
  void draw_wedges(const std::string& folder, bool mirrored, uint64_t seed) {
    Rng rng(seed);
    for (int i = 0; i < 24; ++i) {
      cv::Mat cover(64, 64, CV_8UC3);
      for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x) {
          const int right = mirrored ? 63 - x : x;
          const bool inside = i % 2 == 0 ? right > y : right + y > 63;
          const auto grain = static_cast<uint8_t>(rng.below(60));
          cover.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<uint8_t>((inside ? 180 : 20) + grain));
        }
      }
      save(folder, i, cover);
    }
  }
  void save(const std::string& folder, int i, const cv::Mat& cover) {
    const auto genre = at(folder) / (i % 2 == 0 ? "Ambient" : "Blues");
    std::filesystem::create_directories(genre);
    ASSERT_TRUE(cv::imwrite((genre / ("cover" + std::to_string(i) + ".png")).string(), cover));
  }
};

TEST_F(Seeing, WordsAreLearntPredictedAndRepeated) {
  draw_textures();
  ASSERT_EQ(sleeve({"import", "folder", "textures"}).status, 0);
  const std::vector<std::string> features = {"--features", "hsv+dense_sift:grid=4"};
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), features.begin(), features.end());
    return arguments;
  };
  const Outcome refused = sleeve(with({"crossval", "--folds", "3", "--models", "svm"}));
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("words > svm"));
  const Json crossval = report(with({"crossval", "--folds", "3", "--models", "words:k=8>balance>svm"}));
  EXPECT_GT(crossval["results"][1]["pooled"]["accuracy"]["value"], 0.9);
  EXPECT_TRUE(report({"runs", "repeat", std::to_string(crossval["run"].get<int>())})["same"]);
  report(with({"train", "--model", "words:k=8:encoding=fisher>balance>svm", "--out", "model.sleeve"}));
  const Outcome predicted = sleeve({"predict", "--model", "model.sleeve", "--json", "textures/Blues"});
  EXPECT_EQ(predicted.status, 0);
  EXPECT_THAT(predicted.output, HasSubstr("\"genre\":\"Blues\""));
}

TEST_F(Seeing, FlipsHelpWhereOrientationIsNoise) {
  draw_wedges("left", false, 1);
  draw_wedges("right", true, 2);
  ASSERT_EQ(sleeve({"import", "folder", "left"}).status, 0);
  ASSERT_EQ(sleeve({"-w", "other", "import", "folder", "right"}).status, 0);
  const std::string flips =
      ":flip=1:crop=0:rotate=0:brightness=0:contrast=0:saturation=0:hue=0:blur=0:jpeg=100";
  const auto reached = [&](const std::vector<std::string>& more) {
    std::vector<std::string> train = {"train",       "--features", "hog",   "--model",     "knn:k=1",
                                      "--test-size", "0",          "--out", "wedge.sleeve"};
    train.insert(train.end(), more.begin(), more.end());
    report(train);
    return report({"-w", "other", "evaluate", "wedge.sleeve"})["test"]["accuracy"]["value"].get<double>();
  };
  EXPECT_LT(reached({}), 0.2);
  EXPECT_GT(reached({"--augment", "1" + flips}), 0.95);
}

TEST_F(Seeing, CopiesAreExtractedUsedAndRecorded) {
  draw_textures();
  ASSERT_EQ(sleeve({"import", "folder", "textures"}).status, 0);
  const std::vector<std::string> protocol = {"crossval", "--features", "hog",     "--folds",
                                             "3",        "--models",   "logistic"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), protocol.begin(), protocol.end());
    return more;
  };
  const Json plain = report(protocol);
  EXPECT_FALSE(plain.contains("augmentation"));
  const Json extracted = report({"extract", "--features", "hog", "--augment", "2:rotate=3"});
  EXPECT_EQ(extracted["copies"], 2);
  EXPECT_EQ(extracted["done"], 48) << "two copies of 24 covers; the covers themselves were there";
  const Json copies = report(with({"--augment", "2:rotate=3", "--tta", "2"}));
  EXPECT_EQ(copies["augmentation"]["train"], 2);
  EXPECT_EQ(copies["augmentation"]["options"]["rotate"], 3.0);
  EXPECT_EQ(copies["folds_fingerprint"], plain["folds_fingerprint"]);
  EXPECT_NE(copies["results"][1]["pooled"], plain["results"][1]["pooled"]);
  EXPECT_EQ(copies["results"][0]["pooled"], plain["results"][0]["pooled"])
      << "the baseline learns nothing more";
  EXPECT_TRUE(report({"runs", "repeat", std::to_string(copies["run"].get<int>())})["same"]);
  // Without copies everything is as it was.
  const Json again = report(with({"--augment", "0", "--tta", "0"}));
  EXPECT_EQ(again["results"], plain["results"]);
}

TEST_F(Seeing, AModelAnswersAsItWasJudged) {
  draw_textures();
  ASSERT_EQ(sleeve({"import", "folder", "textures"}).status, 0);
  report({"train", "--features", "hog", "--model", "logistic", "--tta", "3", "--out", "m.sleeve"});
  const auto predictions = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"predict", "--model", "m.sleeve", "--json", "textures/Blues"});
    const Outcome outcome = sleeve(more);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return outcome.output;
  };
  EXPECT_EQ(predictions({}), predictions({"--tta", "3"}));
  EXPECT_NE(predictions({}), predictions({"--tta", "0"}));
  EXPECT_EQ(report({"evaluate", "m.sleeve"})["augmentation"]["test"], 3);
  EXPECT_FALSE(report({"evaluate", "m.sleeve", "--tta", "0"}).contains("augmentation"));
  EXPECT_EQ(sleeve({"crossval", "--augment", "many"}).status, 2);
}

}  // namespace
}  // namespace sleeve
