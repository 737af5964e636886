// SPDX-License-Identifier: Apache-2.0
// Export: what is written can be read again by what it was written for, and nothing is replaced unasked.
#include <gmock/gmock.h>

#include "base/csv.h"
#include "e2e/sandbox.h"
#include "store/share_list.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Export : public Sandbox {
 protected:
  // 16 covers of 4 genres with artists and popularity.
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "2", "--albums", "2", "--side", "64"});
    ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  }
  // The status of another workspace, without what depends on paths.
  Json status_of(const std::string& workspace) {
    Json status = sleeve({"-w", workspace, "status", "--json"}).json();
    for (const char* key : {"workspace", "odd", "conflicts", "features", "runs"}) status.erase(key);
    return status;
  }
};

TEST_F(Export, TableIsReadAgainAsItWas) {
  const Outcome outcome = sleeve({"export", "csv", "--out", "albums.csv", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(outcome.json()["written"], 16);
  ASSERT_EQ(sleeve({"-w", "again", "import", "csv", "albums.csv"}).status, 0);
  EXPECT_EQ(status_of("again"), status_of("ws"));
  EXPECT_EQ(sleeve({"export", "csv", "--out", "albums.csv"}).status, 1) << "nothing is replaced unasked";
  EXPECT_THAT(sleeve({"export", "csv", "--out", "albums.csv"}).errors, HasSubstr("--force"));
  EXPECT_EQ(sleeve({"export", "csv", "--out", "albums.csv", "--force"}).status, 0);
}

TEST_F(Export, JsonLinesTellWhatIsKnownAndWhatIsNot) {
  ASSERT_EQ(sleeve({"label", "popularity", "--quantiles", "0.5"}).status, 0);
  ASSERT_EQ(sleeve({"export", "jsonl", "--out", "albums.jsonl"}).status, 0);
  const std::string text = read("albums.jsonl");
  EXPECT_EQ(std::ranges::count(text, '\n'), 16);
  const Json first = parse_json(text.substr(0, text.find('\n'))).value();
  EXPECT_EQ(first["source"], "csv");
  EXPECT_EQ(first["cover"]["width"], 64);
  EXPECT_EQ(first["cover"]["sha256"].get<std::string>().size(), 64U);
  EXPECT_TRUE(first["collection"].is_null()) << "unknown is null";
  EXPECT_FALSE(first["popularity_class"].is_null());
}

TEST_F(Export, AlbumsGoTheWayOfTheOriginalAndBack) {
  write("albums.json",
        R"({"0": {"artist_id": "A", "artist_name": "Ann", "album_id": "1/x", "album_name": "One",
      "album_popularity": 71, "genres": ["rock", "pop rock"], "album_url": "", "filepath": ".\\images\\one.jpg"},
      "1": {"artist_id": "B", "artist_name": "Bob", "album_id": "2", "album_name": "Two", "album_popularity": null,
      "genres": [], "album_url": "", "filepath": ".\\images\\two.jpg"}})");
  fs::create_directories(at("images"));
  fs::copy_file(at("demo/covers/images/ember-artist-01-album-1.jpg"), at("images/one.jpg"));
  fs::copy_file(at("demo/covers/images/glacier-artist-01-album-1.jpg"), at("images/two.jpg"));
  ASSERT_EQ(sleeve({"-w", "a", "import", "albums", "albums.json", "--images", "images"}).status, 0);
  const Outcome outcome =
      sleeve({"-w", "a", "export", "albums", "--out", "again.txt", "--images", "again-images", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors << outcome.output;
  EXPECT_EQ(outcome.json()["pictures"], 2);
  const Json written = parse_json(read("again.txt")).value();
  const std::vector<std::string> members = {"artist_id",        "artist_name", "album_id",  "album_name",
                                            "album_popularity", "genres",      "album_url", "filepath"};
  std::vector<std::string> found;
  for (const auto& [key, value] : written["0"].items()) found.push_back(key);
  EXPECT_EQ(found, members) << "the original's members, and no others";
  EXPECT_EQ(written["0"]["album_popularity"], 71);
  EXPECT_TRUE(written["1"]["album_popularity"].is_null()) << "unknown is not zero";
  EXPECT_EQ(written["0"]["filepath"], "again-images/1_x.jpg");
  ASSERT_EQ(sleeve({"-w", "b", "import", "albums", "again.txt", "--images", "again-images"}).status, 0);
  EXPECT_EQ(status_of("b"), status_of("a"));
  EXPECT_EQ(read("again-images/1_x.jpg"), read("images/one.jpg"));
}

TEST_F(Export, ImageFolderIsReadAgainAndReplacedOnlyIfAnExportMadeIt) {
  const Outcome outcome = sleeve({"export", "imagefolder", "--out", "sorted", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(outcome.json()["pictures"], 16);
  EXPECT_EQ(outcome.json()["classes"].size(), 4U);
  ASSERT_EQ(sleeve({"-w", "a", "import", "folder", "sorted"}).status, 0);
  EXPECT_EQ(status_of("a")["genres"], status_of("ws")["genres"]);
  ASSERT_EQ(sleeve({"-w", "b", "import", "csv", "sorted/manifest.csv"}).status, 0);
  EXPECT_EQ(status_of("b")["artists"], status_of("ws")["artists"]);
  EXPECT_EQ(sleeve({"export", "imagefolder", "--out", "sorted"}).status, 1);
  EXPECT_EQ(sleeve({"export", "imagefolder", "--out", "sorted", "--force", "--copy"}).status, 0);
  write("mine/precious.txt", "not to be lost");
  EXPECT_EQ(sleeve({"export", "imagefolder", "--out", "mine", "--force"}).status, 1);
  EXPECT_EQ(read("mine/precious.txt"), "not to be lost");
  for (const auto& entry : fs::directory_iterator(at("."))) {
    EXPECT_THAT(entry.path().native(), testing::Not(testing::EndsWith(".tmp")));
    EXPECT_THAT(entry.path().native(), testing::Not(testing::EndsWith(".old")));
  }
}

TEST_F(Export, CoverThatChangedIsNotTakenForTheOneThatWasLabelled) {
  write("demo/covers/images/ember-artist-01-album-1.jpg", "other bytes");
  const Outcome outcome = sleeve({"export", "imagefolder", "--out", "sorted", "--json"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.json()["pictures"], 15);
  EXPECT_THAT(outcome.json()["problems"][0]["reason"].get<std::string>(), HasSubstr("changed since"));
}

TEST_F(Export, GenreNamesThatAreNoFolderNames) {
  write("list.csv",
        "file,genre\n"
        "demo/covers/images/ember-artist-01-album-1.jpg,drum/bass\n"
        "demo/covers/images/ember-artist-01-album-2.jpg,Drum-Bass\n"
        "demo/covers/images/glacier-artist-01-album-1.jpg,..\n");
  ASSERT_EQ(sleeve({"-w", "a", "import", "csv", "list.csv"}).status, 0);
  ASSERT_EQ(sleeve({"-w", "a", "export", "imagefolder", "--out", "sorted"}).status, 0);
  size_t folders = 0;
  for (const auto& entry : fs::directory_iterator(at("sorted"))) folders += entry.is_directory() ? 1 : 0;
  EXPECT_EQ(folders, 3U);
  EXPECT_EQ(sleeve({"-w", "b", "import", "folder", "sorted", "--json"}).json()["added"], 3);
}

TEST_F(Export, NothingIsMadeOfNothing) {
  fs::create_directories(at("void"));
  ASSERT_EQ(sleeve({"-w", "empty", "import", "folder", "void"}).status, 1);
  for (const char* format : {"list", "csv", "jsonl", "albums"}) {
    const Outcome outcome = sleeve({"-w", "empty", "export", format, "--out", "x"});
    EXPECT_EQ(outcome.status, 1) << format;
    EXPECT_THAT(outcome.errors, HasSubstr("'sleeve import'")) << format;
    EXPECT_FALSE(fs::exists(at("x"))) << format;
  }
}

TEST_F(Export, FilesAreNoFolders) {
  write("file", "mine");
  const Outcome sorted = sleeve({"export", "imagefolder", "--out", "file", "--force"});
  EXPECT_EQ(sorted.status, 1);
  EXPECT_THAT(sorted.errors, HasSubstr("never replaced"));
  const Outcome albums = sleeve({"export", "albums", "--out", "a.txt", "--images", "file", "--force"});
  EXPECT_EQ(albums.status, 2);
  EXPECT_THAT(albums.errors, HasSubstr("is no folder"));
  EXPECT_EQ(sleeve({"export", "csv", "--out", ""}).status, 2);
  EXPECT_EQ(read("file"), "mine");
}

TEST_F(Export, ListNeedsIdsThatOthersCanLookUp) {
  const Outcome outcome = sleeve({"export", "list", "--out", "list.jsonl"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("csv or jsonl"));
  EXPECT_FALSE(fs::exists(at("list.jsonl")));
}

// numpy itself is asked where it is there.
TEST_F(Export, NumpyReadsTheArchiveWithoutPickles) {
  const std::vector<std::string> command = {"export", "npz",   "--features", "hsv:bins=2",
                                            "--out",  "c.npz", "--json"};
  const Outcome outcome = sleeve(command);
  ASSERT_EQ(outcome.status, 0) << outcome.errors << outcome.output;
  EXPECT_EQ(outcome.json()["written"], 16);
  EXPECT_EQ(outcome.json()["values"], 8);
  const std::string first = read("c.npz");
  EXPECT_EQ(first.substr(0, 2), "PK");
  EXPECT_THAT(first, HasSubstr("NUMPY"));
  EXPECT_THAT(first, HasSubstr("'descr': '<f4', 'fortran_order': False, 'shape': (16, 8), }"));
  ASSERT_EQ(sleeve({"export", "npz", "--features", "hsv:bins=2", "--out", "c.npz", "--force"}).status, 0);
  EXPECT_EQ(read("c.npz"), first) << "the same covers give the same bytes";
  if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) GTEST_SKIP() << "no numpy here";
  const std::string script =
      "cd '" + at(".").native() +
      "' && /usr/bin/python3 -c \"import numpy, json; d = numpy.load('c.npz', allow_pickle=False); "
      "assert d['x'].shape == (16, 8) and d['x'].dtype == numpy.float32; assert abs((d['x'] ** 2).sum(1) - "
      "1).max() "
      "< 1e-5; "
      "assert d['y'].max() == len(d['class_names']) - 1 == 3; assert len(set(d['groups'])) == 8; "
      "assert len(d['feature_names']) == 8; assert json.loads(str(d['about']))['dataset']['covers'] == 16; "
      "assert all(len(c) == 64 for c in d['covers'])\"";
  EXPECT_EQ(std::system(script.c_str()), 0);
}

}  // namespace
}  // namespace sleeve
