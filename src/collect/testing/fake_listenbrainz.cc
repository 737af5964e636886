// SPDX-License-Identifier: Apache-2.0
// ListenBrainz, a part of FakeMetabrainz.
#include <algorithm>

#include "base/text.h"
#include "collect/testing/fake_metabrainz.h"
#include "collect/testing/fake_metabrainz_parts.h"

namespace sleeve {
namespace {

FakeReply listenbrainz_error(int status, const std::string& words) {
  return json_reply(dump_json(Json{{"code", status}, {"error", words}}), status);
}

}  // namespace

FakeReply FakeMetabrainz::listenbrainz(const FakeRequest& request) {
  FakeReply reply;
  if (request.path == "/1/stats/sitewide/release-groups") {
    reply = chart(request);
  } else if (request.path == "/1/metadata/release_group/") {
    reply = metadata(request);
  } else if (request.path == "/1/popularity/release-group" && request.method == "POST") {
    reply = popularity(request);
  } else {
    reply = listenbrainz_error(404, "Not Found");
  }
  reply.headers.emplace_back("X-RateLimit-Limit", "30");
  reply.headers.emplace_back("X-RateLimit-Remaining", std::to_string(29 - calls_["listenbrainz"] % 30));
  reply.headers.emplace_back("X-RateLimit-Reset-In", "3");
  return reply;
}

FakeReply FakeMetabrainz::chart(const FakeRequest& request) {
  const std::string range = request.argument("range");
  if (range == "this_week") return plain_reply(204, "");  // not computed yet
  if (range != "all_time" && range != "year") return listenbrainz_error(400, "Invalid range: " + range);
  const size_t count = std::min<size_t>(1000, count_argument(request, "count", 25));
  Json rows = Json::array();
  for (const Album& album : albums_) {
    if (rows.size() >= count) break;
    Json row = {{"artist_mbids", Json::array({album.artist_mbid})},
                {"artist_name", album.artist},
                {"listen_count", album.listens},
                {"release_group_mbid", album.mbid},
                {"release_group_name", album.title}};
    if (album.cover) {
      row["caa_id"] = image_of(album);
      row["caa_release_mbid"] = release_of(album);
    }
    if (rows.size() % 50 == 7) row["release_group_mbid"] = nullptr;  // not matched to an album
    rows.push_back(std::move(row));
  }
  return json_reply(dump_json(Json{{"payload",
                                    {{"release_groups", std::move(rows)},
                                     {"offset", 0},
                                     {"count", count},
                                     {"total_release_group_count", 1000},
                                     {"range", range},
                                     {"last_updated", 1788494361}}}}));
}

Json FakeMetabrainz::tags_of(const Album& album, const char* owner) const {
  Json tags = Json::array();
  for (const auto& [name, votes] : album.tags) {
    Json tag = {{"count", votes}, {"tag", name}};
    if (is_genre(name)) tag["genre_mbid"] = derived_uuid(name);
    if (owner == std::string_view("artist")) tag["artist_mbid"] = album.artist_mbid;
    tags.push_back(std::move(tag));
  }
  return tags;
}

FakeReply FakeMetabrainz::metadata(const FakeRequest& request) {
  if (!options_.metadata) return listenbrainz_error(401, "You need to provide an Authorization header.");
  Json answer = Json::object();
  const auto mbids = split_text(request.argument("release_group_mbids"), ',');
  if (std::ranges::none_of(mbids, is_lower_uuid)) {
    return listenbrainz_error(400, "At least one valid release_group_mbid must be present.");
  }
  for (const std::string& mbid : mbids) {
    const Album* album = find(mbid);
    if (album == nullptr) continue;
    Json release = {
        {"date", album->date}, {"name", album->title}, {"rels", Json::array()}, {"type", "Album"}};
    release["caa_id"] = album->cover ? Json(image_of(*album)) : Json();
    release["caa_release_mbid"] = album->cover ? Json(release_of(*album)) : Json();
    answer[mbid] = {
        {"artist",
         {{"artist_credit_id", 65},
          {"name", album->artist},
          {"artists", Json::array({{{"artist_mbid", album->artist_mbid}, {"name", album->artist}}})}}},
        {"release", release},
        {"release_group", release},
        {"tag",
         {{"artist", tags_of(*album, "artist")},
          {"release_group", album->artist_tags_only ? Json::array() : tags_of(*album, "release_group")}}}};
  }
  return json_reply(dump_json(answer));
}

FakeReply FakeMetabrainz::popularity(const FakeRequest& request) {
  if (!options_.popularity) return listenbrainz_error(401, "You need to provide an Authorization header.");
  const auto body = parse_json(request.body);
  if (!body.ok() || !body->is_object() || !body->contains("release_group_mbids")) {
    return listenbrainz_error(400, "Invalid JSON document submitted.");
  }
  const Json& mbids = (*body)["release_group_mbids"];
  if (mbids.size() > 1000) return listenbrainz_error(400, "You may only specify up to 1000 mbids.");
  Json answer = Json::array();
  for (const Json& mbid : mbids) {
    const Album* album = find(mbid.get<std::string>());
    const bool known = album != nullptr && album->listeners;
    answer.push_back({{"release_group_mbid", mbid},
                      {"total_listen_count", known ? Json(album->listens) : Json()},
                      {"total_user_count", known ? Json(*album->listeners) : Json()}});
  }
  return json_reply(dump_json(answer));
}

}  // namespace sleeve
