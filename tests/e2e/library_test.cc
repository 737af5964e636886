// SPDX-License-Identifier: Apache-2.0
// A music library: albums from tags, covers once an album, quick the second time, and nothing of it changed.
#include <map>

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include "collect/testing/tiny_audio.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Library : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "2", "--albums", "2", "--side", "64"});
  }
  std::string picture(const std::string& cover) { return read("demo/covers/images/" + cover + ".jpg"); }
  void song(const std::string& file, MusicTags tags) {
    fs::create_directories(at(file).parent_path());
    ASSERT_TRUE(write_music(at(file), tags)) << file;
  }
  static MusicTags tags(const std::string& artist, const std::string& album, const std::string& genre) {
    MusicTags result;
    result.properties = {
        {"ALBUM", {album}}, {"ALBUMARTIST", {artist}}, {"ARTIST", {artist}}, {"GENRE", {genre}}};
    return result;
  }
  // Three albums: one of every format with an embedded cover, one with a picture beside it, one without.
  void make_library() {
    for (const std::string format : {"mp3", "flac", "m4a", "ogg", "opus", "wav"}) {
      MusicTags all = tags("Ember", "Every Format", format == "wav" ? "Pop" : "Rock");
      all.picture = picture("ember-artist-01-album-1");
      song("music/ember/every/" + format + "." + format, all);
    }
    song("music/glacier/CD 1/a.mp3", tags("Glacier", "Cold", "Jazz; Ambient"));
    song("music/glacier/CD 2/b.mp3", tags("Glacier", "Cold", "Jazz"));
    fs::copy_file(at("demo/covers/images/glacier-artist-01-album-1.jpg"), at("music/glacier/Folder.JPG"));
    song("music/bare/c.ogg", tags("Nobody", "No Picture", "Folk"));
  }
  Json walk(int status = 0) {
    const Outcome outcome = sleeve({"import", "library", "music", "--json"});
    EXPECT_EQ(outcome.status, status) << outcome.errors << outcome.output;
    return outcome.json();
  }
};

TEST_F(Library, AlbumsAndCoversOfEveryFormat) {
  make_library();
  const Json report = walk();
  EXPECT_EQ(report["files"], 9);
  EXPECT_EQ(report["albums"], 4) << "the discs are folders of their own where no MusicBrainz id joins them";
  EXPECT_EQ(report["embedded"], 1);
  EXPECT_EQ(report["beside"], 2);
  EXPECT_EQ(report["without_picture"], 1);
  EXPECT_EQ(report["new_covers"], 2);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["covers"], 2);
  EXPECT_EQ(status["artists"], 3);
  ASSERT_EQ(sleeve({"export", "jsonl", "--out", "albums.jsonl"}).status, 0);
  const std::string text = read("albums.jsonl");
  Json every;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    const Json album = parse_json(text.substr(begin, end - begin)).value();
    if (album["title"] == "Every Format") every = album;
    begin = end + 1;
  }
  EXPECT_EQ(every["tags"][0], (Json{{"name", "Rock"}, {"votes", 5}}));
  EXPECT_EQ(every["tags"][1], (Json{{"name", "Pop"}, {"votes", 1}}));
  const std::string path = every["cover"]["path"];
  EXPECT_THAT(path, HasSubstr("ws/covers/"));
  EXPECT_EQ(read(fs::relative(path, at(".")).native()), picture("ember-artist-01-album-1"))
      << "byte for byte";
  EXPECT_EQ(sleeve({"extract", "--features", "hsv", "--json"}).json()["done"], 2);
}

TEST_F(Library, SecondWalkReadsOnlyWhatChanged) {
  make_library();
  walk();
  const Json before = sleeve({"status", "--json"}).json();
  Json again = walk();
  EXPECT_EQ(again["read"], 0);
  EXPECT_EQ(again["unchanged"], 4);
  EXPECT_EQ(again["new_covers"], 0);
  EXPECT_EQ(sleeve({"status", "--json"}).json(), before);
  song("music/bare/c.ogg", tags("Nobody", "No Picture", "Country"));
  fs::remove_all(at("music/glacier/CD 2"));
  again = walk();
  EXPECT_EQ(again["read"], 1);
  EXPECT_EQ(again["updated"], 1);
  EXPECT_EQ(again["removed"], 1);
  EXPECT_EQ(again["albums"], 3);
}

TEST_F(Library, MusicFilesAreOnlyRead) {
  make_library();
  const auto times = [&] {
    std::map<std::string, std::pair<std::string, fs::file_time_type>> result;
    for (const auto& entry : fs::recursive_directory_iterator(at("music"))) {
      const std::string file = fs::relative(entry.path(), at(".")).native();
      if (entry.is_regular_file()) result[file] = {read(file), fs::last_write_time(entry.path())};
    }
    return result;
  };
  const auto before = times();
  fs::permissions(at("music/bare/c.ogg"), fs::perms::owner_read);
  walk();
  EXPECT_EQ(times(), before);
}

TEST_F(Library, ReleaseIdJoinsWhatLiesApart) {
  MusicTags disc = tags("Glacier", "Cold (disc 1)", "Jazz");
  disc.properties["MUSICBRAINZ_ALBUMID"] = {"13dd11aa-0000-4000-8000-00000000000a"};
  disc.properties["MUSICBRAINZ_RELEASEGROUPID"] = {"23dd11aa-0000-4000-8000-00000000000b"};
  song("music/a/1.mp3", disc);
  song("music/b/2.flac", disc);
  EXPECT_EQ(walk()["albums"], 1);
  // Others know the album by its release group.
  ASSERT_EQ(sleeve({"export", "list", "--out", "list.jsonl"}).status, 0);
  EXPECT_THAT(read("list.jsonl"),
              HasSubstr(R"("source":"metabrainz","id":"23dd11aa-0000-4000-8000-00000000000b")"));
}

TEST_F(Library, CompilationIsOneAlbumOfNoArtist) {
  for (int i = 1; i <= 3; ++i) {
    MusicTags track = tags("Artist " + std::to_string(i), "Hits", "Pop");
    track.properties.erase("ALBUMARTIST");
    song("music/hits/" + std::to_string(i) + ".mp3", track);
  }
  EXPECT_EQ(walk()["albums"], 1);
  EXPECT_EQ(sleeve({"status", "--json"}).json()["artists"], 0);
}

TEST_F(Library, WhatIsBrokenIsNamedAndTheRunGoesOn) {
  make_library();
  write("music/bare/broken.flac", "fLaC and nothing behind it");
  write("music/bare/text.mp3", "no music");
  write("music/bare/empty.m4a", "");
  write("music/bare/tape.wma", "another format");
  MusicTags wrong = tags("Ember", "Wrong Picture", "Rock");
  wrong.picture = "no picture at all";
  song("music/wrong/1.mp3", wrong);
  write("music/wrong/cover.png", "none either");
  Json report = walk(3);
  EXPECT_EQ(report["unreadable"], 3);
  EXPECT_EQ(report["problem_count"], 5);
  EXPECT_EQ(report["other_formats"], (Json{{".wma", 1}}));
  EXPECT_EQ(report["albums"], 5);
  EXPECT_EQ(sleeve({"status", "--json"}).json()["problems"].size(), 5U);
  report = walk(3);
  EXPECT_EQ(report["read"], 0);
  EXPECT_EQ(report["problem_count"], 5) << "what is still broken is told again";
  fs::remove_all(at("music/wrong"));
  for (const char* file : {"broken.flac", "text.mp3", "empty.m4a"}) fs::remove(at("music/bare") / file);
  walk();
  EXPECT_EQ(sleeve({"status", "--json"}).json()["problems"].size(), 0U);
}

TEST_F(Library, TheCatalogueHasAllProblemsHoweverMany) {
  song("music/good/1.mp3", tags("Ember", "Sound", "Rock"));
  for (int i = 0; i < 1010; ++i) write("music/bad/" + std::to_string(i) + ".mp3", "");
  const Json report = walk(3);
  EXPECT_EQ(report["problem_count"], 1010);
  EXPECT_EQ(report["problems"].size(), 1000U) << "the first of them";
  EXPECT_EQ(sleeve({"status", "--json"}).json()["problems"].size(), 1010U);
}

TEST_F(Library, EmptyFolderLosesNothing) {
  make_library();
  walk();
  fs::rename(at("music"), at("away"));
  fs::create_directories(at("music"));
  EXPECT_EQ(sleeve({"import", "library", "music"}).status, 1) << "a disk that isn't mounted";
  EXPECT_EQ(sleeve({"status", "--json"}).json()["albums"], 4);
}

TEST_F(Library, CoversThatWentAreTakenOutAgain) {
  make_library();
  walk();
  fs::remove_all(at("ws/covers"));
  walk();
  EXPECT_EQ(sleeve({"extract", "--features", "hsv", "--json"}).json()["done"], 2);
}

TEST_F(Library, AnotherWayToSayIt) {
  make_library();
  EXPECT_EQ(sleeve({"collect", "--source", "library"}).status, 2);
  for (const char* option : {"--dry-run", "--offline", "--genre=Rock", "--list=ids.txt", "--limit=2"}) {
    EXPECT_EQ(sleeve({"collect", "--source", "library", "music", option}).status, 2) << option;
  }
  EXPECT_THAT(sleeve({"collect", "--source", "library", "music/bare/c.ogg"}).errors, HasSubstr("no folder"));
  EXPECT_FALSE(fs::exists(at("ws")));
  EXPECT_EQ(sleeve({"collect", "--source", "library", "music", "--json"}).json()["albums"], 4);
}

TEST_F(Library, KilledWalkGoesOn) {
  make_library();
  for (int i = 0; i < 600; ++i) song("music/many/" + std::to_string(i) + ".mp3", tags("A", "B", "C"));
  const pid_t process = start({"import", "library", "music", "--quiet"});
  ::usleep(150'000);
  ::kill(process, SIGKILL);
  finish(process);
  walk();
  const Json whole = sleeve({"status", "--json"}).json();
  ASSERT_EQ(sleeve({"-w", "calm", "import", "library", "music"}).status, 0);
  const Json calm = sleeve({"-w", "calm", "status", "--json"}).json();
  for (const char* key : {"covers", "albums", "artists", "genres", "albums_without_cover"}) {
    EXPECT_EQ(whole[key], calm[key]) << key;
  }
}

}  // namespace
}  // namespace sleeve
