// SPDX-License-Identifier: Apache-2.0
// What is recorded can be looked at, compared and repeated.
#include <cmath>

#include <gmock/gmock.h>

#include "e2e/sandbox.h"
#include "store/sqlite.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

class Runs : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "8", "--albums", "3", "--side", "64"});
    ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  }
  Json crossval(std::vector<std::string> more) {
    more.insert(more.begin(), {"crossval", "--json"});
    const Outcome outcome = sleeve(more);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return outcome.json();
  }
  Outcome compare(std::vector<std::string> more) {
    more.insert(more.begin(), {"runs", "compare"});
    return sleeve(more);
  }
  // Gives every cover of a genre another one in the manifest.
  void rename(const std::string& genre, const std::string& other) {
    std::string text = read("demo/covers/manifest.csv");
    for (size_t at = text.find("," + genre + ","); at != std::string::npos;
         at = text.find("," + genre + ",", at)) {
      text.replace(at + 1, genre.size(), other);
    }
    write("demo/covers/manifest.csv", text);
    ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  }
};

double pooled(const Json& report, size_t model, const char* metric) {
  return report["results"][model]["pooled"][metric]["value"].get<double>();
}

TEST_F(Runs, ComparedOnTheSameFoldsGiveThePairedDifference) {
  const Json first = crossval({"--folds", "4", "--models", "knn,forest:trees=15"});
  const Json second = crossval({"--folds", "4", "--models", "forest:trees=15,knn", "--features", "lbp"});
  const Outcome outcome = compare({"1", "2", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json report = outcome.json();
  EXPECT_TRUE(report["same_folds"].get<bool>());
  EXPECT_EQ(report["folds"], 4);
  EXPECT_EQ(report["covers"], 96);
  EXPECT_EQ(report["groups"], first["dataset"]["groups"]);
  ASSERT_EQ(report["comparisons"].size(), 2U) << "those that both have; the baseline needs no comparison";
  const Json& knn = report["comparisons"][0];
  EXPECT_EQ(knn["first"], "knn");
  EXPECT_EQ(knn["second"], "knn");
  for (const char* metric : {"accuracy", "macro_f1"}) {
    const Json& one = knn[metric];
    EXPECT_NEAR(one["first"].get<double>(), pooled(first, 1, metric), 1e-12);
    EXPECT_NEAR(one["second"].get<double>(), pooled(second, 2, metric), 1e-12);
    EXPECT_NEAR(one["difference"].get<double>(), pooled(second, 2, metric) - pooled(first, 1, metric), 1e-12);
    EXPECT_LE(one["low"].get<double>(), one["difference"].get<double>());
    EXPECT_GE(one["high"].get<double>(), one["difference"].get<double>());
    EXPECT_GE(one["permutation"]["p_holm"].get<double>(), one["permutation"]["p"].get<double>());
    double mean = 0;
    for (size_t i = 0; i < 4; ++i) {
      mean += (second["results"][2]["folds"][metric]["values"][i].get<double>() -
               first["results"][1]["folds"][metric]["values"][i].get<double>()) /
              4;
    }
    EXPECT_NEAR(one["folds"]["mean"].get<double>(), mean, 1e-12);
  }
  const double net = knn["mcnemar"]["only_second"].get<double>() - knn["mcnemar"]["only_first"].get<double>();
  EXPECT_NEAR(net / 96, knn["accuracy"]["difference"].get<double>(), 1e-12);
  EXPECT_THAT(compare({"1", "2"}).output, HasSubstr("2 comparisons were made"));
}

TEST_F(Runs, TwoModelsOfOneRunAreComparedByTheirNumbers) {
  crossval({"--folds", "3", "--models", "knn,forest:trees=15"});
  EXPECT_THAT(compare({"1", "1"}).errors, HasSubstr("run 1 has 1 majority, 2 knn, 3 forest:trees=15"));
  EXPECT_EQ(compare({"1", "1"}).status, 2);
  EXPECT_EQ(compare({"1", "1", "--models", "2,9"}).status, 2);
  EXPECT_EQ(compare({"1", "1", "--models", "2"}).status, 2);
  const Json same = compare({"1", "1", "--models", "2,2", "--json"}).json();
  EXPECT_EQ(same["comparisons"][0]["accuracy"]["difference"], 0);
  EXPECT_EQ(same["comparisons"][0]["accuracy"]["permutation"]["p"], 1);
  const Json signal = compare({"1", "1", "--models", "1,2", "--json"}).json();
  EXPECT_LT(signal["comparisons"][0]["accuracy"]["permutation"]["p"].get<double>(), 0.01)
      << "a planted signal against the largest class";
}

TEST_F(Runs, RunsOfOtherFoldsAreComparedOnlyWhereGroupsStayApart) {
  crossval({"--folds", "3", "--models", "knn"});
  crossval({"--folds", "4", "--models", "knn"});
  const Json apart = compare({"1", "2", "--json"}).json();
  EXPECT_FALSE(apart["same_folds"].get<bool>());
  EXPECT_TRUE(apart["comparisons"][0]["accuracy"]["folds"].is_null());
  EXPECT_THAT(apart["warnings"].dump(), HasSubstr("the folds differ"));

  crossval({"--folds", "3", "--models", "knn", "--split", "stratified"});
  crossval({"--folds", "4", "--models", "knn", "--split", "stratified"});
  crossval({"--folds", "3", "--models", "forest:trees=9", "--split", "stratified"});
  EXPECT_THAT(compare({"1", "3"}).errors, HasSubstr("run 1 is split grouped, run 3 stratified"));
  EXPECT_EQ(compare({"1", "3"}).status, 1);
  EXPECT_THAT(compare({"3", "4"}).errors, HasSubstr("their folds differ"));
  EXPECT_EQ(compare({"3", "5"}).status, 0) << "leaky, but on the same folds";
}

TEST_F(Runs, ACrossvalIsComparedWithATrainedModelOnTheCoversOfBoth) {
  crossval({"--folds", "3", "--models", "knn"});
  const Json trained = sleeve({"train", "--model", "knn", "--out", "m.sleeve", "--json"}).json();
  ASSERT_EQ(sleeve({"evaluate", "m.sleeve"}).status, 0);
  const Json mixed = compare({"1", "2", "--json"}).json();
  EXPECT_EQ(mixed["covers"], trained["test"]["rows"]);
  EXPECT_THAT(mixed["warnings"].dump(), HasSubstr("only the"));
  const Json equal = compare({"2", "3", "--json"}).json();
  EXPECT_TRUE(equal["same_folds"].get<bool>());
  EXPECT_EQ(equal["comparisons"][0]["macro_f1"]["difference"], 0) << "evaluate judges what train held out";
}

TEST_F(Runs, WhatIsNotComparableIsSaidToBeSo) {
  crossval({"--folds", "3", "--models", "knn"});
  crossval({"--folds", "3", "--models", "knn", "--target", "popularity", "--popular-above", "50"});
  EXPECT_THAT(compare({"1", "2"}).errors, HasSubstr("run 1 is about genre, run 2 about popularity"));
  crossval({"--folds", "3", "--models", "knn", "--target", "popularity", "--popular-above", "60"});
  EXPECT_THAT(compare({"2", "3"}).errors, HasSubstr("have other labels; run 2 asked"));
  rename("ember", "embers");
  crossval({"--folds", "3", "--models", "knn"});
  EXPECT_THAT(compare({"1", "4"}).errors, HasSubstr("only run 1 knows 'ember', only run 4 knows 'embers'"));
  EXPECT_EQ(compare({"1", "4"}).status, 1);
  EXPECT_THAT(compare({"1", "9"}).errors, HasSubstr("there is no run 9"));
  ASSERT_EQ(sleeve({"train", "--model", "knn", "--test-size", "0", "--out", "m.sleeve"}).status, 0);
  EXPECT_THAT(compare({"1", "5"}).errors, HasSubstr("keeps no predictions"));
}

TEST_F(Runs, ARecordedRunIsDrawnAgain) {
  ASSERT_EQ(sleeve({"crossval", "--folds", "3", "--models", "knn", "--plot", "then.svg"}).status, 0);
  ASSERT_EQ(sleeve({"runs", "show", "1", "--plot", "now.svg", "--reliability", "r.png"}).status, 0);
  EXPECT_EQ(read("now.svg"), read("then.svg"));
  EXPECT_EQ(sleeve({"runs", "show", "1", "--plot", "now.gif"}).status, 2);
}

TEST_F(Runs, RepeatedRunsAreTheSameToTheBit) {
  crossval({"--folds", "3", "--models", "knn,forest:trees=12:max_features=log2", "--repeats", "2", "--seed",
            "5", "--permutations", "9", "--threads", "1"});
  ASSERT_EQ(sleeve({"curve", "--folds", "3", "--models", "sqrt>knn", "--sizes", "20,40"}).status, 0);
  ASSERT_EQ(sleeve({"train", "--model", "forest:trees=12", "--test-size", "0.3", "--out", "m.sleeve"}).status,
            0);
  ASSERT_EQ(sleeve({"evaluate", "m.sleeve"}).status, 0);
  ASSERT_EQ(sleeve({"train", "--target", "popularity", "--popular-above", "45", "--split", "stratified",
                    "--model", "knn", "--out", "p.sleeve"})
                .status,
            0);
  for (int run = 1; run <= 5; ++run) {
    const Outcome outcome = sleeve({"runs", "repeat", std::to_string(run), "--json", "--threads", "4"});
    EXPECT_EQ(outcome.status, 0) << run << outcome.output << outcome.errors;
    const Json report = outcome.json();
    EXPECT_TRUE(report["same"].get<bool>());
    EXPECT_GT(report["figures"].get<int>(), 50);
    EXPECT_EQ(report["again"], run + 5) << "recorded as a run of its own";
  }
  EXPECT_THAT(sleeve({"runs", "repeat", "1"}).output, HasSubstr("the same to the bit"));
}

TEST_F(Runs, ARepetitionThatDiffersSaysWhereFirst) {
  crossval({"--folds", "3", "--models", "knn"});
  // Another figure in the record, as another version of a learner would leave it.
  {
    Database database = Database::open(at("ws/catalogue.db"), Database::Mode::kReadWriteCreate).value();
    ASSERT_TRUE(
        database
            .execute("UPDATE runs SET report = json_set(report, '$.results[1].pooled.accuracy.value', 0.5)")
            .ok());
  }
  const Outcome outcome = sleeve({"runs", "repeat", "1"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.output, HasSubstr("first in results[1].pooled.accuracy.value: 0.5 then"));
}

TEST_F(Runs, WhatHasChangedSinceIsNotRepeated) {
  crossval({"--folds", "3", "--models", "knn"});
  ASSERT_EQ(sleeve({"train", "--model", "knn", "--out", "m.sleeve"}).status, 0);
  ASSERT_EQ(sleeve({"evaluate", "m.sleeve"}).status, 0);
  ASSERT_EQ(sleeve({"train", "--model", "knn:k=3", "--out", "m.sleeve"}).status, 0);
  EXPECT_THAT(sleeve({"runs", "repeat", "3"}).errors, HasSubstr("another model than then"));
  rename("ember", "embers");
  const Outcome outcome = sleeve({"runs", "repeat", "1"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("covers, labels or groups have changed since"));
  EXPECT_THAT(sleeve({"runs", "repeat", "77"}).errors, HasSubstr("there is no run 77"));
  EXPECT_EQ(sleeve({"runs", "list", "--json"}).json()["runs"].size(), 4U) << "nothing was recorded";
}

TEST_F(Runs, PermutedLabelsTellSignalFromNone) {
  const Json signal = crossval({"--folds", "3", "--models", "knn", "--permutations", "19"});
  EXPECT_FALSE(signal["results"][0].contains("signal")) << "the baseline has none to test";
  const Json& test = signal["results"][1]["signal"];
  EXPECT_DOUBLE_EQ(test["p"].get<double>(), 1.0 / 20);
  EXPECT_EQ(test["permuted"].size(), 19U);
  EXPECT_EQ(test["observed"], signal["results"][1]["folds"]["balanced_accuracy"]["mean"]);
  EXPECT_LT(test["permuted_mean"].get<double>(), 0.45) << "four classes: about a quarter";
  const Outcome text =
      sleeve({"crossval", "--folds", "3", "--models", "knn,majority", "--permutations", "19"});
  EXPECT_THAT(text.output, HasSubstr("signal: knn: p = 0.0500 (19 permutations;"));
  EXPECT_FALSE(crossval({"--folds", "3", "--models", "knn"})["results"][1].contains("signal"));
}

TEST_F(Runs, ALearningCurveGrowsWithTheCovers) {
  const Outcome outcome = sleeve({"curve", "--folds", "4", "--models", "forest:trees=15,knn", "--steps", "4",
                                  "--plot", "curve.svg", "--metric", "macro_f1", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json report = outcome.json();
  ASSERT_EQ(report["curves"].size(), 3U);
  for (const Json& curve : report["curves"]) {
    double before = 0;
    ASSERT_EQ(curve["steps"].size(), 4U);
    for (const Json& step : curve["steps"]) {
      EXPECT_GT(step["covers"].get<double>(), before);
      before = step["covers"].get<double>();
      EXPECT_LE(step["test"]["accuracy"]["low"], step["test"]["accuracy"]["mean"]);
      EXPECT_GE(step["test"]["accuracy"]["high"], step["test"]["accuracy"]["mean"]);
      EXPECT_EQ(step["test"]["accuracy"]["values"].size(), 4U);
    }
    EXPECT_NEAR(before, 72, 2) << "three quarters of 96";
  }
  const Json& forest = report["curves"][1]["steps"];
  EXPECT_GT(forest[3]["test"]["accuracy"]["mean"].get<double>(),
            forest[0]["test"]["accuracy"]["mean"].get<double>());
  EXPECT_THAT(read("curve.svg"), HasSubstr("Macro-F1 by number of training covers"));

  // All training covers: what crossval says on the same folds.
  const Json sized =
      sleeve({"curve", "--folds", "4", "--models", "knn", "--sizes", "70,10,70", "--json"}).json();
  EXPECT_EQ(sized["curves"][0]["steps"].size(), 2U);
  EXPECT_EQ(sized["folds_fingerprint"], crossval({"--folds", "4", "--models", "knn"})["folds_fingerprint"]);
  EXPECT_THAT(sleeve({"runs", "show", "1"}).output, HasSubstr("training covers"));
  EXPECT_EQ(sleeve({"runs", "show", "1", "--plot", "again.svg"}).status, 0);
}

TEST_F(Runs, ImpossibleCurvesAreRefused) {
  EXPECT_THAT(sleeve({"curve", "--sizes", "10,500"}).errors, HasSubstr("500 covers is not possible"));
  EXPECT_EQ(sleeve({"curve", "--sizes", "10,500"}).status, 2);
  EXPECT_EQ(sleeve({"curve", "--sizes", "ten"}).status, 2);
  EXPECT_EQ(sleeve({"curve", "--sizes", "10", "--steps", "3"}).status, 2);
  EXPECT_EQ(sleeve({"curve", "--metric", "log_loss"}).status, 2);
  EXPECT_EQ(sleeve({"curve", "--plot", "curve.jpg"}).status, 2);
}

}  // namespace
}  // namespace sleeve
