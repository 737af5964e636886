// SPDX-License-Identifier: Apache-2.0
#include "stage/enrich.h"

#include <gmock/gmock.h>

#include "collect/testing/collect_fixture.h"
#include "collect/testing/fake_metabrainz.h"
#include "collect/testing/fake_shops.h"
#include "collect/testing/tiny_audio.h"
#include "stage/import.h"
#include "stage/library.h"
#include "store/library_table.h"

namespace sleeve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class EnrichTest : public CollectFixture {
 protected:
  EnrichTest() : workspace_(Workspace::open(at("ws"), Workspace::Access::kCreate).value()) {}

  // An album with a cover and names, and nothing else.
  AlbumRecord bare(const std::string& key, const std::string& artist, const std::string& title) {
    CoverRecord cover;
    cover.sha256 = sha256(key);
    cover.width = cover.height = 10;
    cover.format = "JPEG";
    AlbumRecord album;
    album.source = "csv";
    album.key = key;
    album.title = title;
    album.artist_name = artist;
    album.artist_key = artist;
    album.cover_id = workspace_.catalogue().add_cover(cover).value();
    EXPECT_TRUE(workspace_.catalogue().put_album(album).ok());
    return album;
  }
  EnrichReport run(const std::map<std::string, std::string>& urls, EnrichOptions options) {
    ServiceSettings to = settings(urls);
    to.cache = at("ws") / "cache";
    auto report = enrich(workspace_, options, std::move(to), WorkContext(nullptr, &stop_));
    EXPECT_TRUE(report.ok()) << report.error().message;
    return report.ok() ? *report : EnrichReport();
  }
  AlbumRecord album(const std::string& key) {
    const std::vector<AlbumRecord> all = workspace_.catalogue().albums().value();
    for (const AlbumRecord& album : all) {
      if (album.key == key) return album;
    }
    return {};
  }
  Workspace workspace_;
};

TEST_F(EnrichTest, AddsWhatIsMissingByNameAndById) {
  FakeMetabrainz fake({});
  const auto& world = fake.albums();
  const auto known = [](const FakeMetabrainz::Album& one) {
    return one.listeners.has_value() && !one.tags.empty();
  };
  const auto first = std::ranges::find_if(world, known);
  const auto second = std::find_if(first + 1, world.end(), known);
  ASSERT_NE(second, world.end());
  bare("named", "The " + first->artist, first->title + " (Deluxe Edition)");
  bare("identified", "", "");
  ASSERT_TRUE(
      put_album_id(workspace_.catalogue(), "csv", "identified", "mb_release_group", second->mbid).ok());
  bare("other", first->artist, "Something Else Altogether");
  bare("nameless", "", "Album");
  AlbumRecord whole = bare("whole", first->artist, first->title);
  whole.genres = {"my own"};
  whole.popularity = 3;
  ASSERT_TRUE(workspace_.catalogue().put_album(whole).ok());

  const EnrichReport report = run(fake.urls(), {});
  EXPECT_EQ(report.stop, StopReason::kNone) << report.stop_message;
  EXPECT_EQ(report.covered, 5U);
  EXPECT_EQ(report.asked, 3U);
  EXPECT_EQ(report.by_id, 1U);
  EXPECT_EQ(report.nameless, 1U);
  EXPECT_EQ(report.matched, 2U);
  EXPECT_FALSE(album("named").genres.empty());
  EXPECT_EQ(album("named").genres.size(), album("named").votes.size());
  EXPECT_TRUE(album("named").popularity.has_value());
  EXPECT_TRUE(album("identified").popularity.has_value());
  EXPECT_EQ(std::max(album("named").popularity.value_or(0), album("identified").popularity.value_or(0)), 100);
  EXPECT_TRUE(album("other").genres.empty()) << "what isn't the same album is left alone";
  EXPECT_THAT(album("whole").genres, ElementsAre("my own")) << "nothing known is changed";
  EXPECT_EQ(album("whole").popularity, 3);
  Collections collections(workspace_.catalogue());
  const auto id = collections.album_id("csv", "named").value();
  EXPECT_EQ(collections.origins_of(*id)->at("genres").service, "listenbrainz");
  EXPECT_EQ(album_ids(workspace_.catalogue(), "mb_release_group")->at("csv\nnamed"), first->mbid)
      << "so that it can be handed on in a list";
}

TEST_F(EnrichTest, SecondRunAsksNobody) {
  FakeMetabrainz fake({});
  bare("named", fake.albums()[0].artist, fake.albums()[0].title);
  bare("other", fake.albums()[0].artist, "Nothing Of The Kind");
  run(fake.urls(), {});
  fake.forget_calls();
  run(fake.urls(), {});
  EXPECT_TRUE(fake.asked().empty());
}

TEST_F(EnrichTest, WhatAStopLeftUnaskedIsNotCountedAsNotFound) {
  FakeMetabrainz fake({});
  for (size_t i = 0; i < 3; ++i)
    bare("album " + std::to_string(i), fake.albums()[i].artist, fake.albums()[i].title);
  fake.on_request([&] { stop_ = true; });
  EnrichReport report = run(fake.urls(), {});
  EXPECT_EQ(report.stop, StopReason::kCancelled);
  EXPECT_EQ(report.asked, 0U);
  EXPECT_EQ(report.not_found, 0U);
  fake.on_request({});
  stop_ = false;
  report = run(fake.urls(), {});
  EXPECT_EQ(report.asked, 3U);
  EXPECT_EQ(report.matched, 3U);
}

TEST_F(EnrichTest, WalkingTheMusicAgainLeavesTheIdsThatWereFound) {
  MusicTags tags;
  tags.properties = {{"ALBUM", {"Cold"}}, {"ALBUMARTIST", {"Glacier"}}, {"GENRE", {"Jazz"}}};
  ASSERT_TRUE(write_music(at("music") / "a.mp3", tags));
  ASSERT_TRUE(collect_library(workspace_, at("music"), {}).ok());
  Catalogue& catalogue = workspace_.catalogue();
  const std::string key = catalogue.albums()->at(0).key;
  const std::string found = "23dd11aa-0000-4000-8000-00000000000b";
  ASSERT_TRUE(put_album_id(catalogue, "library", key, "mb_release_group", found).ok());
  tags.properties["GENRE"] = {"Rock"};
  ASSERT_TRUE(write_music(at("music") / "a.mp3", tags));
  EXPECT_EQ(collect_library(workspace_, at("music"), {})->updated, 1U);
  EXPECT_EQ(album_ids(catalogue, "mb_release_group")->at("library\n" + key), found);
  // What the file says now counts, also where nothing else has changed.
  const std::string said = "33dd11aa-0000-4000-8000-00000000000c";
  tags.properties["MUSICBRAINZ_RELEASEGROUPID"] = {said};
  ASSERT_TRUE(write_music(at("music") / "a.mp3", tags));
  EXPECT_EQ(collect_library(workspace_, at("music"), {})->unchanged, 1U);
  EXPECT_EQ(album_ids(catalogue, "mb_release_group")->at("library\n" + key), said);
}

TEST_F(EnrichTest, ScoreDecidesAndIsTold) {
  FakeDeezer fake(12);
  bare("near", "Band 1", "Album 1 Live in Tokyo");
  EnrichOptions options;
  options.source = "deezer";
  EnrichReport report = run(fake.urls(), options);
  EXPECT_EQ(report.too_different, 1U);
  ASSERT_EQ(report.weak.size(), 1U);
  EXPECT_EQ(report.weak[0].best, "Band 1 - Album 1");
  EXPECT_LT(report.weak[0].score, 0.85);
  EXPECT_TRUE(album("near").genres.empty());
  bare("spelled", "Band 1", "Album 1");
  bare("wrong artist", "Quartet", "Album 2");
  report = run(fake.urls(), options);
  EXPECT_EQ(report.matched + report.too_different + report.not_found, report.asked);
  EXPECT_THAT(album("spelled").genres, testing::SizeIs(1));
  EXPECT_EQ(album("spelled").popularity, 100);
  EXPECT_TRUE(album("wrong artist").genres.empty());
}

TEST_F(EnrichTest, ImportLeavesWhatWasAdded) {
  FakeMetabrainz fake({});
  const auto& one = fake.albums()[0];
  AlbumRecord again = bare("named", one.artist, one.title);
  run(fake.urls(), {});
  const AlbumRecord enriched = album("named");
  ASSERT_FALSE(enriched.genres.empty());
  ASSERT_TRUE(keep_enriched(workspace_.catalogue(), again).ok());
  EXPECT_EQ(again.genres, enriched.genres);
  EXPECT_EQ(again.popularity, enriched.popularity);
  AlbumRecord own = bare("own", "A", "B");
  own.genres = {"said by the file"};
  ASSERT_TRUE(keep_enriched(workspace_.catalogue(), own).ok());
  EXPECT_THAT(own.genres, ElementsAre("said by the file"));
}

TEST_F(EnrichTest, SourcesThatForbidItAreNotOffered) {
  EnrichOptions options;
  options.source = "spotify";
  const auto report = enrich(workspace_, options, settings({}), {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace sleeve
