// SPDX-License-Identifier: Apache-2.0
// Music services, enriching and sharing, from the command line against fakes.
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/text.h"
#include "collect/testing/fake_shops.h"
#include "collect/testing/fake_spotify.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Sources : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    set("SLEEVE_CONTACT", "test@example.org");
    set("SLEEVE_CLOCK_SPEED", "2000");
    set("SLEEVE_KEYS", at("keys").native());
    set("SLEEVE_SPOTIFY_CLIENT_ID", "my-id");
    set("SLEEVE_SPOTIFY_CLIENT_SECRET", "my-secret");
  }
  void TearDown() override {
    for (const std::string& name : variables_) ::unsetenv(name.c_str());
    Sandbox::TearDown();
  }
  void set(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    variables_.insert(name);
  }
  void point_at(const FakeService& fake) {
    for (const auto& [service, url] : fake.urls()) {
      std::string name = "SLEEVE_" + service + "_URL";
      for (char& letter : name)
        letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
      set(name, url);
    }
  }

 private:
  std::set<std::string> variables_;
};

TEST_F(Sources, SharedListBuildsTheSameCollectionElsewhere) {
  FakeDeezer fake(30);
  point_at(fake);
  const Outcome collected =
      sleeve({"collect", "--source", "deezer", "--genre", "Rock,Jazz", "--per-genre", "5", "--size", "250"});
  ASSERT_EQ(collected.status, 0) << collected.errors;
  EXPECT_THAT(collected.errors, HasSubstr("private, non-commercial"));
  const Outcome exported = sleeve({"export", "list", "--out", "list.jsonl", "--json"});
  ASSERT_EQ(exported.status, 0) << exported.errors;
  EXPECT_EQ(exported.json()["written"], 10);
  EXPECT_THAT(exported.json()["notes"]["deezer"].get<std::string>(), HasSubstr("no reproduction"));
  EXPECT_THAT(read("list.jsonl"), HasSubstr("no reproduction"));
  EXPECT_THAT(read("list.jsonl"), Not(HasSubstr(at("ws").native()))) << "no path of this machine";
  const Outcome rebuilt =
      sleeve({"-w", "b", "collect", "--source", "deezer", "--list", "list.jsonl", "--size", "250", "--json"});
  ASSERT_EQ(rebuilt.status, 0) << rebuilt.errors;
  EXPECT_EQ(rebuilt.json()["found"], 10);
  const Json here = sleeve({"status", "--json"}).json();
  const Json there = sleeve({"-w", "b", "status", "--json"}).json();
  for (const char* key : {"albums", "covers", "artists", "genres", "with_popularity"})
    EXPECT_EQ(here[key], there[key]) << key;
  const std::string whole = read("list.jsonl");
  write("cut.jsonl", whole.substr(0, whole.size() / 2));
  EXPECT_EQ(sleeve({"-w", "c", "collect", "--source", "deezer", "--list", "cut.jsonl"}).status, 1);
}

TEST_F(Sources, SpotifyNeedsAWordAndGivesTheOriginalsJson) {
  FakeSpotify fake({.albums = 20});
  point_at(fake);
  const std::vector<std::string> wish = {"collect", "--source", "spotify", "--playlist",
                                         "p1",      "--size",   "300"};
  const Outcome refused = sleeve(wish);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("forbid"));
  EXPECT_THAT(refused.errors, HasSubstr("--i-have-permission"));
  EXPECT_EQ(fake.asked(""), 0);
  std::vector<std::string> allowed = wish;
  allowed.emplace_back("--i-have-permission");
  ASSERT_EQ(sleeve(allowed).status, 0);
  ASSERT_EQ(sleeve({"export", "albums", "--out", "data.txt", "--images", "images"}).status, 0);
  const Json written = parse_json(read("data.txt")).value();
  ASSERT_EQ(written.size(), 20U);
  const Json& first = written["0"];
  EXPECT_EQ(first["album_id"], "album1");
  EXPECT_EQ(first["artist_id"], "artist1");
  EXPECT_EQ(first["album_popularity"], 1);
  EXPECT_EQ(first["album_url"], "https://open.spotify.com/album/album1");
  EXPECT_EQ(first["genres"], (Json::array({"dance pop", "scene 1"})));
  EXPECT_TRUE(fs::exists(at(first["filepath"].get<std::string>())));
  const Outcome again = sleeve({"-w", "b", "import", "albums", "data.txt", "--images", "images", "--json"});
  ASSERT_EQ(again.status, 0) << again.errors << again.output;
  EXPECT_EQ(again.json()["added"], 20);
  EXPECT_EQ(again.json()["without_picture"], 0);
}

TEST_F(Sources, EnrichingAddsAndAnImportKeepsIt) {
  FakeDeezer fake(12);
  point_at(fake);
  draw("demo", {"--artists", "2", "--albums", "2", "--side", "64"});
  std::string table = "file,artist,title\n";
  int number = 0;
  for (const auto& entry : fs::directory_iterator(at("demo/covers/images"))) {
    if (++number > 4) break;
    table += fmt::format("{},Band {},Album {}\n", entry.path().native(), (number + 2) / 3, number);
  }
  write("albums.csv", table);
  ASSERT_EQ(sleeve({"import", "csv", "albums.csv"}).status, 0);
  EXPECT_EQ(sleeve({"enrich", "--from", "deezer", "--dry-run", "--json"}).json()["asked"], 4);
  EXPECT_EQ(fake.asked(""), 0);
  const Outcome outcome = sleeve({"enrich", "--from", "deezer", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(outcome.json()["matched"], 4);
  EXPECT_EQ(outcome.json()["genres_added"], 4);
  const Json before = sleeve({"status", "--json"}).json();
  EXPECT_EQ(before["with_popularity"], 4);
  EXPECT_EQ(sleeve({"import", "csv", "albums.csv", "--json"}).json()["unchanged"], 4);
  EXPECT_EQ(sleeve({"status", "--json"}).json(), before);
  EXPECT_EQ(sleeve({"enrich", "--from", "spotify"}).status, 2);
}

TEST_F(Sources, LibraryIsASourceToo) {
  fs::create_directories(at("music"));
  EXPECT_EQ(sleeve({"collect", "--source", "library"}).status, 2);
  EXPECT_THAT(sleeve({"collect", "--source", "library", "music"}).errors, HasSubstr("holds no music file"));
  EXPECT_EQ(sleeve({"collect", "music", "--genre", "rock"}).status, 2);
}

}  // namespace
}  // namespace sleeve
