// SPDX-License-Identifier: Apache-2.0
// Import: nothing twice, nothing changed, moved files found again, conflicts told.
#include <gmock/gmock.h>

#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Import : public Sandbox {
 protected:
  // Real pictures to arrange in folders: 16 covers of 4 genres.
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "2", "--albums", "2", "--side", "64"});
  }
  void place(const std::string& cover, const std::string& destination) {
    fs::create_directories(at(destination).parent_path());
    fs::copy_file(at("demo/covers/images/" + cover + ".jpg"), at(destination));
  }
};

TEST_F(Import, FolderGivesEachCoverItsGenre) {
  place("ember-artist-01-album-1", "music/Rock/a.jpg");
  place("ember-artist-01-album-2", "music/Rock/deep/er/b.jpg");
  place("glacier-artist-01-album-1", "music/Jazz/c.jpg");
  write("music/readme.txt", "not a genre folder's file");
  write("music/Rock/.hidden", "left alone");
  const Outcome outcome = sleeve({"import", "folder", "music", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors << outcome.output;
  EXPECT_EQ(outcome.json()["added"], 3);
  EXPECT_EQ(outcome.json()["ignored"], 1);
  ASSERT_EQ(outcome.json()["passed_over"].size(), 1U);
  EXPECT_THAT(outcome.json()["passed_over"][0].get<std::string>(), HasSubstr("readme.txt"));
  EXPECT_EQ(sleeve({"status", "--json"}).json()["genres"], (Json{{"Jazz", 1}, {"Rock", 2}}));
}

TEST_F(Import, AgainChangesNothing) {
  place("ember-artist-01-album-1", "music/Rock/a.jpg");
  place("glacier-artist-01-album-1", "music/Jazz/c.jpg");
  ASSERT_EQ(sleeve({"import", "folder", "music"}).status, 0);
  const Json before = sleeve({"status", "--json"}).json();
  const std::string picture = read("music/Rock/a.jpg");
  const auto time = fs::last_write_time(at("music/Rock/a.jpg"));
  const Json again = sleeve({"import", "folder", "music", "--json"}).json();
  EXPECT_EQ(again["unchanged"], 2);
  EXPECT_EQ(again["added"], 0);
  EXPECT_EQ(again["new_covers"], 0);
  EXPECT_EQ(sleeve({"status", "--json"}).json(), before);
  EXPECT_EQ(read("music/Rock/a.jpg"), picture);
  EXPECT_EQ(fs::last_write_time(at("music/Rock/a.jpg")), time);
}

TEST_F(Import, MovedFilesAreFoundAgainByTheirBytes) {
  place("ember-artist-01-album-1", "music/Rock/a.jpg");
  place("glacier-artist-01-album-1", "music/Jazz/c.jpg");
  ASSERT_EQ(sleeve({"import", "folder", "music"}).status, 0);
  ASSERT_EQ(sleeve({"extract", "--features", "hsv"}).status, 0);
  fs::rename(at("music"), at("moved"));
  EXPECT_EQ(sleeve({"status", "--json"}).json()["odd"]["missing_files"], 2);
  const Json again = sleeve({"import", "folder", "moved", "--json"}).json();
  EXPECT_EQ(again["moved"], 2);
  EXPECT_EQ(again["unchanged"], 2);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["covers"], 2);
  EXPECT_EQ(status["odd"]["missing_files"], 0);
  EXPECT_EQ(sleeve({"extract", "--features", "hsv", "--json"}).json()["done"], 0);
}

TEST_F(Import, ChangedFileIsANewCover) {
  place("ember-artist-01-album-1", "music/Rock/a.jpg");
  place("glacier-artist-01-album-1", "music/Jazz/c.jpg");
  ASSERT_EQ(sleeve({"import", "folder", "music"}).status, 0);
  fs::remove(at("music/Rock/a.jpg"));
  place("ember-artist-01-album-2", "music/Rock/a.jpg");
  // Before the new import, extracting refuses to take the new bytes for the old cover.
  const Outcome stale = sleeve({"extract", "--features", "hsv", "--json"});
  EXPECT_EQ(stale.status, 3);
  EXPECT_THAT(stale.json()["failed"][0]["reason"].get<std::string>(), HasSubstr("import"));
  EXPECT_EQ(sleeve({"import", "folder", "music", "--json"}).json()["new_covers"], 1);
  EXPECT_EQ(sleeve({"extract", "--features", "hsv", "--json"}).json()["without_file"], 1);
}

TEST_F(Import, SameBytesUnderSeveralGenresAreOneCoverThatIsLeftOut) {
  for (int i = 1; i <= 2; ++i) {
    const std::string n = std::to_string(i);
    place("ember-artist-01-album-" + n, "music/Rock/e1" + n + ".jpg");
    place("ember-artist-02-album-" + n, "music/Rock/e2" + n + ".jpg");
    place("glacier-artist-01-album-" + n, "music/Jazz/g1" + n + ".jpg");
    place("glacier-artist-02-album-" + n, "music/Jazz/g2" + n + ".jpg");
  }
  place("meadow-artist-01-album-1", "music/Rock/same.jpg");
  place("meadow-artist-01-album-1", "music/Jazz/same too.jpg");
  place("meadow-artist-01-album-1", "music/Jazz/copy.jpg");
  ASSERT_EQ(sleeve({"import", "folder", "music"}).status, 0);
  const Json odd = sleeve({"status", "--json"}).json();
  EXPECT_EQ(odd["covers"], 9);
  EXPECT_EQ(odd["odd"]["covers_under_several_genres"], 1);
  EXPECT_EQ(odd["odd"]["genre_pairs"], (Json{{"Jazz + Rock", 1}}));
  EXPECT_EQ(odd["odd"]["identical_files"], 2);
  EXPECT_EQ(odd["conflicts"][0]["paths"].size(), 3U);
  const auto rows = [&](std::vector<std::string> more) {
    more.insert(more.begin(),
                {"crossval", "--folds", "2", "--features", "hsv", "--models", "majority", "--json"});
    const Outcome outcome = sleeve(more);
    EXPECT_EQ(outcome.status, 0) << outcome.errors;
    return outcome.json()["dataset"]["covers"];
  };
  EXPECT_EQ(rows({}), 8);
  EXPECT_EQ(rows({"--keep-conflicting"}), 10);
}

TEST_F(Import, CsvCopesWithWhatSpreadsheetsWrite) {
  place("ember-artist-01-album-1", "pictures/a, the \"first\".jpg");
  place("glacier-artist-01-album-1", "pictures/b.jpg");
  write("list.csv",
        "\xEF\xBB\xBFpicture,style,who,rank\r\n"
        "\"a, the \"\"first\"\".jpg\",Rock;Pop,\"Ember, The\",80\r\n"
        "\r\n"
        "b.jpg,Jazz,Glacier,12.5\r\n");
  const Outcome outcome = sleeve({"import", "csv", "list.csv", "--root", "pictures", "--map",
                                  "file=picture,genre=style,artist=who,popularity=rank", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.errors << outcome.output;
  EXPECT_EQ(outcome.json()["added"], 2);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["artists"], 2);
  EXPECT_EQ(status["with_popularity"], 2);
  EXPECT_EQ(status["genres"], (Json{{"Jazz", 1}, {"Pop", 1}, {"Rock", 1}}));
}

TEST_F(Import, ContextOfAnAlbumIsKept) {
  place("ember-artist-01-album-1", "a.jpg");
  place("glacier-artist-01-album-1", "b.jpg");
  write("list.csv",
        "file,genre,votes,playlist,release_date\n"
        "a.jpg,Rock;Pop,7;2,Fresh Finds,2014-05-01\n"
        "b.jpg,Jazz,many,Fresh Finds,yesterday\n");
  const Outcome outcome =
      sleeve({"import", "csv", "list.csv", "--map", "collection=playlist,year=release_date", "--json"});
  EXPECT_EQ(outcome.status, 3);  // the second row's year and votes are no numbers
  const std::string reason = outcome.json()["problems"][0]["reason"];
  EXPECT_THAT(reason, HasSubstr("yesterday"));
  EXPECT_THAT(reason, HasSubstr("many"));
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["albums"], 2);
  EXPECT_EQ(status["with_year"], 1);
  EXPECT_EQ(status["collections"], 1);
}

TEST_F(Import, CorrectedTableUpdatesTheAlbum) {
  place("ember-artist-01-album-1", "a.jpg");
  write("list.csv", "file,genre,artist\na.jpg,Rock,X\n");
  ASSERT_EQ(sleeve({"import", "csv", "list.csv"}).status, 0);
  write("list.csv", "file,genre,artist\na.jpg,Jazz,X\n");
  EXPECT_EQ(sleeve({"import", "csv", "list.csv", "--json"}).json()["updated"], 1);
  EXPECT_EQ(sleeve({"status", "--json"}).json()["genres"], (Json{{"Jazz", 1}}));
  // A corrected artist makes another album; the one that the table doesn't name any more goes.
  write("list.csv", "file,genre,artist\na.jpg,Jazz,Y\n");
  const Json report = sleeve({"import", "csv", "list.csv", "--json"}).json();
  EXPECT_EQ(report["added"], 1);
  EXPECT_EQ(report["removed"], 1);
  EXPECT_EQ(sleeve({"status", "--json"}).json()["albums"], 1);
}

TEST_F(Import, CoverMovedToAnotherGenreIsNoConflict) {
  place("ember-artist-01-album-1", "music/Rock/a.jpg");
  place("glacier-artist-01-album-1", "music/Jazz/b.jpg");
  ASSERT_EQ(sleeve({"import", "folder", "music"}).status, 0);
  fs::rename(at("music/Rock/a.jpg"), at("music/Jazz/a.jpg"));
  ASSERT_EQ(sleeve({"import", "folder", "music"}).status, 0);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["genres"], (Json{{"Jazz", 2}}));
  EXPECT_EQ(status["odd"]["covers_under_several_genres"], 0);
}

TEST_F(Import, RowsThatNameOneAlbumAreMergedTheSameWayEveryTime) {
  place("ember-artist-01-album-1", "a.jpg");
  std::string table = "file,genre,popularity\na.jpg,Rock,10\n";
  for (int i = 0; i < 600; ++i) table += "a.jpg,Pop,40\n";  // over more than one batch
  write("list.csv", table);
  const Json first = sleeve({"import", "csv", "list.csv", "--json"}).json();
  EXPECT_EQ(first["added"], 1);
  EXPECT_EQ(first["updated"], 0);
  EXPECT_EQ(first["merged"], 600);
  const Json again = sleeve({"import", "csv", "list.csv", "--json"}).json();
  EXPECT_EQ(again["unchanged"], 1);
  EXPECT_EQ(again["updated"], 0);
  EXPECT_EQ(sleeve({"status", "--json"}).json()["genres"], (Json{{"Pop", 1}, {"Rock", 1}}));
}

TEST_F(Import, MapNamesOnlyTheColumnsThatAreCalledOtherwise) {
  place("ember-artist-01-album-1", "a.jpg");
  write("list.csv", "file,genre,performer\na.jpg,Rock,X\n");
  ASSERT_EQ(sleeve({"import", "csv", "list.csv", "--map", "artist=performer"}).status, 0);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["artists"], 1);
  EXPECT_EQ(status["genres"], (Json{{"Rock", 1}}));
}

TEST_F(Import, CopyThatIsStillThereIsReadWhenAnotherIsGone) {
  place("ember-artist-01-album-1", "music/Rock/a.jpg");
  place("ember-artist-01-album-1", "music/Rock/b.jpg");
  place("glacier-artist-01-album-1", "music/Jazz/c.jpg");
  ASSERT_EQ(sleeve({"import", "folder", "music"}).status, 0);
  fs::remove(at("music/Rock/a.jpg"));
  EXPECT_EQ(sleeve({"extract", "--features", "hsv", "--json"}).json()["done"], 2);
}

TEST_F(Import, StrictStopsAndWritesNoAlbums) {
  place("ember-artist-01-album-1", "a.jpg");
  write("list.csv", "file,genre\na.jpg,Rock\nmissing.jpg,Rock\n");
  EXPECT_EQ(sleeve({"import", "csv", "list.csv", "--strict"}).status, 1);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["albums"], 0);
  EXPECT_EQ(status["problems"].size(), 1U);
}

TEST_F(Import, OriginalAlbumsWithAndWithoutPictures) {
  write(
      "albums.json",
      R"({"0": {"artist_id": "A", "artist_name": "Ann", "album_id": "1", "album_name": "One", "album_popularity": 71,
            "genres": ["rock", "pop rock"], "album_url": "u", "filepath": ".\\images\\one.jpg"},
            "1": {"artist_id": "B", "artist_name": "Bob", "album_id": "2", "album_name": "Two", "album_popularity": 30,
            "genres": [{"name": "jazz", "count": 3}], "year": 1999, "album_url": "u", "filepath": ".\\images\\two.jpg"}})");
  const Json bare = sleeve({"import", "albums", "albums.json", "--json"}).json();
  EXPECT_EQ(bare["added"], 2);
  EXPECT_EQ(bare["without_picture"], 2);
  place("ember-artist-01-album-1", "images/one.jpg");
  const Outcome outcome = sleeve({"import", "albums", "albums.json", "--images", "images", "--json"});
  EXPECT_EQ(outcome.status, 3);  // two.jpg is missing
  EXPECT_EQ(outcome.json()["updated"], 1);
  EXPECT_THAT(outcome.json()["problems"][0]["reason"].get<std::string>(), HasSubstr("two.jpg"));
  EXPECT_EQ(outcome.json()["removed"], 0);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["albums"], 2);
  EXPECT_EQ(status["albums_without_cover"], 1);
  EXPECT_EQ(status["artists"], 2);
  EXPECT_EQ(status["with_year"], 1);
}

TEST_F(Import, DirtyCoversAreCountedExactly) {
  draw("dirty", {"--dirt", "--artists", "6", "--albums", "4", "--side", "64"});
  const Json drawn = sleeve({"demo", "--only-draw", "--dir", "dirty", "--dirt", "--artists", "6", "--albums",
                             "4", "--side", "64", "--json"})
                         .json()["draw"];
  const Outcome outcome = sleeve({"import", "csv", "dirty/covers/manifest.csv", "--json"});
  EXPECT_EQ(outcome.status, 3);
  const Json report = outcome.json();
  // Corrupt files and the row without a file fail; a bad popularity is told, its cover kept.
  EXPECT_EQ(report["failed"], drawn["corrupt"].get<int>() + drawn["missing_files"].get<int>());
  EXPECT_EQ(report["problems"].size(),
            report["failed"].get<size_t>() + drawn["bad_popularities"].get<size_t>());
  EXPECT_EQ(report["oddities"]["tiny"], drawn["tiny"]);
  EXPECT_EQ(report["oddities"]["grey"], drawn["grey"]);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["odd"]["covers_under_several_genres"], drawn["cross_genre_copies"]);
  EXPECT_EQ(status["problems"].size(), report["problems"].size());
  EXPECT_EQ(sleeve({"-w", "strict", "import", "csv", "dirty/covers/manifest.csv", "--strict"}).status, 1);
}

TEST_F(Import, FoldersThatAreNoDataSetAreExplained) {
  fs::create_directories(at("empty"));
  const Outcome outcome = sleeve({"import", "folder", "empty"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("one is expected per genre"));
  EXPECT_THAT(sleeve({"import", "folder", "nowhere"}).errors,
              HasSubstr("nowhere: No such file or directory"));
  const Outcome extracted = sleeve({"extract", "--features", "hog"});
  EXPECT_EQ(extracted.status, 0);
  EXPECT_THAT(extracted.output, HasSubstr("'sleeve import'"));
}

}  // namespace
}  // namespace sleeve
