// SPDX-License-Identifier: Apache-2.0
// The command line's promises: names, help, exit statuses, errors that say what to do.
#include <cstdlib>

#include <gmock/gmock.h>
#include <sys/wait.h>

#include "base/file.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kCommands = {"import",   "status",  "extract", "crossval", "train",
                                            "evaluate", "predict", "runs",    "list",     "demo"};

using CommandLine = Sandbox;

TEST_F(CommandLine, HelpNamesEveryCommandWithASummary) {
  const Outcome help = sleeve({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.errors, "");
  for (const std::string& command : kCommands)
    EXPECT_THAT(help.output, HasSubstr("\n  " + command + " ")) << command;
  EXPECT_THAT(help.output, HasSubstr("Exit status: 0 done, 1 failed, 2 wrong usage, 3 done in part"));
}

TEST_F(CommandLine, EveryCommandExplainsItselfWithAnExample) {
  for (const std::string& command : kCommands) {
    const Outcome help = sleeve({command, "--help"});
    EXPECT_EQ(help.status, 0) << command;
    if (command == "import" || command == "list") continue;  // explained per source; has no arguments
    EXPECT_THAT(help.output, HasSubstr("sleeve " + command)) << command;
  }
  for (const std::string source : {"folder", "csv", "albums"}) {
    EXPECT_THAT(sleeve({"import", source, "--help"}).output, HasSubstr("Example")) << source;
  }
}

TEST_F(CommandLine, VersionIsTheOneInTheVersionFile) {
  const auto version = read_text_file(std::filesystem::path(SLEEVE_SOURCE_DIR) / "VERSION");
  ASSERT_TRUE(version.ok());
  EXPECT_EQ(sleeve({"--version"}).output, "sleeve " + *version);
}

TEST_F(CommandLine, WrongUsageIsStatusTwoAndNamesTheNearest) {
  const auto expect_usage = [&](const std::vector<std::string>& arguments, const std::string& hint) {
    const Outcome outcome = sleeve(arguments);
    EXPECT_EQ(outcome.status, 2) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr(hint));
    EXPECT_EQ(outcome.output, "");
  };
  expect_usage({}, "subcommand is required");
  expect_usage({"trian"}, "there is no command 'trian'; did you mean 'train'?");
  expect_usage({"status", "--seed", "-1"}, "--seed");
  expect_usage({"crossval", "--popular-above", "nan"}, "--popular-above");
  expect_usage({"status", "--jsn"}, "did you mean '--json'?");
  expect_usage({"train"}, "--out is required");
  expect_usage({"crossval", "--folds", "1"}, "--folds");
  expect_usage({"crossval", "--features", "hoog"}, "did you mean 'hog'?");
  expect_usage({"crossval", "--features", "hog:cel=10"}, "did you mean 'cell'?");
  expect_usage({"crossval", "--models", "forrest"}, "did you mean 'forest'?");
  expect_usage({"crossval", "--models", "forest:trees=0"}, "trees=0 is outside");
  expect_usage({"crossval", "--target", "mood"}, "--target");
  expect_usage({"status", "--log-level", "loud"}, "unknown log level 'loud'");
  expect_usage({"demo", "--genres", "99"}, "genres=99 is outside 2 to 6");
}

TEST_F(CommandLine, WithoutAWorkspaceItSaysHowToMakeOne) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"status"},
                                                    {"extract"},
                                                    {"crossval"},
                                                    {"train", "--out", "m.sleeve"},
                                                    {"runs", "list"}}) {
    const Outcome outcome = sleeve(arguments);
    EXPECT_EQ(outcome.status, 1) << arguments[0];
    EXPECT_THAT(outcome.errors, HasSubstr("'sleeve import' makes one")) << arguments[0];
  }
  EXPECT_FALSE(std::filesystem::exists(at("ws")));
}

TEST_F(CommandLine, CommonOptionsMayStandBeforeOrBehindTheCommand) {
  draw("demo", {"--artists", "2", "--albums", "2", "--side", "48"});
  EXPECT_EQ(
      sleeve({"--json", "-w", "elsewhere", "import", "csv", "demo/covers/manifest.csv"}).json()["added"], 16);
  EXPECT_EQ(sleeve({"status", "--workspace", "elsewhere", "--json"}).json()["covers"], 16);
  EXPECT_FALSE(std::filesystem::exists(at("ws")));
}

TEST_F(CommandLine, ListShowsEveryOptionWithItsDefault) {
  const Json list = sleeve({"list", "--json"}).json();
  std::vector<std::string> names;
  for (const Json& descriptor : list["descriptors"]) names.push_back(descriptor["name"]);
  EXPECT_THAT(names, testing::IsSupersetOf({"hog", "hsv", "lbp", "faces"}));
  for (const Json& model : list["models"]) {
    if (model["name"] != "forest") continue;
    EXPECT_EQ(model["options"][0]["name"], "trees");
    EXPECT_EQ(model["options"][0]["default"], 100);
  }
  EXPECT_THAT(sleeve({"list"}).output, HasSubstr("trees=100"));
}

TEST_F(CommandLine, OutputFilesAreCheckedBeforeTheWork) {
  draw("demo", {"--artists", "2", "--albums", "2", "--side", "48"});
  ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  EXPECT_THAT(sleeve({"train", "--out", "demo"}).errors, HasSubstr("--out: demo is a folder"));
  EXPECT_THAT(sleeve({"train", "--out", "no/where.sleeve"}).errors, HasSubstr("there is no folder no"));
  EXPECT_THAT(sleeve({"train", "--out", "m.sleeve", "--sheet", "s.jpg"}).errors,
              HasSubstr("must end in .png"));
  EXPECT_THAT(sleeve({"train", "--out", "m.png", "--sheet", "./m.png"}).errors,
              HasSubstr("to be written twice"));
  EXPECT_EQ(sleeve({"runs", "list", "--json"}).json()["runs"].size(), 0U);
}

TEST_F(CommandLine, ErrorsAreJsonWhereJsonIsAskedFor) {
  const Outcome outcome = sleeve({"status", "--json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.json()["error"]["code"], "not-found");
}

TEST_F(CommandLine, OutputThatCanNotBeWrittenIsNotDone) {
  const std::string command = std::string(SLEEVE_BINARY) + " list > /dev/full 2> /dev/null";
  const int state = std::system(command.c_str());
  ASSERT_TRUE(WIFEXITED(state));
  EXPECT_EQ(WEXITSTATUS(state), 1);
}

TEST_F(CommandLine, InterruptedDemoCanBeRunAgain) {
  const std::vector<std::string> demo = {"demo",     "--dir", "d",      "--artists", "4",
                                         "--albums", "3",     "--side", "64",        "--quiet"};
  ASSERT_EQ(sleeve(demo).status, 0);
  std::filesystem::remove(at("d/covers/manifest.csv"));  // what a kill while drawing leaves
  EXPECT_EQ(sleeve(demo).status, 0);
  // A workspace that is nobody's demo is not touched.
  write("mine/workspace/catalogue.db", "precious");
  EXPECT_EQ(sleeve({"demo", "--dir", "mine"}).status, 1);
  EXPECT_EQ(read("mine/workspace/catalogue.db"), "precious");
}

}  // namespace
}  // namespace sleeve
