// SPDX-License-Identifier: Apache-2.0
// The generator as oracle: a planted signal is learnt up to its known ceiling, labels without any
// signal score as chance does, and a signal that only a leak can use is exposed.
#include <gmock/gmock.h>

#include "base/csv.h"
#include "base/rng.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

class Oracle : public Sandbox {
 protected:
  void make(std::vector<std::string> options) {
    options.insert(options.end(), {"--artists", "20", "--albums", "4", "--side", "100"});
    draw("demo", options);
  }
  void import(const std::string& manifest = "demo/covers/manifest.csv") {
    ASSERT_EQ(sleeve({"import", "csv", manifest, "--root", "demo/covers"}).status, 0);
  }
  // The pooled scores of one forest.
  Json scores(const std::string& split, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"crossval", "--folds", "5", "--split", split, "--models",
                               "forest:trees=200:max_features=log2", "--json"});
    const Outcome outcome = sleeve(more);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    report_ = outcome.json();
    return report_["results"][1]["pooled"];
  }
  Json report_;
};

TEST_F(Oracle, PlantedSignalIsLearntNearItsCeiling) {
  make({"--genre-signal", "0.8"});  // no classifier can expect more than 0.85
  import();
  const Json pooled = scores("grouped");
  EXPECT_GT(pooled["macro_f1"]["value"], 0.75);
  EXPECT_LT(pooled["macro_f1"]["low"], 0.85) << "better than possible: something leaks";
}

TEST_F(Oracle, ShuffledLabelsScoreAsChanceDoes) {
  make({});
  auto table = parse_csv(read("demo/covers/manifest.csv")).value();
  const size_t genre = *table.column("genre");
  double sum = 0;
  int holds_chance = 0;
  for (const uint64_t seed : {1, 2, 3}) {
    // The same covers and artists, the genres dealt out anew.
    std::vector<std::string> genres;
    for (const CsvRow& row : table.rows) genres.push_back(row.fields[genre]);
    Rng(seed).shuffle(std::span(genres));
    std::string text = csv_line(table.columns);
    for (size_t i = 0; i < table.rows.size(); ++i) {
      table.rows[i].fields[genre] = genres[i];
      text += csv_line(table.rows[i].fields);
    }
    write("shuffled.csv", text);
    import("shuffled.csv");
    const Json pooled = scores("grouped");
    sum += pooled["accuracy"]["value"].get<double>();
    holds_chance += pooled["accuracy"]["low"] <= 0.25 && pooled["accuracy"]["high"] >= 0.25 ? 1 : 0;
  }
  // Four classes without any signal. One 95 % interval in three may miss by chance; the mean may not.
  EXPECT_GE(holds_chance, 2);
  EXPECT_NEAR(sum / 3, 0.25, 0.05);
}

TEST_F(Oracle, SignalOfTheArtistAloneIsExposedByTheGroupedSplit) {
  make({"--genre-signal", "0", "--artist-signal", "1"});
  import();
  const Json leaky = scores("stratified");
  EXPECT_THAT(report_["warnings"][0].get<std::string>(), HasSubstr("leaky split"));
  const Json honest = scores("grouped");
  EXPECT_GT(leaky["accuracy"]["low"], 0.5) << "the leak must be worth something, or this test says nothing";
  EXPECT_LT(honest["accuracy"]["value"], 0.40);
  EXPECT_LT(honest["accuracy"]["low"], 0.25);
}

TEST_F(Oracle, PlantedPopularityIsLearnt) {
  make({"--popularity-signal", "0.9"});
  import();
  const Json pooled =
      scores("grouped", {"--target", "popularity", "--popular-above", "50", "--features", "hsv"});
  EXPECT_GT(pooled["accuracy"]["low"], 0.6);
  EXPECT_LT(report_["results"][0]["pooled"]["accuracy"]["value"], 0.6);  // the baseline
}

}  // namespace
}  // namespace sleeve
