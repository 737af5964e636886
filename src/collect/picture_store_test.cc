// SPDX-License-Identifier: Apache-2.0
#include "collect/picture_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "collect/cover_record.h"
#include "collect/testing/catalogue_dump.h"
#include "image/picture_testing.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

class PictureStoreTest : public ::testing::Test {
 protected:
  PictureStoreTest() {
    std::string name = fs::path(::testing::TempDir()) / "sleeve_store_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    catalogue_.emplace(Catalogue::open(folder_ / "catalogue.db").value());
    picture_ = testing::encoded(testing::textured(40, 40, 3), ".png");
  }
  ~PictureStoreTest() override { fs::remove_all(folder_); }

  // An album that wants a picture, and gets it.
  void put_album(const std::string& key, std::optional<int64_t> cover) {
    AlbumRecord album;
    album.source = "metabrainz";
    album.key = key;
    album.cover_id = cover;
    ASSERT_TRUE(catalogue_->put_album(album).ok());
    Collections collections(*catalogue_);
    const auto id = collections.album_id("metabrainz", key).value();
    ASSERT_TRUE(collections.want_picture(*id, "[]").ok());
    PictureRecord record;
    record.album_id = *id;
    record.state = PictureState::kFetched;
    ASSERT_TRUE(collections.put_picture(record).ok());
  }

  fs::path folder_;
  std::optional<Catalogue> catalogue_;
  Bytes picture_;
};

TEST_F(PictureStoreTest, APictureIsNamedByItsBytes) {
  const PictureStore store(folder_);
  const CoverRecord cover = cover_record(picture_).value();
  EXPECT_EQ(cover.format, "PNG");
  EXPECT_EQ(cover.width, 40);
  EXPECT_EQ(store.path_of(cover),
            folder_ / "covers" / cover.sha256.hex().substr(0, 2) / (cover.sha256.hex().substr(2) + ".png"));
  ASSERT_TRUE(store.place(cover, picture_).ok());
  put_album("a", store.catalogue(*catalogue_, cover).value());
  EXPECT_EQ(picture_faults(folder_), "");
  EXPECT_EQ(read_file(store.path_of(cover)).value(), picture_);
}

TEST_F(PictureStoreTest, WhatIsNoPictureDoesNotGetIn) {
  EXPECT_EQ(cover_record(testing::to_bytes("<html>no</html>")).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(cover_record(testing::to_bytes("GIF89a      ")).error().code, ErrorCode::kUnsupported);
  picture_.resize(picture_.size() / 2);
  EXPECT_EQ(cover_record(picture_).error().code, ErrorCode::kCorrupt);
}

TEST_F(PictureStoreTest, WhatWasPutDownIsFoundAfterAKillAndOtherFilesAreCleared) {
  const PictureStore store(folder_);
  const CoverRecord cover = cover_record(picture_).value();
  ASSERT_TRUE(store.put_down("abc", picture_).ok());
  ASSERT_TRUE(store.place(cover, picture_, "abc").ok());
  // Killed here: at its place there is a file without a row.
  ASSERT_TRUE(
      write_file_atomic(folder_ / "covers" / "incoming" / "half.1.2.tmp", std::string_view("x")).ok());
  const auto recovery = store.recover(*catalogue_).value();
  EXPECT_EQ(recovery.files_removed, 2U);
  EXPECT_FALSE(fs::exists(store.path_of(cover)));
  EXPECT_EQ(store.find_put_down("abc"), picture_);
  store.clear("abc");
  EXPECT_EQ(store.find_put_down("abc"), std::nullopt);
}

TEST_F(PictureStoreTest, AFileThatIsGoneIsWantedAgain) {
  const PictureStore store(folder_);
  const CoverRecord cover = cover_record(picture_).value();
  ASSERT_TRUE(store.place(cover, picture_).ok());
  put_album("a", store.catalogue(*catalogue_, cover).value());
  fs::remove(store.path_of(cover));
  EXPECT_EQ(store.recover(*catalogue_).value().rows_removed, 1U);
  EXPECT_TRUE(catalogue_->covers().value().empty());
  EXPECT_FALSE(catalogue_->albums().value().at(0).cover_id.has_value());
}

TEST_F(PictureStoreTest, AWorkspaceMayBeMovedAndFilesOfOthersStay) {
  const PictureStore store(folder_);
  const CoverRecord cover = cover_record(picture_).value();
  ASSERT_TRUE(store.place(cover, picture_).ok());
  put_album("a", store.catalogue(*catalogue_, cover).value());
  ASSERT_TRUE(write_file_atomic(folder_ / "covers" / "notes.txt", std::string_view("mine")).ok());
  catalogue_.reset();
  const fs::path old = folder_;
  folder_ += "_moved";
  fs::rename(old, folder_);
  catalogue_.emplace(Catalogue::open(folder_ / "catalogue.db").value());
  const auto recovery = PictureStore(folder_).recover(*catalogue_).value();
  EXPECT_EQ(recovery.files_removed + recovery.rows_removed, 0U);
  const auto files = catalogue_->files().value();
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].path, PictureStore(folder_).path_of(cover).native());
  EXPECT_TRUE(fs::exists(folder_ / "covers" / "notes.txt"));
}

TEST_F(PictureStoreTest, CoversThatNoAlbumHasGo) {
  const PictureStore store(folder_);
  const CoverRecord cover = cover_record(picture_).value();
  ASSERT_TRUE(store.place(cover, picture_).ok());
  ASSERT_TRUE(store.catalogue(*catalogue_, cover).ok());
  EXPECT_EQ(store.remove_unused(*catalogue_).value(), 1U);
  EXPECT_FALSE(fs::exists(store.path_of(cover)));
  EXPECT_TRUE(catalogue_->covers().value().empty());
}

TEST(PlaceholderLinks, AreKnownByTheirAddress) {
  EXPECT_TRUE(is_placeholder_link(
      "https://lastfm.freetls.fastly.net/i/u/300x300/2a96cbd8b46e442fc41c2b86b821562f.png"));
  EXPECT_TRUE(is_placeholder_link("https://cdn-images.dzcdn.net/images/cover//500x500-000000-80-0-0.jpg"));
  EXPECT_FALSE(
      is_placeholder_link("https://cdn-images.dzcdn.net/images/cover/2e01/500x500-000000-80-0-0.jpg"));
}

}  // namespace
}  // namespace sleeve
