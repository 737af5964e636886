// SPDX-License-Identifier: Apache-2.0
#include "collect/collect.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collect/testing/catalogue_dump.h"
#include "collect/testing/collect_fixture.h"
#include "collect/testing/fake_metabrainz.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Collect : public CollectFixture {
 protected:
  static CollectOptions by_genre(std::vector<std::string> genres, size_t per_genre) {
    CollectOptions options;
    options.genres = std::move(genres);
    options.per_genre = per_genre;
    options.size = 250;
    return options;
  }
  std::vector<AlbumRecord> albums(const std::string& workspace = "ws") {
    return Catalogue::open(at(workspace) / "catalogue.db")->albums().value();
  }
};

TEST_F(Collect, AsManyAlbumsWithACoverOfEachGenre) {
  FakeMetabrainz fake({});
  const CollectReport report = collect_from(fake.urls(), by_genre({"rock", "black metal"}, 30));
  EXPECT_EQ(report.found, 60U);
  EXPECT_EQ(report.pictures_fetched, 60U);
  EXPECT_EQ(report.stop, StopReason::kNone);
  std::map<std::string, int> per_genre;
  for (const AlbumRecord& album : albums()) {
    ++per_genre[album.collection.value()];
    EXPECT_TRUE(album.cover_id.has_value());
    const std::string genre = album.collection->substr(6);
    EXPECT_THAT(album.genres, Contains(genre));
    EXPECT_THAT(album.genres, Not(Contains("seen live")));
    EXPECT_EQ(album.genres.size(), album.votes.size());
    EXPECT_EQ(album.source, "metabrainz");
    EXPECT_EQ(album.artist_key.size(), 36U);
  }
  EXPECT_EQ(per_genre["genre rock"], 30);
  EXPECT_EQ(per_genre["genre black metal"], 30);
  EXPECT_EQ(picture_faults(at("ws")), "");
}

TEST_F(Collect, NothingIsAskedTwice) {
  FakeMetabrainz fake({});
  collect_from(fake.urls(), by_genre({"rock"}, 30));
  for (const auto& [question, times] : fake.asked()) EXPECT_EQ(times, 1) << question;
  const std::string before = catalogue_dump(at("ws"));
  fake.forget_calls();
  const CollectReport again = collect_from(fake.urls(), by_genre({"rock"}, 30));
  EXPECT_TRUE(fake.asked().empty());
  EXPECT_EQ(again.unchanged, 30U);
  EXPECT_EQ(again.pictures_there, 30U);
  EXPECT_EQ(catalogue_dump(at("ws")), before);
  // A collection that overlaps asks for what is new only.
  collect_from(fake.urls(), by_genre({"rock"}, 40));
  EXPECT_EQ(fake.calls("node"), 10U);
}

TEST_F(Collect, PopularityIsTheLogarithmOfListenersWithinTheCollection) {
  FakeMetabrainz fake({});
  collect_from(fake.urls(), by_genre({"rock"}, 30));
  std::map<std::string, int64_t> listeners;
  for (const auto& album : fake.albums()) {
    if (album.listeners) listeners[album.mbid] = *album.listeners;
  }
  int64_t largest = 0;
  for (const AlbumRecord& album : albums()) {
    if (listeners.contains(album.key)) largest = std::max(largest, listeners[album.key]);
  }
  for (const AlbumRecord& album : albums()) {
    if (!listeners.contains(album.key)) {
      EXPECT_FALSE(album.popularity.has_value());
    } else {
      EXPECT_DOUBLE_EQ(album.popularity.value(), popularity_of(listeners[album.key], largest));
    }
  }
  EXPECT_DOUBLE_EQ(popularity_of(largest, largest), 100);
  EXPECT_DOUBLE_EQ(popularity_of(0, largest), 0);
  EXPECT_DOUBLE_EQ(popularity_of(0, 0), 0);
}

TEST_F(Collect, EveryFieldSaysWhereItIsFrom) {
  FakeMetabrainz fake({});
  collect_from(fake.urls(), by_genre({"rock"}, 10));
  Catalogue catalogue = Catalogue::open(at("ws") / "catalogue.db").value();
  Collections collections(catalogue);
  for (const AlbumRecord& album : albums()) {
    const auto id = collections.album_id("metabrainz", album.key).value();
    auto origins = collections.origins_of(*id).value();
    EXPECT_EQ(origins["album"].service, "musicbrainz");
    EXPECT_EQ(origins["genres"].service, "listenbrainz");
    EXPECT_THAT(origins["genres"].licence, HasSubstr("CC BY-NC-SA"));
    EXPECT_EQ(origins["picture"].service, "coverartarchive");
    EXPECT_THAT(origins["picture"].address, HasSubstr("/release-group/" + album.key + "/front-250"));
    EXPECT_GT(origins["picture"].date, 1'700'000'000);
    EXPECT_EQ(origins.contains("popularity"), album.popularity.has_value());
  }
}

TEST_F(Collect, ByChartByArtistAndById) {
  FakeMetabrainz fake({});
  CollectOptions chart;
  chart.charts = {"all_time", "this_week"};
  chart.limit = 40;
  CollectReport report = collect_from(fake.urls(), chart, "chart");
  EXPECT_EQ(report.found, 40U);
  EXPECT_EQ(report.pictures_fetched, 40U);
  CollectOptions artist;
  artist.artists = {fake.albums()[0].artist_mbid};
  report = collect_from(fake.urls(), artist, "artist");
  for (const AlbumRecord& album : albums("artist")) EXPECT_EQ(album.artist_key, artist.artists[0]);
  EXPECT_GT(report.found, 0U);
  CollectOptions list;
  list.albums = {fake.albums()[3].mbid, "00000000-0000-4000-a000-000000000000"};
  for (const auto& album : fake.albums()) {
    if (!album.cover) list.albums.push_back(album.mbid);
    if (list.albums.size() == 4) break;
  }
  report = collect_from(fake.urls(), list, "list");
  EXPECT_EQ(report.found, 3U);  // those without a cover, too: they were asked for by id
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_THAT(report.problems[0].reason, HasSubstr("knows no such release group"));
}

TEST_F(Collect, ShortGenresAreSaid) {
  FakeMetabrainz fake({});
  const CollectReport report = collect_from(fake.urls(), by_genre({"polka", "rock"}, 1000));
  EXPECT_THAT(report.notes, Contains(HasSubstr("genre 'polka': 0 albums with a cover instead of 1000")));
  EXPECT_GT(report.found, 0U);
}

TEST_F(Collect, WrongWishesAreRefusedBeforeAnythingIsAsked) {
  FakeMetabrainz fake({});
  CollectOptions options;
  EXPECT_EQ(try_collect(options, settings(fake.urls())).error().code, ErrorCode::kUsage);
  options.charts = {"al_time"};
  EXPECT_THAT(try_collect(options, settings(fake.urls())).error().message,
              HasSubstr("did you mean 'all_time'"));
  options.charts = {};
  options.albums = {"123"};
  EXPECT_THAT(try_collect(options, settings(fake.urls())).error().message, HasSubstr("no MBID"));
  ServiceSettings anonymous = settings(fake.urls());
  anonymous.contact = "";
  EXPECT_THAT(try_collect(by_genre({"rock"}, 5), anonymous).error().message, HasSubstr("SLEEVE_CONTACT"));
  EXPECT_TRUE(fake.asked().empty());
}

TEST_F(Collect, WithoutListenBrainzGenresAreMusicBrainzsOwn) {
  FakeMetabrainzOptions options;
  options.metadata = false;
  options.popularity = false;
  FakeMetabrainz fake(options);
  const CollectReport report = collect_from(fake.urls(), by_genre({"rock"}, 30));
  EXPECT_EQ(report.found, 30U);
  EXPECT_GT(report.pictures_none, 0U);  // nobody said which albums have a cover
  EXPECT_EQ(report.pictures_none + report.pictures_fetched, 30U);
  EXPECT_EQ(report.with_popularity, 0U);
  EXPECT_THAT(report.notes,
              AllOf(Contains(HasSubstr("gives no metadata")), Contains(HasSubstr("no listener counts"))));
  for (const AlbumRecord& album : albums()) EXPECT_THAT(album.genres, Not(Contains("seen live")));
}

TEST_F(Collect, PicturesThatStandForNoneAreDropped) {
  FakeMetabrainzOptions options;
  options.placeholders = 12;
  FakeMetabrainz fake(options);
  CollectOptions wish;
  wish.charts = {"all_time"};
  const CollectReport report = collect_from(fake.urls(), wish);
  Catalogue catalogue = Catalogue::open(at("ws") / "catalogue.db").value();
  std::set<std::string> shared;
  for (const auto& album : fake.albums()) {
    if (album.picture == -1) shared.insert(album.mbid);
  }
  size_t dropped = 0;
  for (const AlbumRecord& album : albums()) {
    if (!shared.contains(album.key)) continue;
    EXPECT_FALSE(album.cover_id.has_value());
    ++dropped;
  }
  EXPECT_GT(dropped, 5U);
  EXPECT_EQ(report.removed_covers, 1U);
  EXPECT_GT(report.same_covers, 0U);
  EXPECT_EQ(picture_faults(at("ws")), "");
  const std::string before = catalogue_dump(at("ws"));
  EXPECT_EQ(collect_from(fake.urls(), wish).pictures_placeholder, dropped);
  EXPECT_EQ(catalogue_dump(at("ws")), before);
}

TEST_F(Collect, ABudgetStopsAndTheSameCommandGoesOn) {
  FakeMetabrainz fake({});
  const CollectOptions wish = by_genre({"rock", "jazz"}, 20);
  ServiceSettings few = settings(fake.urls());
  few.max_calls = 9;
  int runs = 0;
  for (;; ++runs) {
    ASSERT_LT(runs, 30);
    const auto report = try_collect(wish, few);
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_LE(report->calls, 9U + 3);  // pictures that were in flight
    if (report->stop == StopReason::kNone) break;
    EXPECT_EQ(report->stop, StopReason::kBudget);
  }
  EXPECT_GT(runs, 2);
  for (const auto& [question, times] : fake.asked()) EXPECT_EQ(times, 1) << question;
  collect_from(fake.urls(), wish, "calm");
  EXPECT_EQ(catalogue_difference(at("ws"), at("calm")), "");
}

TEST_F(Collect, OfflineAsksNobody) {
  FakeMetabrainz fake({});
  ServiceSettings offline = settings(fake.urls());
  offline.policy.offline = true;
  auto report = try_collect(by_genre({"rock"}, 10), offline);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->stop, StopReason::kOffline);
  EXPECT_TRUE(fake.asked().empty());
  collect_from(fake.urls(), by_genre({"rock"}, 10));
  fake.forget_calls();
  report = try_collect(by_genre({"rock"}, 10), offline);
  EXPECT_EQ(report->stop, StopReason::kNone);
  EXPECT_EQ(report->pictures_there, 10U);
  EXPECT_TRUE(fake.asked().empty());
}

TEST_F(Collect, RefreshingAsksAgainAndTakesOnlyWhatHasChanged) {
  FakeMetabrainz fake({});
  const CollectOptions wish = by_genre({"rock"}, 10);
  collect_from(fake.urls(), wish);
  const std::string before = catalogue_dump(at("ws"));
  fake.forget_calls();
  ::sleep(1);  // dates are whole seconds: a refresh in the same second has nothing that is older
  const auto report = try_collect(wish, settings(fake.urls()), true);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(fake.calls("node"), 10U);
  EXPECT_EQ(report->new_covers, 0U);
  EXPECT_EQ(catalogue_dump(at("ws")), before);
}

TEST_F(Collect, AFileThatWasDeletedIsFetchedAgain) {
  FakeMetabrainz fake({});
  collect_from(fake.urls(), by_genre({"rock"}, 10));
  const std::string before = catalogue_dump(at("ws"));
  for (const auto& entry : fs::recursive_directory_iterator(at("ws") / "covers")) {
    if (!entry.is_regular_file()) continue;
    fs::remove(entry.path());
    break;
  }
  EXPECT_EQ(collect_from(fake.urls(), by_genre({"rock"}, 10)).pictures_fetched, 1U);
  EXPECT_EQ(catalogue_dump(at("ws")), before);
}

TEST_F(Collect, AnAlbumThatVanishedIsReported) {
  FakeMetabrainz fake({});
  CollectOptions wish;
  wish.albums = {fake.albums()[1].mbid, fake.albums()[2].mbid};
  fake.vanish(wish.albums[0]);
  const CollectReport report = collect_from(fake.urls(), wish);
  EXPECT_EQ(report.found, 1U);
  EXPECT_EQ(report.problems.size(), 1U);
}

TEST_F(Collect, ALargerPictureReplacesTheSmaller) {
  FakeMetabrainz fake({});
  CollectOptions wish = by_genre({"rock"}, 10);
  collect_from(fake.urls(), wish);
  wish.size = 500;
  const CollectReport report = collect_from(fake.urls(), wish);
  EXPECT_EQ(report.pictures_fetched, 10U);
  Catalogue catalogue = Catalogue::open(at("ws") / "catalogue.db").value();
  const auto covers = catalogue.covers().value();
  for (const CoverRecord& cover : covers) EXPECT_EQ(cover.width, 48);
  EXPECT_EQ(picture_faults(at("ws")), "");
}

// The sheet promises about 1,100 calls for 1,000 albums, 1,000 of them pictures. The limits are the real
// ones; only the clock runs faster.
TEST_F(Collect, TwoThousandAlbumsTakeTheCallsThatWerePromised) {
#ifdef SLEEVE_SANITIZED
  constexpr size_t kPerGenre = 40;  // the same path, in the time that a sanitizer leaves
#else
  constexpr size_t kPerGenre = 200;
#endif
  constexpr size_t kAlbums = 10 * kPerGenre;
  FakeMetabrainzOptions options;
  options.albums = 3 * kAlbums;
  options.genres = {"rock", "jazz", "hip hop", "pop", "metal", "folk", "techno", "ambient", "punk", "soul"};
  FakeMetabrainz fake(options);
  CollectOptions wish = by_genre(options.genres, kPerGenre);
  ServiceSettings fast = settings(fake.urls());
  fast.clock_speed = 5000;
  const auto report = try_collect(wish, fast);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->found, kAlbums);
  const size_t metadata = fake.calls("musicbrainz") + fake.calls("listenbrainz");
  EXPECT_LE(metadata, kAlbums / 10);
  EXPECT_EQ(fake.calls("coverartarchive"), kAlbums);
  EXPECT_EQ(report->calls, metadata + kAlbums);
  const auto plan = (*find_source("metabrainz"))->make()->plan(wish).value();
  const size_t planned = std::accumulate(plan.parts.begin(), plan.parts.end(), size_t{0},
                                         [](size_t sum, const auto& part) { return sum + part.calls; });
  EXPECT_NEAR(static_cast<double>(report->calls), static_cast<double>(planned), 60);
  std::printf("%zu albums: %zu MusicBrainz, %zu ListenBrainz, %zu Cover Art Archive\n", kAlbums,
              fake.calls("musicbrainz"), fake.calls("listenbrainz"), fake.calls("coverartarchive"));
}

}  // namespace
}  // namespace sleeve
