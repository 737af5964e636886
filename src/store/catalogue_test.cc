// SPDX-License-Identifier: Apache-2.0
#include "store/catalogue.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "store/migrate.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

class CatalogueTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("catalogue_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path path() const { return folder_ / "catalogue.db"; }
  Catalogue open() {
    auto catalogue = Catalogue::open(path());
    EXPECT_TRUE(catalogue.ok()) << catalogue.error().message;
    return std::move(catalogue).value();
  }

  fs::path folder_;
};

CoverRecord some_cover(std::string_view content) {
  CoverRecord cover;
  cover.sha256 = sha256(content);
  cover.bytes = content.size();
  cover.width = 300;
  cover.height = 200;
  cover.format = "jpeg";
  cover.phash = 0xF123'4567'89AB'CDEF;  // the top bit set: stored as a negative number
  cover.oddities = "grey,tiny";
  return cover;
}

TEST_F(CatalogueTest, CoverComesBackAsItWasStored) {
  Catalogue catalogue = open();
  const CoverRecord cover = some_cover("a");
  const int64_t id = catalogue.add_cover(cover).value();
  const auto found = catalogue.find_cover(cover.sha256).value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, id);
  EXPECT_EQ(found->bytes, cover.bytes);
  EXPECT_EQ(found->width, 300);
  EXPECT_EQ(found->height, 200);
  EXPECT_EQ(found->format, "jpeg");
  EXPECT_EQ(found->phash, cover.phash);
  EXPECT_EQ(found->oddities, "grey,tiny");
  EXPECT_FALSE(catalogue.find_cover(sha256("b")).value().has_value());
}

TEST_F(CatalogueTest, SameBytesAreOneCover) {
  Catalogue catalogue = open();
  EXPECT_EQ(catalogue.add_cover(some_cover("a")).value(), catalogue.add_cover(some_cover("a")).value());
  EXPECT_EQ(catalogue.covers().value().size(), 1U);
}

TEST_F(CatalogueTest, FileNamesMayHoldAnyBytes) {
  Catalogue catalogue = open();
  const int64_t id = catalogue.add_cover(some_cover("a")).value();
  const std::string odd("/music/caf\xE9\n'; DROP TABLE covers; --");
  ASSERT_TRUE(catalogue.put_file({odd, id, {5, 17}}).ok());
  const auto file = catalogue.find_file(odd).value();
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->path, odd);
  EXPECT_EQ(file->stamp, (FileStamp{5, 17}));
  ASSERT_TRUE(catalogue.forget_file(odd).ok());
  EXPECT_FALSE(catalogue.find_file(odd).value().has_value());
  EXPECT_EQ(catalogue.covers().value().size(), 1U);
}

TEST_F(CatalogueTest, PutAlbumTellsNewUnchangedAndUpdated) {
  Catalogue catalogue = open();
  AlbumRecord album{"csv",    "key",        "/list.csv", "Title", "artist-1",
                    "Artist", std::nullopt, "group",     55.5,    {"rock", "pop"}};
  EXPECT_EQ(catalogue.put_album(album).value(), Change::kNew);
  EXPECT_EQ(catalogue.put_album(album).value(), Change::kUnchanged);
  album.scope = "/moved/list.csv";
  EXPECT_EQ(catalogue.put_album(album).value(), Change::kUnchanged);
  EXPECT_EQ(catalogue.albums().value()[0].scope, "/moved/list.csv");
  album.genres = {"pop"};
  album.popularity = std::nullopt;
  EXPECT_EQ(catalogue.put_album(album).value(), Change::kUpdated);
  const auto albums = catalogue.albums().value();
  ASSERT_EQ(albums.size(), 1U);
  EXPECT_EQ(albums[0].genres, std::vector<std::string>{"pop"});
  EXPECT_EQ(albums[0].popularity, std::nullopt);
  EXPECT_EQ(albums[0].artist_name, "Artist");
  EXPECT_EQ(albums[0].group_key, "group");
}

TEST_F(CatalogueTest, AlbumsKeepTheirGenresInOrder) {
  Catalogue catalogue = open();
  for (const std::string key : {"1", "2", "3"}) {
    ASSERT_TRUE(catalogue.put_album({"s", key, "", "", "", "", {}, {}, {}, {"z" + key, "a" + key}}).ok());
  }
  const auto albums = catalogue.albums().value();
  ASSERT_EQ(albums.size(), 3U);
  EXPECT_EQ(albums[1].genres, (std::vector<std::string>{"z2", "a2"}));
  EXPECT_EQ(albums[2].genres, (std::vector<std::string>{"z3", "a3"}));
}

TEST_F(CatalogueTest, AlbumsKeepVotesCollectionAndYear) {
  Catalogue catalogue = open();
  AlbumRecord album{"s", "1", "", "", "", "", {}, {}, {}, {"rock", "pop"}, {7, 2}, "Fresh Finds", 1997};
  ASSERT_EQ(catalogue.put_album(album).value(), Change::kNew);
  EXPECT_EQ(catalogue.put_album(album).value(), Change::kUnchanged);
  const auto albums = catalogue.albums().value();
  EXPECT_EQ(albums[0].votes, (std::vector<int64_t>{7, 2}));
  EXPECT_EQ(albums[0].collection, "Fresh Finds");
  EXPECT_EQ(albums[0].year, 1997);
  album.year = std::nullopt;
  EXPECT_EQ(catalogue.put_album(album).value(), Change::kUpdated);
  album.votes = {};
  EXPECT_EQ(catalogue.put_album(album).value(), Change::kUpdated);
  EXPECT_TRUE(catalogue.albums().value()[0].votes.empty());
}

TEST_F(CatalogueTest, RemovedAlbumTakesItsGenresWithIt) {
  Catalogue catalogue = open();
  ASSERT_TRUE(catalogue.put_album({"s", "1", "", "", "", "", {}, {}, {}, {"a"}}).ok());
  ASSERT_TRUE(catalogue.put_album({"s", "2", "", "", "", "", {}, {}, {}, {"b"}}).ok());
  ASSERT_TRUE(catalogue.remove_album("s", "1").ok());
  const auto albums = catalogue.albums().value();
  ASSERT_EQ(albums.size(), 1U);
  EXPECT_EQ(albums[0].genres, std::vector<std::string>{"b"});
}

TEST_F(CatalogueTest, PopularityOutsideItsRangeIsRefused) {
  Catalogue catalogue = open();
  const auto result = catalogue.put_album({"s", "k", "", "", "", "", {}, {}, 100.5, {}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kConflict);
}

TEST_F(CatalogueTest, TransactionWithoutCommitLeavesNothing) {
  Catalogue catalogue = open();
  {
    auto transaction = catalogue.begin();
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(catalogue.add_cover(some_cover("a")).ok());
  }
  EXPECT_TRUE(catalogue.covers().value().empty());
  {
    auto transaction = catalogue.begin();
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(catalogue.add_cover(some_cover("a")).ok());
    ASSERT_TRUE(transaction->commit().ok());
  }
  EXPECT_EQ(catalogue.covers().value().size(), 1U);
}

TEST_F(CatalogueTest, RunsKeepConfigurationAndReport) {
  Catalogue catalogue = open();
  const int64_t id = catalogue
                         .add_run({0, "crossval", "2026-01-01T00:00:00Z", 1.5, "0.1.0", Json{{"seed", 22}},
                                   "f", Json{{"accuracy", 0.5}}})
                         .value();
  const RunRecord run = catalogue.run(id).value();
  EXPECT_EQ(run.config["seed"], 22);
  EXPECT_EQ(run.report["accuracy"], 0.5);
  EXPECT_EQ(catalogue.runs().value().size(), 1U);
  EXPECT_EQ(catalogue.run(id + 1).error().code, ErrorCode::kNotFound);
}

TEST_F(CatalogueTest, ProblemsAreReplacedAndCleared) {
  Catalogue catalogue = open();
  ASSERT_TRUE(catalogue.put_problem({"/x.jpg", "corrupt", "ends too early"}).ok());
  ASSERT_TRUE(catalogue.put_problem({"/x.jpg", "io", "no permission"}).ok());
  ASSERT_EQ(catalogue.problems().value().size(), 1U);
  EXPECT_EQ(catalogue.problems().value()[0].code, "io");
  ASSERT_TRUE(catalogue.put_problem({"/folder/y.jpg", "io", "no permission"}).ok());
  ASSERT_TRUE(catalogue.clear_problems_below("/folder/").ok());
  ASSERT_EQ(catalogue.problems().value().size(), 1U);
  EXPECT_EQ(catalogue.problems().value()[0].item, "/x.jpg");
}

TEST_F(CatalogueTest, ReopeningKeepsEverything) {
  {
    Catalogue catalogue = open();
    ASSERT_TRUE(catalogue.add_cover(some_cover("a")).ok());
  }
  EXPECT_EQ(open().covers().value().size(), 1U);
  auto reader = Catalogue::open_read_only(path());
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(reader->covers().value().size(), 1U);
  EXPECT_FALSE(reader->add_cover(some_cover("b")).ok());
}

TEST_F(CatalogueTest, CatalogueOfANewerSleeveIsLeftAlone) {
  { open(); }
  {
    Database database = Database::open(path(), Database::Mode::kReadWriteCreate).value();
    ASSERT_TRUE(database.execute("PRAGMA user_version = 999").ok());
  }
  const auto catalogue = Catalogue::open(path());
  ASSERT_FALSE(catalogue.ok());
  EXPECT_EQ(catalogue.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(Catalogue::open_read_only(path()).error().code, ErrorCode::kUnsupported);
}

TEST_F(CatalogueTest, FileThatIsNoDatabaseIsNamed) {
  std::ofstream(path()) << std::string(4096, 'x');
  const auto catalogue = Catalogue::open(path());
  ASSERT_FALSE(catalogue.ok());
  EXPECT_EQ(catalogue.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(catalogue.error().message.find("catalogue.db"), std::string::npos);
}

TEST_F(CatalogueTest, MissingCatalogueIsNotFoundWhenOnlyReading) {
  EXPECT_EQ(Catalogue::open_read_only(path()).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(CatalogueTest, CatalogueOfTheFirstReleaseKeepsItsAlbums) {
  {
    Database database = Database::open(path(), Database::Mode::kReadWriteCreate).value();
    ASSERT_TRUE(database.execute(migrations()[0]).ok());
    ASSERT_TRUE(database
                    .execute("PRAGMA user_version = 1;"
                             "INSERT INTO albums (id, source, key, scope) VALUES (5, 'csv', 'k', x'2F');"
                             "INSERT INTO album_genres VALUES (5, 'rock', 0);")
                    .ok());
  }
  const auto albums = open().albums().value();
  ASSERT_EQ(albums.size(), 1U);
  EXPECT_EQ(albums[0].genres, std::vector<std::string>{"rock"});
  EXPECT_TRUE(albums[0].votes.empty());
  EXPECT_FALSE(albums[0].collection.has_value());
  EXPECT_FALSE(albums[0].year.has_value());
}

TEST_F(CatalogueTest, RunsKeepTheirPredictions) {
  Catalogue catalogue = open();
  const RunRecord run{0, "crossval", "2026-01-01T00:00:00Z", 1, "0", Json::object(), "f", Json::object()};
  const std::string bytes("\0\xFF\0", 3);
  const int64_t with = catalogue.add_run(run, {{"", "covers"}, {"knn", bytes}, {"forest", ""}}).value();
  const int64_t without = catalogue.add_run(run).value();
  const auto parts = catalogue.run_predictions(with).value();
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].data, "covers");
  EXPECT_EQ(parts[1].pipeline, "knn");
  EXPECT_EQ(parts[1].data, bytes);
  EXPECT_EQ(parts[2].data, "");
  EXPECT_TRUE(catalogue.run_predictions(without).value().empty());
  EXPECT_TRUE(catalogue.run_predictions(99).value().empty());
}

TEST_F(CatalogueTest, MigrationThatFailsLeavesTheVersionAsItWas) {
  Database database = Database::open(path(), Database::Mode::kReadWriteCreate).value();
  // A table of ours that already stands there makes the first migration fail half-way.
  ASSERT_TRUE(database.execute("CREATE TABLE runs (id INTEGER)").ok());
  EXPECT_FALSE(migrate(database).ok());
  EXPECT_EQ(schema_version_of(database).value(), 0);
  Statement tables = database.prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table'").value();
  ASSERT_TRUE(tables.step().value());
  EXPECT_EQ(tables.integer(0), 1);
}

}  // namespace
}  // namespace sleeve
