// SPDX-License-Identifier: Apache-2.0
// Searching: what is found, what it is worth, and that a stopped search goes on.
#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <signal.h>

#include "e2e/sandbox.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

class Tune : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "8", "--albums", "3", "--side", "64"});
    ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  }
  Outcome tune(std::vector<std::string> more) {
    more.insert(more.begin(), {"tune", "--json", "--folds", "3"});
    return sleeve(more);
  }
  Json report(std::vector<std::string> more) {
    const Outcome outcome = tune(std::move(more));
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return outcome.json();
  }
};

// What a search found, without how long it took and what of it was there before.
Json found(const Json& report) {
  Json sets = Json::array();
  for (const Json& search : report["searches"]) {
    sets.push_back(Json{{"candidates", search["candidates"]}, {"folds", search["folds_fingerprint"]}});
  }
  Json json{
      {"sets", sets}, {"best", report["best"]}, {"test", report["test"]}, {"model", report["model_sha256"]}};
  if (report.contains("nested")) json["nested"] = report["nested"];
  return json;
}

void expect_ranked(const Json& search, const char* metric) {
  double before = 2;
  for (const Json& candidate : search["candidates"]) {
    const double mean = candidate["folds"][metric]["mean"].get<double>();
    EXPECT_LE(mean, before) << candidate["pipeline"];
    before = mean;
  }
}

TEST_F(Tune, FindsThePlantedSignalAndJudgesItOnCoversItNeverSaw) {
  const Json json =
      report({"--model", "knn", "--grid", R"({"grid": {"k": [1, 3, 60]}})", "--out", "best.sleeve"});
  const Json& search = json["searches"][0];
  ASSERT_EQ(search["candidates"].size(), 3U);
  EXPECT_EQ(search["fits"], 9);
  EXPECT_EQ(search["reused"], 0);
  expect_ranked(search, "macro_f1");
  EXPECT_EQ(search["candidates"][0]["pipeline"], json["best"]);
  EXPECT_EQ(search["candidates"][2]["pipeline"], "knn:k=60")
      << "of 48 covers no vote can be better than chance";
  EXPECT_GT(json["test"]["accuracy"]["value"].get<double>(),
            json["baseline"]["accuracy"]["value"].get<double>() + 0.2);
  EXPECT_EQ(json["test"]["rows"].get<int>() + json["train"]["rows"].get<int>(), 96);
  EXPECT_THAT(json["warnings"].dump(), HasSubstr("3 configurations were tried on the same folds"));
  // The model that was written is the one that was judged.
  const Json evaluated = sleeve({"evaluate", "best.sleeve", "--json"}).json();
  EXPECT_EQ(evaluated["test"]["confusion"], json["test"]["confusion"]);
}

TEST_F(Tune, TheHeldOutCoversHaveNoPartInTheSearch) {
  // With nothing held out the search sees more covers, and there is no score that it did not see.
  const Json all = report({"--model", "knn", "--grid", R"({"grid": {"k": [1, 3]}})", "--test-size", "0"});
  EXPECT_FALSE(all.contains("test"));
  EXPECT_EQ(all["train"]["rows"], 96);
  EXPECT_THAT(all["warnings"].dump(), HasSubstr("nothing was held out to correct it"));
  const Json held = report({"--model", "knn", "--grid", R"({"grid": {"k": [1, 3]}})"});
  EXPECT_NE(all["searches"][0]["folds_fingerprint"], held["searches"][0]["folds_fingerprint"]);
}

TEST_F(Tune, GridsComeFromFilesPresetsAndTheCommandLine) {
  const std::string grid = R"({"pipeline": "sqrt>logistic", "name": "mine", "folds": 4,
    "grid": {"c": {"from": 0.01, "to": 1, "steps": 3, "scale": "log"}}})";
  write("grid.json", grid);
  const Json file = report({"--grid", "grid.json"});
  EXPECT_EQ(file["searches"][0]["name"], "mine");
  EXPECT_EQ(file["searches"][0]["folds"], 4) << "the file's, not the option's";
  std::vector<std::string> tried;
  for (const Json& candidate : file["searches"][0]["candidates"]) tried.push_back(candidate["pipeline"]);
  std::ranges::sort(tried);
  ASSERT_EQ(tried.size(), 3U);
  EXPECT_THAT(tried[1], HasSubstr("sqrt > "));
  EXPECT_EQ(found(report({"--grid", grid, "--fresh"})), found(file)) << "JSON itself";

  const Json preset = report({"--model", "knn"});
  EXPECT_EQ(preset["searches"][0]["candidates"].size(), 28U) << "the preset of the model's name";
  const Json several = report({"--grid", R"({"searches": [{"pipelines": ["knn", "majority"]},
    {"name": "k", "pipeline": "knn", "grid": {"k": [1, 9]}}], "final": "knn:k=7"})"});
  EXPECT_EQ(several["searches"].size(), 2U);
  EXPECT_EQ(several["pipeline"], "knn:k=7") << "the grid says what is fitted";
  EXPECT_EQ(several["tried"], 4);
}

TEST_F(Tune, WrongGridsAreRefusedSayingWhatIsWrong) {
  const auto expect_refused = [&](const std::string& grid, const std::string& why) {
    write("wrong.json", grid);
    const Outcome outcome = tune({"--model", "knn", "--grid", "wrong.json"});
    EXPECT_EQ(outcome.status, 2) << grid << outcome.output;
    EXPECT_THAT(outcome.errors, HasSubstr("wrong.json"));
    EXPECT_THAT(outcome.errors, HasSubstr(why));
  };
  expect_refused(R"({"gird": {"k": [1]}})", "'gird' is not known here; did you mean 'grid'?");
  expect_refused(R"({"grid": {"kk": [1]}})", "kk");
  expect_refused(R"({"grid": {"k": [0]}})", "k");
  expect_refused(R"({"grid": {"k": []}})", "must be a list of values");
  expect_refused(R"({"grid": {"k": {"from": 1, "to": 9}}})", "a range needs 'steps'");
  expect_refused(R"({"grid": {"pca.components": [5]}})", "the pipeline has no transform 'pca'");
  expect_refused(R"({"pipelines": ["forrest"]})", "forrest");
  expect_refused(R"({"name": 3, "grid": {"k": [1]}})", "'name' must be a text");
  expect_refused(R"({"grid": )", "not valid JSON at line 1, column 9");
  EXPECT_THAT(tune({"--grid", "original-swm"}).errors, HasSubstr("original-svm"));
  EXPECT_EQ(tune({"--grid", "original-swm"}).status, 2);
  EXPECT_EQ(tune({"--model", "knn", "--metric", "mae"}).status, 2) << "no metric of classes";
  EXPECT_EQ(tune({"--model", "knn", "--plot", "x.svg"}).status, 2) << "there are no numbers to plot";
  EXPECT_EQ(sleeve({"runs", "list", "--json"}).json()["runs"].size(), 0U);
}

TEST_F(Tune, RandomSearchDrawsDifferentPointsAndTheSameForASeed) {
  const std::vector<std::string> options = {
      "--model",   "knn",
      "--grid",    R"({"grid": {"k": {"from": 1, "to": 40}, "weights": ["uniform", "distance"]}})",
      "--samples", "8"};
  const Json first = report(options);
  std::set<std::string> tried;
  for (const Json& candidate : first["searches"][0]["candidates"]) tried.insert(candidate["pipeline"]);
  EXPECT_EQ(tried.size(), 8U);
  std::vector<std::string> again = options;
  again.insert(again.end(), {"--fresh", "--threads", "4"});
  EXPECT_EQ(found(report(again)), found(first));
  again.insert(again.end(), {"--seed", "5"});
  EXPECT_NE(found(report(again))["sets"], found(first)["sets"]);
}

TEST_F(Tune, HalvingSpendsFewerCoversOnWhatIsBad) {
  const std::vector<std::string> options = {"--model",
                                            "knn",
                                            "--halving",
                                            "--features",
                                            "lbp",
                                            "--grid",
                                            R"({"grid": {"k": [1, 3, 5, 7, 9, 11, 13, 15, 300]}})"};
  const Json few = report(options);
  EXPECT_EQ(few["searches"][0]["candidates"][8]["training_share"], 1);
  EXPECT_THAT(few["warnings"].dump(), HasSubstr("too few covers to begin with a part of them"));
  draw("more", {"--artists", "20", "--albums", "8", "--side", "48"});
  ASSERT_EQ(sleeve({"-w", "large", "import", "csv", "more/covers/manifest.csv"}).status, 0);
  std::vector<std::string> large = options;
  large.insert(large.end(), {"-w", "large"});
  const Json json = report(large);
  const Json& candidates = json["searches"][0]["candidates"];
  ASSERT_EQ(candidates.size(), 9U);
  EXPECT_EQ(json["searches"][0]["fits"], 9 * 3 + 3 * 3) << "all on a third, the best three on all";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(candidates[i]["training_share"], 1) << i;
  for (int i = 3; i < 9; ++i) EXPECT_LT(candidates[i]["training_share"].get<double>(), 0.5) << i;
  EXPECT_EQ(candidates[8]["pipeline"], "knn:k=300");
  EXPECT_EQ(candidates[0]["pipeline"], json["best"]);
}

TEST_F(Tune, NestingJudgesTheWholeWayOfChoosing) {
  const Json json = report({"--model", "knn", "--grid", R"({"grid": {"k": [1, 5]}})", "--nested", "3"});
  const Json& nested = json["nested"];
  ASSERT_EQ(nested["outer"].size(), 3U);
  EXPECT_EQ(nested["test"]["rows"], 96) << "each cover once, by a search that had not seen it";
  EXPECT_GT(nested["test"]["accuracy"]["value"].get<double>(), 0.5) << "four classes with a planted signal";
  for (const Json& fold : nested["outer"]) {
    EXPECT_THAT(fold["chosen"].get<std::string>(), HasSubstr("knn"));
    EXPECT_TRUE(fold["test_score"].is_number());
  }
}

TEST_F(Tune, AStoppedSearchGoesOnWhereItWas) {
  ASSERT_EQ(sleeve({"extract", "--features", "lbp"}).status, 0);
  const auto options = [](int seed) {
    return std::vector<std::string>{
        "--grid",     R"({"pipeline": "forest:trees=400", "grid": {"min_leaf": [1, 2, 3, 4, 5, 6, 7, 8]}})",
        "--features", "lbp",
        "--threads",  "1",
        "--seed",     std::to_string(seed)};
  };
  double delay = 400;  // milliseconds; follows the machine, so that the signal hits a search at work
  for (int seed = 1; seed <= 25; ++seed) {
    std::vector<std::string> stopped = {"tune", "--json", "--folds", "3"};
    const auto more = options(seed);
    stopped.insert(stopped.end(), more.begin(), more.end());
    const pid_t process = start(stopped);
    std::this_thread::sleep_for(std::chrono::milliseconds(static_cast<int64_t>(delay)));
    ::kill(process, SIGINT);
    const Outcome outcome = finish(process);
    if (outcome.status == 0) {
      delay *= 0.6;
      continue;
    }
    const Json rest = report(more);
    const int reused = rest["searches"][0]["reused"], fits = rest["searches"][0]["fits"];
    EXPECT_EQ(reused + fits, 24);
    if (reused == 0 || fits == 0) {  // before the first fit was kept, or after the last
      delay *= reused == 0 ? 1.4 : 0.8;
      continue;
    }
    EXPECT_THAT(outcome.errors, HasSubstr("the same command goes on from there"));
    std::vector<std::string> anew = more;
    anew.emplace_back("--fresh");
    const Json calm = report(anew);
    EXPECT_EQ(calm["searches"][0]["reused"], 0);
    EXPECT_EQ(found(rest), found(calm));
    return;
  }
  FAIL() << "no signal hit a search at work";
}

TEST_F(Tune, IsShownComparedAndRepeated) {
  const std::vector<std::string> options = {
      "--model",  "knn", "--grid",   R"({"grid": {"k": {"from": 1, "to": 30}}})", "--samples", "5",
      "--nested", "2",   "--halving"};
  const Json first = report(options);
  report(options);  // run 2: taken from what run 1 has kept
  const Outcome shown = sleeve({"runs", "show", "1"});
  ASSERT_EQ(shown.status, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("best by macro_f1: " + first["best"].get<std::string>()));
  EXPECT_THAT(shown.output, HasSubstr("5 configurations tried by 3 folds"));
  EXPECT_THAT(shown.output, HasSubstr("nested: the whole search inside 2 outer folds"));
  EXPECT_THAT(sleeve({"runs", "list"}).output, HasSubstr("genre from hog+hsv: 5 of knn, grouped"));
  for (const std::string run : {"1", "2"}) {
    const Outcome again = sleeve({"runs", "repeat", run, "--json", "--threads", "4"});
    EXPECT_EQ(again.status, 0) << again.output << again.errors;
    EXPECT_GT(again.json()["figures"].get<int>(), 100);
  }
  const Json repeated = sleeve({"runs", "show", "4", "--json"}).json();
  EXPECT_EQ(repeated["report"]["searches"][0]["reused"], 0) << "nothing is compared with itself";
  const Json compared = sleeve({"runs", "compare", "1", "2", "--json"}).json();
  EXPECT_EQ(compared["comparisons"][0]["accuracy"]["difference"], 0);
}

}  // namespace
}  // namespace sleeve
