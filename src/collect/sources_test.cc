// SPDX-License-Identifier: Apache-2.0
// Every source against a fake of its service: collects, asks nothing twice, survives storms; and each one's
// quirks.
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "collect/deezer.h"
#include "collect/discogs.h"
#include "collect/itunes.h"
#include "collect/lastfm.h"
#include "collect/spotify.h"
#include "collect/testing/catalogue_dump.h"
#include "collect/testing/collect_fixture.h"
#include "collect/testing/fake_shops.h"
#include "collect/testing/fake_spotify.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SourceFixture : public CollectFixture {
 protected:
  SourceFixture() {
    const fs::path file = folder_ / "keys";
    std::ofstream(file)
        << "spotify_client_id = my-id\nspotify_client_secret = my-secret\ndiscogs_token = dtoken\n"
           "lastfm_key = lkey\n";
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    keys_ = file;
  }
  CollectReport gather(const FakeService& fake, const CollectOptions& options,
                       const std::string& workspace = "ws", bool offline = false) {
    ServiceSettings with_keys = settings(fake.urls());
    with_keys.keys = KeyRing(keys_, false);
    with_keys.policy.offline = offline;
    auto report = try_collect(options, std::move(with_keys), false, workspace);
    EXPECT_TRUE(report.ok()) << report.error().message;
    return report.ok() ? std::move(*report) : CollectReport();
  }
  std::map<std::string, AlbumRecord> albums(const std::string& workspace = "ws") {
    std::map<std::string, AlbumRecord> result;
    auto catalogue = Catalogue::open(at(workspace) / "catalogue.db");
    std::vector<AlbumRecord> all = catalogue->albums().value();
    for (AlbumRecord& album : all) result.emplace(album.key, std::move(album));
    return result;
  }
  static CollectOptions wish(const std::string& source) {
    CollectOptions options;
    options.source = source;
    options.size = 250;
    return options;
  }
  fs::path keys_;
};

// What every source must do, with a wish that each can fulfil: 20 albums.
struct Case {
  const char* source;
  std::unique_ptr<FakeService> (*fake)();
  void (*wish)(CollectOptions&);
};

class EverySource : public SourceFixture, public ::testing::WithParamInterface<Case> {
 protected:
  CollectOptions twenty() {
    CollectOptions options = wish(GetParam().source);
    GetParam().wish(options);
    options.limit = 20;
    return options;
  }
};

TEST_P(EverySource, CollectsAlbumsWithCoversAndAsksNothingTwice) {
  const auto fake = GetParam().fake();
  const CollectReport report = gather(*fake, twenty());
  EXPECT_EQ(report.stop, StopReason::kNone) << report.stop_message;
  EXPECT_EQ(report.found, 20U);
  EXPECT_GE(report.pictures_fetched, 19U);
  EXPECT_GE(report.with_genre, 14U);
  EXPECT_EQ(fake->most_asked(), 1);
  EXPECT_EQ(picture_faults(at("ws")), "");
  for (const auto& [key, album] : albums()) {
    EXPECT_THAT(album.title, HasSubstr("Album "));
    EXPECT_THAT(album.artist_name, HasSubstr("Band "));
    EXPECT_FALSE(album.artist_key.empty());
  }
  const std::string before = catalogue_dump(at("ws"));
  fake->forget_calls();
  const CollectReport again = gather(*fake, twenty());
  EXPECT_EQ(fake->asked("") - fake->asked("/api/token"), 0) << "all but a new token comes from the cache";
  EXPECT_EQ(again.unchanged, 20U);
  EXPECT_EQ(catalogue_dump(at("ws")), before);
  fake->forget_calls();
  EXPECT_EQ(gather(*fake, twenty(), "ws", true).found, 20U);
  EXPECT_EQ(fake->asked(""), 0) << "offline is offline";
}

TEST_P(EverySource, StormsLeaveTheSameAsCalm) {
  const auto fake = GetParam().fake();
  gather(*fake, twenty(), "calm");
  fake->set_storm(
      {1,
       0.3,
       {Fault::kTooMany, Fault::kBusy, Fault::kServerError, Fault::kCut, Fault::kWrongLength, Fault::kHalf,
        Fault::kPage, Fault::kDeepJson, Fault::kHugeNumbers, Fault::kWrongTypes, Fault::kBadUtf8},
       2});
  int runs = 0;
  for (; runs < 40; ++runs) {
    const CollectReport report = gather(*fake, twenty(), "storm");
    EXPECT_EQ(picture_faults(at("storm")), "");
    if (report.stop == StopReason::kNone && report.pictures_failed == 0 && report.found == 20) break;
  }
  EXPECT_LT(runs, 40);
  EXPECT_GT(fake->faults(), 3U) << "too little wind to say anything";
  EXPECT_EQ(catalogue_dump(at("storm")), catalogue_dump(at("calm")));
}

TEST_P(EverySource, IsToldWhatItTakes) {
  CollectOptions nothing = wish(GetParam().source);
  const SourceEntry* entry = *find_source(GetParam().source);
  const auto none = entry->make()->plan(nothing);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kUsage);
  EXPECT_THAT(none.error().message, HasSubstr("--album"));
  nothing.albums = {"../../etc/passwd"};
  EXPECT_FALSE(entry->make()->plan(nothing).ok()) << "an id is never a path";
  const auto plan = entry->make()->plan(twenty());
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  for (const CollectPlan::Part& part : plan->parts) EXPECT_GT(part.calls, 0U) << part.what;
  EXPECT_FALSE(entry->info().notice.empty());
}

template <class Fake>
std::unique_ptr<FakeService> fake_of() {
  return std::make_unique<Fake>(60);
}
std::unique_ptr<FakeService> fake_spotify() { return std::make_unique<FakeSpotify>(FakeSpotifyOptions()); }

INSTANTIATE_TEST_SUITE_P(
    All, EverySource,
    ::testing::Values(
        Case{"spotify", fake_spotify, [](CollectOptions& options) { options.playlists = {"p1"}; }},
        Case{"deezer", fake_of<FakeDeezer>, [](CollectOptions& options) { options.genres = {"Rock"}; }},
        Case{"itunes", fake_of<FakeItunes>, [](CollectOptions& options) { options.searches = {"Album"}; }},
        Case{"discogs", fake_of<FakeDiscogs>, [](CollectOptions& options) { options.genres = {"Rock"}; }},
        Case{"lastfm", fake_of<FakeLastfm>,
             [](CollectOptions& options) {
               options.genres = {"rock", "jazz"};
               options.per_genre = 10;
             }}),
    [](const auto& one) { return std::string(one.param.source); });

// ---- Spotify

TEST_F(SourceFixture, SpotifyDevelopmentModeLeavesUnknownWhatItIsNotGiven) {
  FakeSpotify fake({.albums = 12, .extended = false});
  CollectOptions options = wish("spotify");
  options.searches = {"Album"};
  options.albums = {"album3", "album99"};
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.found, 12U);
  EXPECT_EQ(report.with_popularity, 0U) << "unknown is not zero";
  EXPECT_THAT(report.notes, Contains(HasSubstr("no popularity")));
  EXPECT_THAT(report.problems, SizeIs(1)) << "the id that is gone";
  EXPECT_EQ(fake.asked("/v1/albums?ids="), 1) << "a refused batch isn't tried again";
  const auto known = albums();
  EXPECT_FALSE(known.at("album1").popularity.has_value());
  EXPECT_THAT(known.at("album1").genres, ElementsAre("dance pop", "scene 1"));
  EXPECT_THAT(known.at("album10").genres, IsEmpty()) << "an artist without genres";
  fake.forget_calls();
  EXPECT_EQ(gather(fake, options, "ws", true).found, 12U) << "what was refused is known, too";
  EXPECT_EQ(fake.asked(""), 0);
}

TEST_F(SourceFixture, SpotifyExtendedQuotaNeedsFewCalls) {
  FakeSpotify fake({.albums = 60});
  CollectOptions options = wish("spotify");
  options.playlists = {"p1"};
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.found, 60U);
  EXPECT_EQ(report.with_popularity, 60U);
  EXPECT_EQ(albums().at("album7").popularity, 7);
  EXPECT_EQ(albums().at("album7").year, 1967);
  // Three pages of 50 tracks, three batches of albums and of artists.
  EXPECT_EQ(fake.calls("spotify"), 3U + 3U + 3U);
  EXPECT_EQ(fake.tokens(), 1);
}

TEST_F(SourceFixture, SpotifyPlaylistUnderItsNewName) {
  FakeSpotify fake({.albums = 10, .extended = false, .items_only = true});
  CollectOptions options = wish("spotify");
  options.playlists = {"p1"};
  EXPECT_EQ(gather(fake, options).found, 10U);
}

TEST_F(SourceFixture, SpotifyForeignPlaylistInDevelopmentModeIsExplained) {
  FakeSpotify fake({.albums = 10, .extended = false});
  CollectOptions options = wish("spotify");
  options.playlists = {"p1"};
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.found, 0U);
  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_THAT(report.problems[0].reason, HasSubstr("owners only"));
}

TEST_F(SourceFixture, SpotifyTokenThatRunsOutIsRenewed) {
  FakeSpotify fake({.albums = 40, .extended = false, .token_uses = 7});
  CollectOptions options = wish("spotify");
  options.searches = {"Album"};
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.stop, StopReason::kNone) << report.stop_message;
  EXPECT_EQ(report.found, 40U);
  EXPECT_GT(fake.tokens(), 5);
  EXPECT_THAT(catalogue_dump(at("ws")), ::testing::Not(HasSubstr("token-")));
}

TEST_F(SourceFixture, SpotifyLimitIsWaitedForAndQuotaIsLeftForAnotherDay) {
  FakeSpotify limited({.albums = 20, .extended = false, .limited_every = 4});
  CollectOptions options = wish("spotify");
  options.searches = {"Album"};
  EXPECT_EQ(gather(limited, options, "limited").found, 20U);
  FakeSpotify spent({.albums = 20, .extended = false, .quota_after = 5});
  const CollectReport report = gather(spent, options, "spent");
  EXPECT_EQ(report.stop, StopReason::kLater);
  EXPECT_LT(spent.calls("spotify"), 10U) << "it isn't asked again and again";
}

TEST_F(SourceFixture, SpotifyWrongKeysAreToldInItsWords) {
  std::ofstream(keys_) << "spotify_client_id = my-id\nspotify_client_secret = wrong\n";
  FakeSpotify fake({});
  CollectOptions options = wish("spotify");
  options.playlists = {"p1"};
  ServiceSettings with_keys = settings(fake.urls());
  with_keys.keys = KeyRing(keys_, false);
  const auto report = try_collect(options, std::move(with_keys));
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message, HasSubstr("invalid_client"));
  EXPECT_THAT(report.error().message, ::testing::Not(HasSubstr("wrong")));
}

TEST_F(SourceFixture, SpotifyWithoutPremiumIsToldInItsWords) {
  FakeSpotify fake({.premium = false});
  CollectOptions options = wish("spotify");
  options.albums = {"album1"};
  ServiceSettings with_keys = settings(fake.urls());
  with_keys.keys = KeyRing(keys_, false);
  const auto report = try_collect(options, std::move(with_keys));
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_THAT(report->problems, SizeIs(1));
  EXPECT_THAT(report->problems[0].reason, HasSubstr("premium subscription required"));
}

// ---- Deezer

TEST_F(SourceFixture, DeezerErrorsHiddenInSuccessAreSeen) {
  FakeDeezer fake(30, 5);  // every fifth answer is "Quota limit exceeded", with status 200
  CollectOptions options = wish("deezer");
  options.albums = {"1", "2", "4", "5", "77"};
  options.artists = {"3"};
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.stop, StopReason::kNone) << report.stop_message;
  EXPECT_EQ(report.found, 7U);
  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_THAT(report.problems[0].reason, HasSubstr("no data (code 800)"));
  EXPECT_FALSE(albums().at("4").cover_id.has_value()) << "an address without an MD5 is no picture";
  EXPECT_THAT(albums().at("5").genres, IsEmpty());
  EXPECT_EQ(albums().at("9").popularity, 100) << "the largest number of fans";
}

TEST_F(SourceFixture, DeezerGenreThatIsNoneIsNamed) {
  FakeDeezer fake(3);
  CollectOptions options = wish("deezer");
  options.genres = {"Jaz"};
  const auto report = try_collect(options, settings(fake.urls()));
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message, HasSubstr("jazz"));
}

// ---- iTunes

TEST_F(SourceFixture, ItunesLockOutEndsTheRunAndKeepsWhatCame) {
  FakeItunes fake(40, 2);
  CollectOptions options = wish("itunes");
  options.artists = {"1", "2", "3"};
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.stop, StopReason::kLater);
  EXPECT_EQ(report.found, 6U);
  EXPECT_EQ(fake.calls("itunes"), 3U) << "it isn't asked again";
}

TEST_F(SourceFixture, ItunesPicturesComeInTheSizeAskedFor) {
  EXPECT_EQ(itunes::sized_picture("https://is1-ssl.mzstatic.com/image/thumb/a/x.jpg/100x100bb.jpg", 600),
            "https://is1-ssl.mzstatic.com/image/thumb/a/x.jpg/600x600bb.jpg");
  EXPECT_EQ(itunes::sized_picture("https://elsewhere/x.png", 600), "https://elsewhere/x.png");
  FakeItunes fake(10);
  CollectOptions options = wish("itunes");
  options.charts = {"21"};
  options.size = 640;
  EXPECT_EQ(gather(fake, options).found, 3U);
  EXPECT_EQ(fake.asked("/640x640bb.jpg"), 3);
  EXPECT_EQ(fake.asked("country=us"), 1);
}

TEST_F(SourceFixture, ItunesIdThatIsGoneIsNamed) {
  FakeItunes fake(10);
  fake.vanish(2);
  CollectOptions options = wish("itunes");
  options.albums = {"1", "2", "3"};
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.found, 2U);
  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_THAT(report.problems[0].item, HasSubstr("album 2"));
}

// ---- Discogs

TEST_F(SourceFixture, DiscogsGenresAndStylesAndTheTokenForPictures) {
  FakeDiscogs fake(30);
  CollectOptions options = wish("discogs");
  options.genres = {"Style 2"};
  options.per_genre = 5;
  options.albums = {"m4", "r6", "9"};
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.found, 8U);
  EXPECT_EQ(report.pictures_fetched, 8U);
  const auto known = albums();
  EXPECT_THAT(known.at("m4").genres, ElementsAre("Pop", "Style 4"));
  EXPECT_EQ(known.at("m4").artist_key, "discogs:2");
  EXPECT_EQ(known.at("m2").artist_name, "Band 1") << "the number behind a name is not part of it";
  EXPECT_TRUE(known.at("r6").popularity.has_value());
  EXPECT_FALSE(known.at("m9").popularity.has_value()) << "masters have no counts";
}

TEST_F(SourceFixture, KeyThatIsMissingIsAskedFor) {
  std::ofstream(keys_) << "contact = me@example.org\n";
  FakeDiscogs fake(3);
  CollectOptions options = wish("discogs");
  options.searches = {"Album"};
  ServiceSettings without = settings(fake.urls());
  without.keys = KeyRing(keys_, false);
  const auto report = try_collect(options, std::move(without));
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::kUsage);
  EXPECT_THAT(report.error().message, HasSubstr("SLEEVE_DISCOGS_TOKEN"));
}

// ---- Last.fm

TEST_F(SourceFixture, LastfmQuirks) {
  FakeLastfm fake(12, 4);  // every fourth answer is error 29, with status 200
  CollectOptions options = wish("lastfm");
  for (int n = 1; n <= 5; ++n) options.albums.push_back(fmt::format("Band {} / Album {}", (n + 2) / 3, n));
  options.albums.emplace_back("Nobody / Nothing");
  const CollectReport report = gather(fake, options);
  EXPECT_EQ(report.stop, StopReason::kNone) << report.stop_message;
  EXPECT_EQ(report.found, 5U);
  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_THAT(report.problems[0].reason, HasSubstr("Album not found (error 6)"));
  const auto known = albums();
  EXPECT_THAT(known.at("Band 1 / Album 1").genres, ElementsAre("pop", "favourites"));
  EXPECT_THAT(known.at("Band 1 / Album 2").genres, ElementsAre("alone"))
      << "a list of one comes as the one itself";
  EXPECT_THAT(known.at("Band 1 / Album 3").genres, ElementsAre("artist tag")) << "nobody tagged the album";
  EXPECT_FALSE(known.at("Band 2 / Album 4").cover_id.has_value()) << "the star is no picture";
  EXPECT_EQ(known.at("Band 2 / Album 5").popularity, 100);
  EXPECT_THAT(catalogue_dump(at("ws")), ::testing::Not(HasSubstr("lkey")));
}

}  // namespace
}  // namespace sleeve
