// SPDX-License-Identifier: Apache-2.0
// The whole way: covers in, models compared, trained, judged, saved, used.
#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>

#include "base/csv.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Walk : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "8", "--albums", "3", "--side", "80"});
    ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  }
  Outcome train(const std::string& out, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"train", "--model", "forest:trees=40", "--out", out, "--json"});
    return sleeve(more);
  }
};

// Times and run numbers differ between equal runs; nothing else may.
Json without_time(Json report) {
  report.erase("seconds");
  report.erase("run");
  report.erase("model");
  return report;
}

TEST_F(Walk, DemoWalksItAllAndLeavesASheet) {
  const Outcome demo = sleeve({"demo", "--dir", "walk", "--artists", "6", "--albums", "3", "--side", "80"});
  ASSERT_EQ(demo.status, 0) << demo.errors;
  EXPECT_THAT(demo.output, HasSubstr("synthetic"));
  EXPECT_THAT(demo.output, HasSubstr("baseline: the largest class"));
  EXPECT_THAT(demo.output, HasSubstr("true \\ predicted"));
  EXPECT_GT(fs::file_size(at("walk/sheet.png")), 10'000U);
  EXPECT_TRUE(fs::exists(at("walk/genre.sleeve")));
  // Once more over the same folder, for machines.
  const Json json =
      sleeve({"demo", "--dir", "walk", "--artists", "6", "--albums", "3", "--side", "80", "--json"}).json();
  EXPECT_EQ(json["draw"]["covers"], 72);
  EXPECT_EQ(json["train"]["test"]["confusion"], json["evaluate"]["test"]["confusion"]);
}

TEST_F(Walk, TrainReportHasEveryFigure) {
  const Outcome outcome = train("m.sleeve");
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json report = outcome.json();
  for (const char* part : {"train", "test", "baseline"}) {
    const Json& scores = report[part];
    for (const char* metric :
         {"accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "cohens_kappa", "mcc"}) {
      EXPECT_LE(scores[metric]["low"].get<double>(), scores[metric]["value"].get<double>()) << part << metric;
      EXPECT_GE(scores[metric]["high"].get<double>(), scores[metric]["value"].get<double>())
          << part << metric;
    }
    for (const char* metric : {"log_loss", "brier", "calibration_error", "top2_accuracy", "roc_auc_ovr",
                               "roc_auc_ovo", "average_precision"}) {
      EXPECT_GE(scores[metric]["value"].get<double>(), 0) << part << metric;
    }
    int64_t support = 0;
    for (const auto& [name, row] : scores["classes"].items()) support += row["support"].get<int64_t>();
    EXPECT_EQ(support, scores["rows"].get<int64_t>());
  }
  EXPECT_EQ(report["train"]["rows"].get<int>() + report["test"]["rows"].get<int>(), 96);
  EXPECT_EQ(report["dataset"]["with_artist"], 96);
  EXPECT_GT(report["test"]["accuracy"]["value"], report["baseline"]["accuracy"]["value"]);
}

TEST_F(Walk, EvaluateSeesTheCoversThatTrainingHeldOut) {
  const Json trained = train("m.sleeve").json();
  const Json evaluated = sleeve({"evaluate", "m.sleeve", "--json", "--sheet", "sheet.png"}).json();
  EXPECT_EQ(evaluated["test"]["confusion"], trained["test"]["confusion"]);
  EXPECT_EQ(evaluated["train"]["rows"], trained["train"]["rows"]);
  EXPECT_TRUE(fs::exists(at("sheet.png")));
}

TEST_F(Walk, GroupsStayOnOneSideOfEveryFold) {
  ASSERT_EQ(sleeve({"crossval", "--folds", "4", "--models", "majority", "--predictions", "p.csv"}).status, 0);
  const auto table = parse_csv(read("p.csv")).value();
  std::map<std::string, std::string> fold_of;
  for (const CsvRow& row : table.rows) {
    const std::string path = row.fields[*table.column("path")];
    const size_t name = path.rfind('/') + 1;
    const std::string artist = path.substr(name, path.find("-album-") - name);
    const auto [known, first] = fold_of.try_emplace(artist, row.fields[*table.column("fold")]);
    EXPECT_TRUE(first || known->second == row.fields[*table.column("fold")]) << artist;
  }
  EXPECT_EQ(fold_of.size(), 32U);
}

TEST_F(Walk, EvaluateRemembersTheArtistsOfCoversThatAreGone) {
  const Json trained = train("m.sleeve").json();
  // Every picture gets other bytes: none of the covers that the model learnt from is left.
  for (const auto& entry : fs::directory_iterator(at("demo/covers/images"))) {
    std::ofstream(entry.path(), std::ios::app | std::ios::binary) << 'x';
  }
  ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  for (const std::string workspace : {"ws", "fresh"}) {
    ASSERT_EQ(sleeve({"-w", workspace, "import", "csv", "demo/covers/manifest.csv"}).status, 0);
    const Outcome outcome = sleeve({"-w", workspace, "evaluate", "m.sleeve", "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const Json report = outcome.json();
    EXPECT_EQ(report["test"]["rows"], trained["test"]["rows"]) << workspace;
    EXPECT_EQ(report["left_out"]["same_group"], trained["train"]["rows"]) << workspace;
    EXPECT_FALSE(report["warnings"].empty());
  }
}

TEST_F(Walk, EvaluateSaysWhichCoversItCanNotJudge) {
  train("m.sleeve");
  write("other/Polka/a.jpg", read("demo/covers/images/ember-artist-01-album-1.jpg") + "x");
  write("other/Waltz/b.jpg", read("demo/covers/images/glacier-artist-01-album-1.jpg") + "x");
  ASSERT_EQ(sleeve({"-w", "other-ws", "import", "folder", "other"}).status, 0);
  const Outcome outcome = sleeve({"-w", "other-ws", "evaluate", "m.sleeve"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("2 are of classes that it doesn't know"));
}

// No workspace, no training: the model is part of the program, and says how far it can be trusted.
TEST_F(Walk, PredictWithoutAModelAsksTheOneThatComesWithSleeve) {
  const std::string cover = "demo/covers/images/ember-artist-01-album-1.jpg";
  const Outcome told = sleeve({"predict", cover});
  EXPECT_EQ(told.status, 0) << told.errors;
  EXPECT_THAT(told.errors, HasSubstr("judged by the model that comes with sleeve"));
  const Outcome outcome = sleeve({"predict", "--json", "--quiet", cover});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(outcome.errors, "");
  const Json prediction = outcome.json();
  ASSERT_EQ(prediction["probabilities"].size(), 5U);
  EXPECT_TRUE(prediction["probabilities"].contains("Country"));
  EXPECT_EQ(prediction["probabilities"][prediction["genre"].get<std::string>()], prediction["confidence"]);
}

TEST_F(Walk, PredictGivesOneObjectPerCover) {
  train("m.sleeve");
  const Outcome outcome =
      sleeve({"predict", "--model", "m.sleeve", "--json", "--sheet", "s.png", "demo/covers/images"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  std::istringstream lines(outcome.output);
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    const Json prediction = parse_json(line).value();
    double sum = 0;
    double best = 0;
    for (const auto& [genre, p] : prediction["probabilities"].items()) {
      sum += p.get<double>();
      best = std::max(best, p.get<double>());
    }
    EXPECT_NEAR(sum, 1.0, 1e-4);
    EXPECT_EQ(prediction["confidence"], best);
    EXPECT_EQ(prediction["probabilities"][prediction["genre"].get<std::string>()], best);
    ++count;
  }
  EXPECT_EQ(count, 96);
  EXPECT_TRUE(fs::exists(at("s.png")));
}

TEST_F(Walk, UnreadableCoversAreErrorsOfTheirOwnAndTheOthersAreJudged) {
  train("m.sleeve");
  write("mixed/broken.jpg", "not a picture");
  fs::copy_file(at("demo/covers/images/ember-artist-01-album-1.jpg"), at("mixed/good.jpg"));
  const Outcome outcome = sleeve({"predict", "-m", "m.sleeve", "--json", "mixed", "gone.jpg"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.output, HasSubstr(R"({"path":"mixed/broken.jpg","error":)"));
  EXPECT_THAT(outcome.output, HasSubstr(R"({"path":"mixed/good.jpg","genre":)"));
  EXPECT_THAT(outcome.output, HasSubstr(R"({"path":"gone.jpg","error":"No such file or directory"})"));
  EXPECT_EQ(sleeve({"predict", "-m", "m.sleeve", "gone.jpg"}).status, 1);
}

TEST_F(Walk, DamagedModelsAreRefusedByName) {
  train("m.sleeve");
  const std::string model = read("m.sleeve");
  const auto expect_error = [&](const std::string& content, const std::string& reason) {
    write("bad.sleeve", content);
    const Outcome outcome =
        sleeve({"predict", "-m", "bad.sleeve", "demo/covers/images/ember-artist-01-album-1.jpg"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.errors, HasSubstr("bad.sleeve"));
    EXPECT_THAT(outcome.errors, HasSubstr(reason));
  };
  expect_error(model.substr(0, model.size() / 2), "truncated");
  expect_error("hello", "is not a sleeve model");
  std::string altered = model;
  altered[model.size() / 2] ^= 1;
  expect_error(altered, "altered");
  std::string newer = model;
  newer[8] = 9;
  expect_error(newer, "use a newer sleeve");
}

TEST_F(Walk, SameSeedSameBitsForAnyNumberOfThreads) {
  const Json one = train("one.sleeve", {"--threads", "1"}).json();
  const Json four = train("four.sleeve", {"--threads", "4"}).json();
  EXPECT_EQ(without_time(one), without_time(four));
  EXPECT_EQ(read("one.sleeve"), read("four.sleeve"));
  const auto crossval = [&](const std::string& threads) {
    return without_time(sleeve({"crossval", "--folds", "3", "--models", "logistic,forest:trees=30",
                                "--threads", threads, "--json"})
                            .json());
  };
  EXPECT_EQ(crossval("1"), crossval("4"));
  // And the matrix files, extracted anew.
  for (const std::string threads : {"1", "4"}) {
    ASSERT_EQ(sleeve({"-w", "w" + threads, "import", "csv", "demo/covers/manifest.csv"}).status, 0);
    ASSERT_EQ(sleeve({"-w", "w" + threads, "extract", "--threads", threads}).status, 0);
  }
  for (const std::string stem : {"hog-1", "hsv-1", "lbp-1", "faces-1"}) {
    const std::string file = "/features/" + stem + ".matrix";
    EXPECT_GT(read("w1" + file).size(), 96U * 40) << file;
    EXPECT_EQ(read("w1" + file), read("w4" + file)) << file;
  }
}

TEST_F(Walk, OtherSeedOtherSplit) {
  EXPECT_NE(train("a.sleeve", {"--seed", "1"}).json()["test"]["confusion"],
            train("b.sleeve", {"--seed", "2"}).json()["test"]["confusion"]);
}

TEST_F(Walk, EveryRunIsRecordedWithItsConfiguration) {
  const Json trained = train("m.sleeve", {"--seed", "7"}).json();
  ASSERT_EQ(sleeve({"crossval", "--folds", "3", "--models", "majority"}).status, 0);
  const Json runs = sleeve({"runs", "list", "--json"}).json()["runs"];
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0]["command"], "train");
  EXPECT_EQ(runs[0]["config"]["seed"], 7);
  EXPECT_EQ(runs[0]["config"]["pipeline"]["learner"]["options"]["trees"], 40);
  EXPECT_EQ(runs[0]["fingerprint"], trained["dataset"]["fingerprint"]);
  const Json shown = sleeve({"runs", "show", "1", "--json"}).json();
  EXPECT_EQ(shown["report"]["test"], trained["test"]);
  EXPECT_EQ(sleeve({"runs", "show", "1"}).status, 0);
  EXPECT_EQ(sleeve({"runs", "show", "99"}).status, 1);
}

TEST_F(Walk, PopularityIsAClassificationOfItsOwn) {
  const Outcome outcome = train("p.sleeve", {"--target", "popularity", "--popular-above", "50"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json classes = outcome.json()["dataset"]["classes"];
  EXPECT_TRUE(classes.contains("popular") && classes.contains("common"));
  const Json line =
      sleeve({"predict", "-m", "p.sleeve", "--json", "demo/covers/images/ember-artist-01-album-1.jpg"})
          .json();
  EXPECT_TRUE(line.contains("class"));
  EXPECT_FALSE(line.contains("genre"));
}

TEST_F(Walk, PredictionsFileHasEachCoverOnceAModel) {
  ASSERT_EQ(
      sleeve({"crossval", "--folds", "3", "--models", "forest:trees=10", "--predictions", "p.csv"}).status,
      0);
  const std::string text = read("p.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 2 * 96);  // header; baseline and forest
  EXPECT_THAT(text, HasSubstr("path,title,sha256,group,fold,true,pipeline,predicted,p_circuit"));
}

TEST_F(Walk, TestSizeZeroLearnsFromAllAndClaimsNothing) {
  const Json report = train("all.sleeve", {"--test-size", "0"}).json();
  EXPECT_EQ(report["train"]["rows"], 96);
  EXPECT_FALSE(report.contains("test"));
  EXPECT_THAT(report["warnings"][0].get<std::string>(), HasSubstr("nothing was held out"));
  const Outcome evaluated = sleeve({"evaluate", "all.sleeve"});
  EXPECT_EQ(evaluated.status, 1);
  EXPECT_THAT(evaluated.errors, HasSubstr("no cover to judge the model on"));
}

}  // namespace
}  // namespace sleeve
