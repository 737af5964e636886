// SPDX-License-Identifier: Apache-2.0
#include "collect/metabrainz_json.h"

#include <gtest/gtest.h>

namespace sleeve::metabrainz {
namespace {

constexpr const char* kA = "48140466-cff6-3222-bd55-63c27e43190d";
constexpr const char* kB = "8f6bd1e4-fbe1-4f50-aa9b-94c450ec0f11";

Json json(std::string_view text) { return parse_json(text).value(); }

// As the services wrote it, with the member under test replaced.
Json metadata(const std::string& tags) {
  return json(
      std::string("{\"") + kA +
      R"(":{"artist":{"artist_credit_id":65,"name":"Band","artists":[{"artist_mbid":")" + kB +
      R"(","name":"Band","join_phrase":""}]},"release":{"caa_id":829521842,"caa_release_mbid":")" + kB +
      R"(","date":"1994-08-22","name":"Example"},"release_group":{"caa_id":null,"date":"1994","name":"Example"},)" +
      R"("tag":)" + tags + "}}");
}

TEST(MetabrainzJson, OnlyTagsWithAGenresIdAreGenresAndTheMostVotedStandsFirst) {
  const auto albums = read_metadata(
      metadata(std::string(R"({"release_group":[{"count":2,"genre_mbid":")") + kB +
               R"(","tag":"dub"},{"count":18,"genre_mbid":")" + kB +
               R"(","tag":"trip hop"},{"count":60,"tag":"seen live"},{"count":0,"genre_mbid":")" + kB +
               R"(","tag":"polka"}],"artist":[]})"));
  ASSERT_TRUE(albums);
  const ReleaseGroup& album = albums->at(kA);
  EXPECT_EQ(album.genres, (std::vector<Tag>{{"trip hop", 18}, {"dub", 2}}));
  EXPECT_FALSE(album.genres_of_artist);
  EXPECT_EQ(album.title, "Example");
  EXPECT_EQ(album.artist_mbid, kB);
  EXPECT_EQ(album.year, 1994);
  EXPECT_EQ(album.has_cover, true);
}

TEST(MetabrainzJson, WithoutVotesOnTheAlbumTheArtistsGenresCount) {
  const auto albums =
      read_metadata(metadata(std::string(R"({"artist":[{"artist_mbid":"x","count":13,"genre_mbid":")") + kB +
                             R"(","tag":"trip hop"}],"release_group":[]})"));
  EXPECT_EQ(albums->at(kA).genres.at(0).name, "trip hop");
  EXPECT_TRUE(albums->at(kA).genres_of_artist);
}

TEST(MetabrainzJson, SearchAndBrowseHaveEnvelopesOfTheirOwn) {
  const std::string group =
      std::string(R"("release-groups":[{"id":")") + kA +
      R"(","title":"Example","first-release-date":"2013-05-17",)" +
      R"("primary-type":null,"artist-credit":[{"name":"A","joinphrase":" & ","artist":{"id":")" + kB +
      R"(","name":"A"}},{"name":"B","artist":{"id":"x"}}],"tags":[{"count":12,"name":"rock"},{"count":3,"name":"x"}],)" +
      R"("genres":[{"name":"rock","count":1},{"name":"art rock","count":4}]}])";
  const auto search = read_search(json("{\"count\":192,\"offset\":0," + group + "}"), {"rock"});
  ASSERT_TRUE(search);
  EXPECT_EQ(search->count, 192);
  EXPECT_EQ(search->albums.at(0).genres, (std::vector<Tag>{{"rock", 12}}));
  EXPECT_EQ(search->albums.at(0).artist_name, "A & B");
  EXPECT_FALSE(search->albums.at(0).has_cover.has_value());
  const auto browse = read_browse(json("{\"release-group-count\":2," + group + "}"));
  ASSERT_TRUE(browse);
  EXPECT_EQ(browse->albums.at(0).genres, (std::vector<Tag>{{"art rock", 4}, {"rock", 1}}));
  EXPECT_FALSE(read_browse(json("{\"count\":192," + group + "}")));
  EXPECT_FALSE(read_search(json(R"({"error":"Not Found"})"), {}));
}

TEST(MetabrainzJson, DatesMayBeMissingOrShort) {
  const auto year = [](const std::string& date) {
    return read_search(json("{\"count\":1,\"release-groups\":[{\"id\":\"" + std::string(kA) +
                            "\",\"first-release-date\":" + date + "}]}"),
                       {})
        ->albums.at(0)
        .year;
  };
  EXPECT_EQ(year("\"1999\""), 1999);
  EXPECT_EQ(year("\"1999-05\""), 1999);
  for (const char* none : {"\"\"", "null", "\"xxxx-05\"", "\"0199\"", "\"19990\"", "1999", "\"-1\""}) {
    EXPECT_EQ(year(none), std::nullopt) << none;
  }
}

TEST(MetabrainzJson, ChartRowsWithoutAnAlbumAreLeftOut) {
  const auto rows = read_chart(
      json(std::string(R"({"payload":{"release_groups":[{"release_group_mbid":null,"artist_name":"x"},)") +
           R"({"artist_mbids":null,"caa_id":null,"release_group_mbid":")" + kA +
           R"(","release_group_name":"Example"}]}})"));
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_FALSE(rows->at(0).has_cover.has_value());
  EXPECT_FALSE(read_chart(json(R"({"payload":[]})")));
  EXPECT_FALSE(read_chart(Json()));
}

TEST(MetabrainzJson, NobodyHeardIsUnknownNotZero) {
  const auto figures = read_popularity(json(std::string(R"([{"release_group_mbid":")") + kA +
                                            R"(","total_listen_count":1000,"total_user_count":10},)" +
                                            R"({"release_group_mbid":")" + kB +
                                            R"(","total_listen_count":null,"total_user_count":null}])"));
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->at(kA).listeners, 10);
  EXPECT_FALSE(figures->contains(kB));
  EXPECT_FALSE(read_popularity(json(R"({"code":401,"error":"x"})")));
}

}  // namespace
}  // namespace sleeve::metabrainz
