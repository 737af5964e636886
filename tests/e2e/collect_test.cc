// SPDX-License-Identifier: Apache-2.0
// `sleeve collect` against fakes of the services: the real program, real HTTP on loopback.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/text.h"
#include "collect/testing/catalogue_dump.h"
#include "collect/testing/fake_metabrainz.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class Collecting : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    ::setenv("SLEEVE_CONTACT", "test@example.org", 1);
    ::setenv("SLEEVE_CLOCK_SPEED", "2000", 1);
    ::setenv("SLEEVE_KEYS", at("keys").c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : {"SLEEVE_CONTACT", "SLEEVE_CLOCK_SPEED", "SLEEVE_KEYS", "SLEEVE_MUSICBRAINZ_URL",
                             "SLEEVE_LISTENBRAINZ_URL", "SLEEVE_COVERARTARCHIVE_URL"}) {
      ::unsetenv(name);
    }
    Sandbox::TearDown();
  }
  static void point_at(const FakeMetabrainz& fake) {
    const auto urls = fake.urls();
    ::setenv("SLEEVE_MUSICBRAINZ_URL", urls.at("musicbrainz").c_str(), 1);
    ::setenv("SLEEVE_LISTENBRAINZ_URL", urls.at("listenbrainz").c_str(), 1);
    ::setenv("SLEEVE_COVERARTARCHIVE_URL", urls.at("coverartarchive").c_str(), 1);
  }
  static const std::vector<std::string>& wish() {
    static const std::vector<std::string> kWish = {
        "collect", "--genre", "rock,jazz,hip hop,black metal,electronic",
        "--size",  "250",     "--per-genre",
        "100",     "--json",  "--quiet"};
    return kWish;
  }
  std::vector<std::string> in_workspace(const std::string& workspace, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", workspace});
    return arguments;
  }
};

TEST_F(Collecting, WhatWasCollectedCanBeLearntFrom) {
  FakeMetabrainzOptions world;
  world.picture_side = 64;
  FakeMetabrainz fake(world);
  point_at(fake);
  const Outcome outcome = sleeve({"collect", "--genre", "rock,jazz", "--per-genre", "25", "--size", "250"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("50 albums: 50 new"));
  EXPECT_THAT(outcome.output, HasSubstr("covers: 50 fetched"));
  EXPECT_THAT(outcome.errors, HasSubstr("CC BY-NC-SA"));  // the notice and the plan come first
  EXPECT_THAT(outcome.errors, HasSubstr("search by genre (musicbrainz)"));
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["albums"], 50);
  EXPECT_GT(status["with_popularity"], 40);
  ASSERT_EQ(sleeve({"extract", "--features", "hsv"}).status, 0);
  ASSERT_EQ(sleeve({"label", "genres", "--json"}).status, 0);
  const Outcome trained = sleeve({"train", "--features", "hsv", "--model", "majority", "--out", "m.sleeve"});
  EXPECT_EQ(trained.status, 0) << trained.errors;
}

TEST_F(Collecting, ADryRunAsksNobodyAndLeavesNothing) {
  FakeMetabrainz fake({});
  point_at(fake);
  const Outcome outcome =
      sleeve({"collect", "--genre", "rock,jazz", "--per-genre", "500", "--dry-run", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const Json plan = outcome.json();
  EXPECT_EQ(plan["albums"], 1000);
  EXPECT_NEAR(plan["calls"].get<double>(), 1050, 50);
  EXPECT_GT(plan["minutes"], 3.0);
  EXPECT_FALSE(fs::exists(at("ws")));
  EXPECT_TRUE(fake.asked().empty());
}

TEST_F(Collecting, ThePlanCountsProperly) {
  const Outcome one =
      sleeve({"collect", "--genre", "rock", "--per-genre", "1", "--size", "250", "--dry-run"});
  EXPECT_THAT(one.output, HasSubstr("1 album: 4 calls in 1 minute at the services' limits, 0.0 MB of"));
  const Outcome many = sleeve({"collect", "--genre", "rock", "--per-genre", "1000", "--dry-run"});
  EXPECT_THAT(many.output, HasSubstr(" minutes at the services' limits, 45.0 MB of pictures"));
  const Outcome unknown = sleeve({"collect", "--source", "spotify", "--playlist", "x", "--dry-run"});
  EXPECT_THAT(unknown.output, HasSubstr("at least 2 calls"));
}

TEST_F(Collecting, WhatIsKeptNeedsNoContact) {
  FakeMetabrainz fake({});
  point_at(fake);
  const std::vector<std::string> few = {"collect", "--genre", "rock", "--per-genre", "3", "--json"};
  ASSERT_EQ(sleeve(few).status, 0);
  fake.forget_calls();
  ::unsetenv("SLEEVE_CONTACT");
  std::vector<std::string> offline = few;
  offline.emplace_back("--offline");
  const Outcome outcome = sleeve(offline);
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(outcome.json()["unchanged"], 3);
  EXPECT_TRUE(fake.asked().empty());
}

TEST_F(Collecting, MistakesAreSaidBeforeAnythingIsAsked) {
  FakeMetabrainz fake({});
  point_at(fake);
  EXPECT_THAT(sleeve({"collect"}).errors, HasSubstr("nothing to collect"));
  EXPECT_THAT(sleeve({"collect", "--source", "metabrain", "--genre", "x"}).errors, HasSubstr("'metabrainz'"));
  EXPECT_THAT(sleeve({"collect", "--chart", "al_time"}).errors, HasSubstr("'all_time'"));
  EXPECT_EQ(sleeve({"collect", "--genre", "rock", "--offline", "--refresh"}).status, 2);
  EXPECT_THAT(sleeve({"collect", "--genre", ""}).errors, HasSubstr("--genre: an empty name"));
  for (const char* bound : {"--limit", "--max-calls", "--max-bytes"}) {
    EXPECT_EQ(sleeve({"collect", "--genre", "rock", bound, "-3"}).status, 2) << bound;
  }
  write("ids.txt", "# nothing\n");
  EXPECT_THAT(sleeve({"collect", "--list", "ids.txt"}).errors, HasSubstr("names no albums"));
  ::unsetenv("SLEEVE_CONTACT");
  const Outcome nameless = sleeve({"collect", "--genre", "rock"});
  EXPECT_EQ(nameless.status, 2);
  EXPECT_THAT(nameless.errors, HasSubstr("SLEEVE_CONTACT"));
  EXPECT_FALSE(fs::exists(at("ws")));
  EXPECT_TRUE(fake.asked().empty());
  EXPECT_THAT(sleeve({"collect", "--sources"}).output, HasSubstr("--genre, --chart, --artist, --album"));
}

TEST_F(Collecting, AListOfIdsIsRebuilt) {
  FakeMetabrainz fake({});
  point_at(fake);
  std::string plain = "# ids\n\n";
  std::string csv = "source,id,title\n";
  std::string lines;
  for (size_t i = 0; i < 6; ++i) {
    const std::string& id = fake.albums()[i].mbid;
    plain += id + "  a title\n";
    csv += (i == 5 ? "deezer," : "metabrainz,") + id + ",\"a, title\"\n";
    lines += "{\"source\":\"metabrainz\",\"id\":\"" + id + "\"}\n";
  }
  write("ids.txt", plain);
  write("ids.csv", csv);
  write("ids.jsonl", lines);
  EXPECT_EQ(sleeve({"collect", "--list", "ids.txt", "--json"}).json()["found"], 6);
  EXPECT_EQ(sleeve({"-w", "csv", "collect", "--list", "ids.csv", "--json"}).json()["found"], 5);
  EXPECT_EQ(sleeve({"-w", "lines", "collect", "--list", "ids.jsonl", "--json"}).json()["found"], 6);
}

TEST_F(Collecting, AServiceThatIsAwayIsSaidAndTheSameCommandGoesOn) {
  {
    FakeMetabrainz fake({});
    point_at(fake);
  }
  const Outcome outcome = sleeve({"collect", "--genre", "rock", "--per-genre", "5"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.output, HasSubstr("the same command goes on where it was"));
  FakeMetabrainz fake({});
  point_at(fake);
  EXPECT_EQ(sleeve({"collect", "--genre", "rock", "--per-genre", "5"}).status, 0);
}

TEST_F(Collecting, ControlCKeepsWhatHasCome) {
  FakeMetabrainzOptions world;
  world.albums = 1000;
  FakeMetabrainz fake(world);
  point_at(fake);
  std::atomic<int> requests{0};
  fake.on_request([&] { ++requests; });
  const pid_t process = start(wish());
  while (requests < 200) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ::kill(process, SIGINT);
  const Outcome outcome = finish(process);
  ASSERT_EQ(outcome.status, 3) << outcome.errors;
  const Json report = outcome.json();
  EXPECT_EQ(report["stopped"], "cancelled");
  const auto fetched = report["pictures"]["fetched"].get<int>();
  EXPECT_GT(fetched, 0);
  const Json rest = sleeve(wish()).json();
  EXPECT_EQ(rest["pictures"]["there"], fetched);
  EXPECT_EQ(rest["pictures"]["fetched"].get<int>(), 500 - fetched);
}

// Whatever lies in covers/ab/ is whole: its name is the hash of its bytes.
void expect_whole_pictures(const fs::path& covers) {
  std::error_code code;
  for (const auto& entry : fs::recursive_directory_iterator(covers, code)) {
    if (!entry.is_regular_file() || entry.path().parent_path().filename() == "incoming") continue;
    if (entry.path().extension() == ".tmp") continue;
    const std::string hash = sha256(read_file(entry.path()).value()).hex();
    EXPECT_EQ(hash, entry.path().parent_path().filename().native() + entry.path().stem().native());
  }
}

// 25 kills by default; SLEEVE_TEST_KILLS=200 for as many as one likes.
TEST_F(Collecting, KillsAtAnyMomentLeaveTheSameCollection) {
  FakeMetabrainzOptions world;
  world.albums = 1000;
  world.placeholders = 8;
  FakeMetabrainz fake(world);
  point_at(fake);
  const Outcome calm = sleeve(in_workspace("calm", wish()));
  ASSERT_EQ(calm.status, 0) << calm.errors;
  ASSERT_EQ(calm.json()["found"], 500);
  size_t in_calm = 0;
  for (const auto& [question, times] : fake.asked()) in_calm += static_cast<size_t>(times);
  fake.forget_calls();
  const char* given = std::getenv("SLEEVE_TEST_KILLS");
  const auto kills = static_cast<size_t>(parse_integer(given == nullptr ? "25" : given).value_or(25));
  std::atomic<size_t> requests{0};
  fake.on_request([&] { ++requests; });
  Rng rng(11);
  size_t killed = 0;
  for (size_t i = 0; i < 2 * kills && killed < kills; ++i) {
    // Twice as far apart as would use them all: some kills hit the end, most are spread over the whole.
    const size_t after =
        requests + 1 + static_cast<size_t>(rng.below(std::max<size_t>(2, 2 * in_calm / kills)));
    const pid_t process = start(in_workspace("killed", wish()));
    int state = 0;
    bool over = false;
    while (requests < after && !over) {
      over = ::waitpid(process, &state, WNOHANG) == process;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    if (over) break;  // it came to its end
    std::this_thread::sleep_for(std::chrono::microseconds(rng.below(5000)));
    ::kill(process, SIGKILL);
    ::waitpid(process, &state, 0);
    killed += WIFSIGNALED(state) ? 1 : 0;
    if (i % 5 == 0) expect_whole_pictures(at("killed/covers"));
  }
  EXPECT_GE(killed, kills / 2) << "too few kills hit the collection at work";
  const Outcome end = sleeve(in_workspace("killed", wish()));
  ASSERT_EQ(end.status, 0) << end.errors;
  EXPECT_EQ(catalogue_difference(at("killed"), at("calm")), "");
  EXPECT_EQ(picture_faults(at("killed")), "");
  size_t again = 0;
  for (const auto& [question, times] : fake.asked()) again += static_cast<size_t>(times - 1);
  // What was in flight at a kill: one question, or four pictures of three hops each.
  EXPECT_LE(again, killed * 12);
  std::printf("%zu kills, %zu requests in calm, %zu of them asked again\n", killed, in_calm, again);
}

}  // namespace
}  // namespace sleeve
