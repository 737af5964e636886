// SPDX-License-Identifier: Apache-2.0
// Popularity as a number, and several genres of one cover: the same way through every command.
#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "base/csv.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

// Each cover under its genre and what that belongs to; its popularity follows its genre, and the playlist it
// was found in follows it half of the time.
class Goals : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "8", "--albums", "3", "--side", "64"});
    const CsvTable table = parse_csv(read("demo/covers/manifest.csv")).value();
    const auto field = [&](const CsvRow& row, const char* name) { return row.fields[*table.column(name)]; };
    std::string text = "file,genre,artist,title,popularity,collection\n";
    for (size_t i = 0; i < table.rows.size(); ++i) {
      const CsvRow& row = table.rows[i];
      const std::string genre = field(row, "genre");
      const bool warm = genre == "ember" || genre == "meadow";
      const int base = genre == "ember" ? 20 : genre == "meadow" ? 40 : genre == "glacier" ? 60 : 80;
      text += field(row, "file") + "," + genre + ";" + (warm ? "warm" : "cold") + "," + field(row, "artist") +
              ",t," + std::to_string(base + static_cast<int>(i % 7)) + "," +
              (i % 2 == 0 ? "mixed" : "list of " + genre) + "\n";
    }
    write("demo/covers/goals.csv", text);
    ASSERT_EQ(sleeve({"import", "csv", "demo/covers/goals.csv"}).status, 0);
  }
  static std::vector<std::string> number(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--target", "popularity", "--as", "number"});
    return arguments;
  }
  static std::vector<std::string> genres(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--target", "genres"});
    return arguments;
  }
};

double value(const Json& part, const char* metric) { return part[metric]["value"].get<double>(); }

TEST_F(Goals, ANumberIsLearntBetterThanTheMeanAndItsIntervalHoldsAsOftenAsItSays) {
  const Json trained = report(number({"train", "--model", "forest:trees=60", "--out", "n.sleeve"}));
  EXPECT_EQ(trained["dataset"]["goal"], "number");
  EXPECT_LT(value(trained["test"], "mae"), 0.6 * value(trained["baseline"], "mae"));
  EXPECT_LE(trained["test"]["mae"]["low"].get<double>(), value(trained["test"], "mae"));
  EXPECT_GT(value(trained["test"], "spearman"), 0.5);
  EXPECT_TRUE(trained["baseline"]["spearman"]["value"].is_null()) << "a constant has no ranks";

  // The figures are those of the points.
  const Json& points = trained["points"];
  ASSERT_EQ(points.size(), trained["test"]["rows"].get<size_t>());
  double errors = 0, held = 0;
  for (const Json& point : points) {
    const double error = std::abs(point[0].get<double>() - point[1].get<double>());
    errors += error;
    held += error <= trained["interval"]["half_width"].get<double>() ? 1 : 0;
  }
  const auto rows = static_cast<double>(points.size());
  EXPECT_NEAR(errors / rows, value(trained["test"], "mae"), 1e-4);
  EXPECT_NEAR(held / rows, value(trained["interval"], "measured"), 1e-9);
  EXPECT_EQ(trained["interval"]["coverage"], 0.9);

  const Json evaluated = report({"evaluate", "n.sleeve"});
  EXPECT_EQ(evaluated["test"], trained["test"]) << "the covers that training held out";
  EXPECT_EQ(evaluated["interval"], trained["interval"]);
  EXPECT_EQ(evaluated["points"], points);
}

TEST_F(Goals, ASavedNumberModelPredictsWithItsInterval) {
  const Json trained = report(number({"train", "--model", "ridge", "--out", "n.sleeve"}));
  const double width = trained["interval"]["half_width"].get<double>();
  const std::string cover = "demo/covers/images/meadow-artist-01-album-1.jpg";
  const Json said = report({"predict", "--model", "n.sleeve", cover});
  const double popularity = said["popularity"].get<double>();
  EXPECT_GE(popularity, 0);
  EXPECT_LE(popularity, 100);
  EXPECT_NEAR(said["interval"][0].get<double>(), std::max(0.0, popularity - width), 0.01);
  EXPECT_NEAR(said["interval"][1].get<double>(), std::min(100.0, popularity + width), 0.01);
  EXPECT_FALSE(said.contains("genre"));
  EXPECT_FALSE(said.contains("probabilities"));
  EXPECT_THAT(sleeve({"predict", "--model", "n.sleeve", cover, "--sheet", "s.png"}).output,
              HasSubstr(": popularity "));
}

TEST_F(Goals, CrossvalOfNumbersHasBothBaselinesAndTheIntervalsCoverage) {
  const Outcome text = sleeve(number({"crossval", "--folds", "3", "--models", "ridge"}));
  for (const char* column : {"MAE", "R²", "Spearman", "90 % interval"})
    EXPECT_THAT(text.output, HasSubstr(column));
  const Json json = report(number({"crossval", "--folds", "3", "--models", "ridge"}));
  ASSERT_EQ(json["results"].size(), 3U);
  EXPECT_EQ(json["results"][0]["pipeline"], "group_mean") << "the mean of the cover's playlist";
  EXPECT_EQ(json["results"][1]["pipeline"], "mean");
  EXPECT_LT(value(json["results"][0]["pooled"], "mae"), value(json["results"][1]["pooled"], "mae"))
      << "playlists follow the popularity";
  for (const Json& result : json["results"]) {
    EXPECT_EQ(result["pooled"]["rows"], 96);
    EXPECT_GE(value(result["interval"], "measured"), 0.8);
    EXPECT_LE(result["interval"]["measured"]["low"].get<double>(), value(result["interval"], "measured"));
  }
  // Without a playlist there is no such baseline.
  ASSERT_EQ(sleeve({"-w", "bare", "import", "csv", "demo/covers/manifest.csv"}).status, 0);
  const Json bare = report(number({"-w", "bare", "crossval", "--folds", "3", "--models", "ridge"}));
  EXPECT_EQ(bare["results"].size(), 2U);
  EXPECT_EQ(bare["results"][0]["pipeline"], "mean");
}

TEST_F(Goals, NumbersAreDrawnAndClassesAreNot) {
  ASSERT_EQ(sleeve(number({"train", "--model", "ridge", "--out", "n.sleeve", "--plot", "then.svg"})).status,
            0);
  EXPECT_THAT(read("then.svg"), HasSubstr("true popularity"));
  ASSERT_EQ(sleeve({"runs", "show", "1", "--plot", "now.svg"}).status, 0);
  EXPECT_EQ(read("now.svg"), read("then.svg"));
  ASSERT_EQ(sleeve({"evaluate", "n.sleeve", "--plot", "points.png"}).status, 0);
  EXPECT_GT(read("points.png").size(), 2000U);
  const Outcome refused =
      sleeve(genres({"train", "--model", "logistic", "--out", "g.sleeve", "--plot", "g.svg"}));
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("--as number"));
  EXPECT_FALSE(std::filesystem::exists(at("g.sleeve"))) << "refused before the work";
}

TEST_F(Goals, AQuantileDividesPopularFromCommon) {
  const Json json = report({"train", "--target", "popularity", "--popular-quantile", "0.75", "--model",
                            "logistic", "--out", "q.sleeve"});
  EXPECT_NEAR(json["dataset"]["classes"]["common"].get<double>(), 72, 6);
  EXPECT_NEAR(json["dataset"]["classes"]["popular"].get<double>(), 24, 6);
  EXPECT_GT(json["dataset"]["popular_above"].get<double>(), 60);
  const Json said = report({"predict", "-m", "q.sleeve", "demo/covers/images/circuit-artist-01-album-1.jpg"});
  EXPECT_TRUE(said.contains("class"));
}

TEST_F(Goals, SeveralGenresAreLearntTogether) {
  const Json trained = report(genres({"train", "--model", "logistic", "--out", "g.sleeve"}));
  EXPECT_EQ(trained["dataset"]["classes"]["warm"], 48) << "counted beside the genre of its own";
  EXPECT_EQ(trained["dataset"]["classes"]["ember"], 24);
  EXPECT_GT(value(trained["test"], "macro_roc_auc"), 0.8);
  EXPECT_NEAR(value(trained["baseline"], "macro_roc_auc"), 0.5, 1e-9);
  EXPECT_EQ(trained["test"]["labels"].size(), 6U);
  EXPECT_EQ(report({"evaluate", "g.sleeve"})["test"], trained["test"]);

  const Json said = report({"predict", "-m", "g.sleeve", "demo/covers/images/ember-artist-01-album-1.jpg"});
  const auto likely = said["genres"].get<std::set<std::string>>();
  double sum = 0;
  for (const auto& [name, p] : said["probabilities"].items()) {
    sum += p.get<double>();
    EXPECT_EQ(likely.contains(name), p.get<double>() >= 0.5) << name;
  }
  EXPECT_GT(sum, 1.2) << "not shares of one: two are true";

  const Json cross = report(genres({"crossval", "--folds", "3", "--models", "logistic"}));
  EXPECT_EQ(cross["results"][0]["pipeline"], "majority");
  EXPECT_GT(value(cross["results"][1]["pooled"], "macro_average_precision"),
            value(cross["results"][0]["pooled"], "macro_average_precision") + 0.2);
}

TEST_F(Goals, OneGenreACoverPointsToSeveral) {
  const Outcome outcome = sleeve({"train", "--model", "logistic", "--out", "m.sleeve"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("--target genres"));
}

TEST_F(Goals, SearchesKnowTheirGoals) {
  const std::string out = "t.sleeve";
  const Json numbers =
      report(number({"tune", "--folds", "3", "--model", "ridge", "--grid",
                     R"({"grid": {"alpha": [0.1, 1000000000]}})", "--out", out, "--plot", "t.svg"}));
  EXPECT_EQ(numbers["metric"], "mae");
  const Json& candidates = numbers["searches"][0]["candidates"];
  EXPECT_LT(candidates[0]["folds"]["mae"]["mean"], candidates[1]["folds"]["mae"]["mean"]) << "small is good";
  EXPECT_THAT(numbers["best"].get<std::string>(), HasSubstr("alpha=0.1"));
  EXPECT_LT(value(numbers["test"], "mae"), value(numbers["baseline"], "mae"));
  EXPECT_TRUE(
      report({"predict", "-m", out, "demo/covers/images/ember-artist-01-album-1.jpg"}).contains("interval"));
  const Json labels = report(genres({"tune", "--folds", "3", "--model", "logistic", "--grid",
                                     R"({"grid": {"c": [0.1, 1]}})", "--nested", "3"}));
  EXPECT_EQ(labels["metric"], "macro_roc_auc");
  EXPECT_GT(value(labels["nested"]["test"], "macro_roc_auc"), 0.8);
}

TEST_F(Goals, RunsAreShownAndRepeatedButNotCompared) {
  report(number({"crossval", "--folds", "3", "--models", "ridge,forest:trees=9"}));
  report(number({"train", "--model", "ridge", "--out", "n.sleeve"}));
  report({"evaluate", "n.sleeve"});
  report(genres({"crossval", "--folds", "3", "--models", "logistic"}));
  report(genres({"train", "--model", "knn", "--out", "g.sleeve"}));
  report(number({"tune", "--folds", "3", "--model", "ridge", "--grid", R"({"grid": {"alpha": [1, 9]}})"}));
  for (int run = 1; run <= 6; ++run) {
    const std::string id = std::to_string(run);
    EXPECT_EQ(sleeve({"runs", "show", id}).status, 0) << run;
    const Outcome again = sleeve({"runs", "repeat", id, "--json"});
    EXPECT_EQ(again.status, 0) << run << again.output << again.errors;
    EXPECT_GT(again.json()["figures"].get<int>(), 20) << run;
  }
  EXPECT_THAT(sleeve({"runs", "list"}).output, HasSubstr("popularity as a number from hog+hsv: 2 of ridge"));
  const Outcome numbers = sleeve({"runs", "compare", "1", "2"});
  EXPECT_EQ(numbers.status, 1);
  EXPECT_THAT(numbers.errors, HasSubstr("run 1 is about popularity as a number"));
  EXPECT_THAT(sleeve({"runs", "compare", "4", "5"}).errors,
              HasSubstr("run 4 is about several genres a cover"));
}

TEST_F(Goals, LearningCurvesOfNumbersAndOfSeveralGenresGrowWithTheCovers) {
  const auto curve = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "curve");
    arguments.insert(arguments.end(), {"--folds", "4", "--steps", "3"});
    return arguments;
  };
  const Json numbers =
      report(number(curve({"--models", "forest:trees=40", "--plot", "n.svg", "--metric", "mae"})));
  const Json& mean = numbers["curves"][0];
  const Json& forest = numbers["curves"][1];
  EXPECT_EQ(mean["pipeline"], "mean");
  ASSERT_EQ(forest["steps"].size(), 3U);
  const auto error = [](const Json& step) { return step["test"]["mae"]["mean"].get<double>(); };
  EXPECT_LT(error(forest["steps"][2]), error(forest["steps"][0]));
  EXPECT_LT(error(forest["steps"][2]), 0.6 * error(mean["steps"][2]));
  EXPECT_GT(forest["steps"][0]["test"]["mae"]["high"].get<double>(), 1) << "errors go beyond 1";
  EXPECT_FALSE(mean["steps"][0]["test"].contains("spearman")) << "a constant has no ranks";
  EXPECT_THAT(read("n.svg"), HasSubstr("Mean absolute error by number of training covers"));
  EXPECT_THAT(read("n.svg"), HasSubstr("always the mean"));
  EXPECT_THAT(sleeve({"runs", "show", "1"}).output, HasSubstr("training MAE"));
  EXPECT_EQ(sleeve({"runs", "repeat", "1"}).status, 0);

  const Json several = report(genres(curve({"--models", "forest:trees=40"})));
  const auto area = [&](size_t model, size_t step) {
    return several["curves"][model]["steps"][step]["test"]["macro_roc_auc"]["mean"].get<double>();
  };
  EXPECT_NEAR(area(0, 2), 0.5, 1e-9) << "the same for every cover";
  EXPECT_GT(area(1, 2), 0.7);
  EXPECT_THAT(sleeve(number({"curve", "--metric", "accuracy"})).errors, HasSubstr("'accuracy' is not known"));
}

TEST_F(Goals, ALearnerOfNumbersSaysHowNumbersAreAskedFor) {
  for (std::vector<std::string> arguments :
       {std::vector<std::string>{"train", "--out", "n.sleeve", "--model"},
        {"crossval", "--models"},
        {"curve", "--models"}}) {
    arguments.insert(arguments.end(), {"ridge", "--target", "popularity"});
    const Outcome refused = sleeve(arguments);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.errors, HasSubstr("'ridge' does not learn a class"));
    EXPECT_THAT(refused.errors, HasSubstr("--as number"));
  }
}

}  // namespace
}  // namespace sleeve
