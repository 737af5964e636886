// SPDX-License-Identifier: Apache-2.0
// From tags to labels and back, with the real program.
#include <fstream>

#include <gmock/gmock.h>

#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Label : public Sandbox {
 protected:
  // Twelve covers of two synthetic genres, whose tags are given in place of their genre.
  void import_tagged(const std::string& ember_tags, const std::string& glacier_tags) {
    draw("synth", {"--genres", "2", "--artists", "3", "--albums", "2", "--side", "64"});
    std::string table = "file,artist,genre\n";
    for (const auto& entry : fs::directory_iterator(at("synth/covers/images"))) {
      const std::string name = entry.path().filename().native();
      const std::string artist = name.substr(0, name.find("-album"));
      table += "images/" + name + "," + artist + "," +
               (name.starts_with("ember") ? ember_tags : glacier_tags) + "\n";
    }
    write("synth/covers/tags.csv", table);
    const Outcome outcome = sleeve({"import", "csv", "synth/covers/tags.csv"});
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
  }
  Json classes(std::vector<std::string> options = {}) {
    std::vector<std::string> arguments = {"crossval", "--features", "hsv", "--models",
                                          "logistic", "--folds",    "2",   "--json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome outcome = sleeve(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return outcome.json()["dataset"]["classes"];
  }
};

TEST_F(Label, TagsBecomeGenresThatTheModelsLearn) {
  import_tagged("indie rock;Hard Rock;jazz", "deep house;techno");
  const Json report = sleeve({"label", "genres", "--json"}).json();
  EXPECT_EQ(report["labels"], (Json{{"Electronic", 6}, {"Rock", 6}}));
  EXPECT_EQ(report["outcomes"]["majority"], 6);
  EXPECT_EQ(classes(), (Json{{"Electronic", 6}, {"Rock", 6}}));
  const Json again = sleeve({"label", "genres", "--json"}).json();
  EXPECT_EQ(again["decisions"]["changed"], 0);
  EXPECT_EQ(again["decisions"]["unchanged"], 12);
}

TEST_F(Label, UndoAndRawLabelsGiveTheTagsBack) {
  import_tagged("rock", "techno");
  const Json raw{{"rock", 6}, {"techno", 6}};
  EXPECT_EQ(classes(), raw);
  ASSERT_EQ(sleeve({"label", "genres"}).status, 0);
  EXPECT_EQ(classes({"--raw-labels"}), raw);
  EXPECT_EQ(sleeve({"label", "undo", "--json"}).json()["undone"], 12);
  EXPECT_EQ(classes(), raw);
  const Outcome nothing = sleeve({"label", "undo"});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_THAT(nothing.errors, HasSubstr("no labelling step to undo"));
}

TEST_F(Label, DecisionsOutliveANewImportAndMoveToAnotherWorkspace) {
  import_tagged("rock", "techno");
  ASSERT_EQ(sleeve({"label", "genres"}).status, 0);
  ASSERT_EQ(sleeve({"label", "export", "--out", "decisions.jsonl"}).status, 0);
  ASSERT_EQ(sleeve({"import", "csv", "synth/covers/tags.csv"}).status, 0);
  EXPECT_EQ(classes(), (Json{{"Electronic", 6}, {"Rock", 6}}));

  ASSERT_EQ(sleeve({"-w", "other", "import", "csv", "synth/covers/tags.csv"}).status, 0);
  const Json applied = sleeve({"-w", "other", "label", "apply", "decisions.jsonl", "--json"}).json();
  EXPECT_EQ(applied["recorded"]["changed"], 12);
  EXPECT_EQ(applied["waiting"], 0);
  EXPECT_EQ(classes({"-w", "other"}), (Json{{"Electronic", 6}, {"Rock", 6}}));
  const Json again = sleeve({"-w", "other", "label", "apply", "decisions.jsonl", "--json"}).json();
  EXPECT_EQ(again["recorded"]["changed"], 0);
}

TEST_F(Label, WhyNamesTagRuleAndReason) {
  import_tagged("indie rock;hard rock;jazz;zebra", "techno");
  ASSERT_EQ(sleeve({"label", "genres"}).status, 0);
  const Outcome outcome = sleeve({"label", "why", "synth/covers/images/ember-artist-01-album-1.jpg"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("zebra: no rule speaks of it"));
  EXPECT_THAT(outcome.output, HasSubstr("Rock 2 (indie rock, hard rock), Jazz 1 (jazz): majority"));
  EXPECT_EQ(sleeve({"label", "why", "no such album"}).status, 1);
}

TEST_F(Label, OwnRulesAreUsedAndWrongOnesRefused) {
  import_tagged("rock", "techno");
  write("my.rules", "rules 1\ngenre Loud\ntags rock\ngenre Hypnotic\ntags techno\n");
  ASSERT_EQ(sleeve({"label", "genres", "--rules", "my.rules"}).status, 0);
  EXPECT_EQ(classes(), (Json{{"Hypnotic", 6}, {"Loud", 6}}));
  write("bad.rules", "rules 1\ngenre Loud\ntag rock\n");
  const Outcome bad = sleeve({"label", "genres", "--rules", "bad.rules"});
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.errors, HasSubstr("bad.rules:3: unknown word 'tag'; did you mean 'tags'?"));
  EXPECT_EQ(sleeve({"label", "genres", "--rules", "originl"}).status, 1);
  EXPECT_EQ(classes(), (Json{{"Hypnotic", 6}, {"Loud", 6}}));
}

TEST_F(Label, PrintedRulesCanBeUsed) {
  write("copy.rules", sleeve({"label", "rules"}).output);
  EXPECT_EQ(sleeve({"label", "rules", "copy.rules"}).status, 0);
}

TEST_F(Label, UnmatchedTagsAreWrittenAsRules) {
  import_tagged("rock;zebra", "techno");
  ASSERT_EQ(sleeve({"label", "genres", "--dry-run", "--unmatched", "todo.rules"}).status, 0);
  EXPECT_THAT(read("todo.rules"), HasSubstr("genre Rock\ntags zebra  # 6 albums, 100 % Rock"));
  EXPECT_EQ(sleeve({"label", "log", "--json"}).json()["steps"].size(), 0U);
}

TEST_F(Label, PopularityClassesAreLearntUnlessAThresholdIsNamed) {
  draw("synth", {"--genres", "2", "--artists", "5", "--albums", "4", "--side", "64"});
  ASSERT_EQ(sleeve({"import", "csv", "synth/covers/manifest.csv"}).status, 0);
  const Json report = sleeve({"label", "popularity", "--quantiles", "0.75", "--json"}).json();
  EXPECT_EQ(report["classes"], (Json{{"common", 30}, {"popular", 10}}));
  EXPECT_EQ(classes({"--target", "popularity"}), (Json{{"common", 30}, {"popular", 10}}));
  EXPECT_NE(classes({"--target", "popularity", "--popular-above", "50"}),
            (Json{{"common", 30}, {"popular", 10}}));
  EXPECT_EQ(sleeve({"label", "popularity", "--quantiles", "0.75", "--json"}).json()["decisions"]["changed"],
            0);
  const Json ranked = sleeve({"label", "popularity", "--quantiles", "0.5", "--within", "genre", "--names",
                              "less,more", "--json"})
                          .json();
  EXPECT_EQ(ranked["groups"]["ember"], (Json{{"less", 10}, {"more", 10}}));
  EXPECT_EQ(ranked["groups"]["glacier"], (Json{{"less", 10}, {"more", 10}}));
  const Outcome wrong = sleeve({"label", "popularity", "--quantiles", "2", "--within", "gendre"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.errors, HasSubstr("did you mean 'genre'?"));
}

TEST_F(Label, BalanceLeavesOutCoversUntilItIsUndone) {
  import_tagged("rock", "techno");
  ASSERT_EQ(sleeve({"label", "genres"}).status, 0);
  const Json report = sleeve({"label", "balance", "--max-per-artist", "1", "--json"}).json();
  EXPECT_EQ(report["after"], (Json{{"Electronic", 3}, {"Rock", 3}}));
  EXPECT_EQ(classes(), (Json{{"Electronic", 3}, {"Rock", 3}}));
  EXPECT_EQ(sleeve({"label", "balance", "--max-per-artist", "1", "--json"}).json()["decisions"]["changed"],
            0);
  // Another run starts from all covers, not from those that the last one left.
  EXPECT_EQ(sleeve({"label", "balance", "--max-per-class", "4", "--json"}).json()["stay"], 8);
  ASSERT_EQ(sleeve({"label", "undo"}).status, 0);
  EXPECT_EQ(classes(), (Json{{"Electronic", 3}, {"Rock", 3}}));
  ASSERT_EQ(sleeve({"label", "undo"}).status, 0);
  EXPECT_EQ(classes(), (Json{{"Electronic", 6}, {"Rock", 6}}));
}

TEST_F(Label, DuplicatesJoinTheGroupsAndAreFoundOnce) {
  draw("synth", {"--genres", "2", "--artists", "4", "--albums", "3", "--side", "120", "--dirt"});
  sleeve({"import", "csv", "synth/covers/manifest.csv", "--map",
          "group=title"});  // some of its files are damaged
  const Outcome outcome = sleeve({"label", "clean", "duplicates", "--pairs", "pairs.csv", "--sheet",
                                  "pairs.png", "--measure", "10", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json report = outcome.json();
  EXPECT_GT(report["same_pairs"], 0);  // the near copies that were planted
  EXPECT_EQ(report["measure"]["covers"], 10);
  EXPECT_GE(report["measure"]["found"]["reencoded"], 8);
  EXPECT_THAT(read("pairs.csv"), HasSubstr("likeness,distance"));
  EXPECT_TRUE(fs::exists(at("pairs.png")));
  const Json again = sleeve({"label", "clean", "duplicates", "--json"}).json();
  EXPECT_EQ(again["computed"], 0);
  EXPECT_EQ(again["decisions"]["changed"], 0);
  EXPECT_EQ(again["same_pairs"], report["same_pairs"]);
}

TEST_F(Label, ContradictionsAreDroppedVotedOrKept) {
  import_tagged("rock", "techno");
  // The same picture again, under another genre and twice under its own.
  const fs::path picture = at("synth/covers/images/ember-artist-01-album-1.jpg");
  write("more.csv", "file,title,genre\n" + picture.native() + ",a,techno\n" + picture.native() + ",b,rock\n");
  ASSERT_EQ(sleeve({"import", "csv", "more.csv"}).status, 0);
  ASSERT_EQ(sleeve({"label", "genres"}).status, 0);
  EXPECT_EQ(classes(), (Json{{"Electronic", 6}, {"Rock", 5}}));
  const Json dropped = sleeve({"label", "clean", "contradictions", "--json"}).json();
  EXPECT_EQ(dropped["label_sets"], (Json{{"Electronic + Rock", 1}}));
  EXPECT_EQ(dropped["dropped"], 1);
  EXPECT_EQ(sleeve({"label", "clean", "contradictions", "--json"}).json()["decisions"]["changed"], 0);
  EXPECT_EQ(sleeve({"label", "clean", "contradictions", "--rule", "vote", "--json"}).json()["voted"], 1);
  EXPECT_EQ(classes(), (Json{{"Electronic", 6}, {"Rock", 6}}));
  EXPECT_EQ(sleeve({"label", "clean", "contradictions", "--rule", "multi", "--json"}).json()["kept"], 1);
  EXPECT_EQ(classes({"--keep-conflicting"}), (Json{{"Electronic", 7}, {"Rock", 6}}));
}

// A tenth of the labels is changed; the covers show their genre, so most of these stand out.
TEST_F(Label, PlantedNoiseIsFound) {
  draw("synth", {"--genres", "4", "--artists", "20", "--albums", "3", "--side", "96", "--genre-signal", "1"});
  ASSERT_EQ(sleeve({"import", "csv", "synth/covers/manifest.csv"}).status, 0);
  const Outcome outcome =
      sleeve({"label", "clean", "suspicious", "--plant", "0.1", "--csv", "s.csv", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json planted = outcome.json()["planted"];
  EXPECT_EQ(planted["changed"], 24);
  EXPECT_GE(planted["precision"], 0.8);
  EXPECT_GE(planted["recall"], 0.8);
  EXPECT_THAT(read("s.csv"), HasSubstr("id,label,suggested"));
  // Nothing was changed by it.
  EXPECT_EQ(sleeve({"label", "log", "--json"}).json()["steps"].size(), 0U);
}

TEST_F(Label, PeopleHaveTheLastWord) {
  import_tagged("rock", "techno");
  ASSERT_EQ(sleeve({"label", "genres"}).status, 0);
  const Json why =
      sleeve({"label", "why", "synth/covers/images/ember-artist-01-album-1.jpg", "--json"}).json();
  const std::string id = why["albums"][0]["album"]["cover"].get<std::string>().substr(0, 12);
  ASSERT_EQ(sleeve({"label", "reject", id, "--genre", "Electronic"}).status, 0);
  EXPECT_EQ(classes(), (Json{{"Electronic", 7}, {"Rock", 5}}));
  ASSERT_EQ(sleeve({"label", "reject", id}).status, 0);
  EXPECT_EQ(classes(), (Json{{"Electronic", 6}, {"Rock", 5}}));
  ASSERT_EQ(sleeve({"label", "accept", id, "--note", "looked at it"}).status, 0);
  EXPECT_EQ(classes(), (Json{{"Electronic", 6}, {"Rock", 6}}));
  EXPECT_EQ(
      sleeve({"label", "accept", id, "--note", "looked at it", "--json"}).json()["decisions"]["changed"], 0);
  const Outcome unknown = sleeve({"label", "accept", "000000"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("no cover's hash begins with '000000'"));
}

TEST_F(Label, DiscoveredTagsBecomeRulesATableAndAPicture) {
  import_tagged("rock;hard rock", "techno;house");
  const Outcome outcome = sleeve({"label", "discover", "--tags-above", "2", "--out", "found.rules", "--csv",
                                  "tags.csv", "--figure", "tags.png", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(outcome.json()["clusters"].size(), 2U);
  EXPECT_THAT(read("tags.csv"), HasSubstr("-1.000000"));
  EXPECT_TRUE(read("tags.png").starts_with("\x89PNG"));
  ASSERT_EQ(sleeve({"label", "genres", "--rules", "found.rules"}).status, 0);
  EXPECT_EQ(classes(), (Json{{"hard rock", 6}, {"house", 6}}));
}

TEST_F(Label, DamagedDecisionsAreRefusedWhole) {
  import_tagged("rock", "techno");
  write("bad.jsonl",
        "{\"kind\":\"album\",\"source\":\"csv\",\"key\":\"k\",\"field\":\"genre\",\"value\":[\"a\"],"
        "\"reason\":\"r\"}\n{\"kind\":\"album\",\"source\":\"csv\",\"key\":\"k\",\"field\":\"gnre\","
        "\"value\":[],\"reason\":\"r\"}\n");
  const Outcome outcome = sleeve({"label", "apply", "bad.jsonl"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("bad.jsonl:2: unknown field 'gnre'; did you mean 'genre'?"));
  EXPECT_EQ(sleeve({"label", "log", "--json"}).json()["steps"].size(), 0U);
}

}  // namespace
}  // namespace sleeve
