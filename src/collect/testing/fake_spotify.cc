// SPDX-License-Identifier: Apache-2.0
#include "collect/testing/fake_spotify.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace sleeve {
namespace {

FakeReply error(int status, const std::string& message) {
  return json_reply(dump_json(Json{{"error", {{"status", status}, {"message", message}}}}), status);
}

std::string after(const std::string& text, std::string_view front) {
  return text.starts_with(front) ? text.substr(front.size()) : std::string();
}

}  // namespace

FakeSpotify::FakeSpotify(FakeSpotifyOptions options) : FakeService(options.albums), options_(options) {
  for (const char* service : {"spotify", "spotify_accounts", "spotify_images"}) serve(service);
}

FakeReply FakeSpotify::answer(const std::string& service, const FakeRequest& request) {
  if (service == "spotify_accounts") return token(request);
  if (service == "spotify") return api(request);
  const auto parts = split_text(request.path, '/');  // /image/SIDE/NUMBER
  const Album* album = parts.size() == 4 ? find(parts[3]) : nullptr;
  return album == nullptr ? nothing(404) : picture(album->number, static_cast<int>(*parse_integer(parts[2])));
}

FakeReply FakeSpotify::token(const FakeRequest& request) {
  // "my-id:my-secret"
  const bool known = request.header("authorization") == "Basic bXktaWQ6bXktc2VjcmV0";
  if (!known || request.body != "grant_type=client_credentials") {
    return json_reply(R"({"error":"invalid_client","error_description":"Invalid client"})", 400);
  }
  uses_ = 0;
  return json_reply(
      fmt::format(R"({{"access_token":"token-{}","token_type":"Bearer","expires_in":3600}})", ++tokens_));
}

FakeReply FakeSpotify::api(const FakeRequest& request) {
  if (request.header("authorization") != fmt::format("Bearer token-{}", tokens_))
    return error(401, "Invalid access token");
  if (options_.token_uses > 0 && ++uses_ > options_.token_uses) return error(401, "The access token expired");
  if (!options_.premium) return error(403, "Active premium subscription required for the owner of the app.");
  ++api_calls_;
  if (options_.quota_after > 0 && api_calls_ > options_.quota_after) {
    return json_reply(R"({"error":{"status":429,"message":"Too many requests","reason":"QUOTA_EXCEEDED"}})",
                      429);
  }
  if (options_.limited_every > 0 && api_calls_ % options_.limited_every == 0) {
    FakeReply reply = error(429, "API rate limit exceeded");
    reply.headers.emplace_back("Retry-After", "3");
    return reply;
  }
  const std::string& path = request.path;
  const auto several = [&](const char* member, auto one) {
    if (!options_.extended) return error(403, "Forbidden");
    Json list = Json::array();
    for (const std::string& id : split_text(request.argument("ids"), ',')) list.push_back(one(id));
    return json_reply(dump_json(Json{{member, std::move(list)}}));
  };
  const auto album_or_null = [&](const std::string& id) {
    const Album* album = find(after(id, "album"));
    return album == nullptr ? Json() : album_json(*album, true);
  };
  if (path.starts_with("/v1/playlists/")) return playlist(request);
  if (path == "/v1/albums") return several("albums", album_or_null);
  if (path == "/v1/artists") {
    return several("artists", [&](const std::string& id) {
      return artist_json(static_cast<int>(parse_integer(after(id, "artist")).value_or(0)));
    });
  }
  if (path.starts_with("/v1/albums/")) {
    const Json album = album_or_null(after(path, "/v1/albums/"));
    return album.is_null() ? error(404, "Resource not found") : json_reply(dump_json(album));
  }
  if (path == "/v1/search") {
    if (!options_.extended && number_argument(request, "limit", 5) > 10) return error(400, "Invalid limit");
    return album_page(request, pick([&](const Album& album) {
                        return album.title.find(request.argument("q")) != std::string::npos;
                      }),
                      true);
  }
  const std::string rest = after(path, "/v1/artists/artist");
  const auto artist = parse_integer(rest.substr(0, rest.find('/')));
  if (!artist) return error(404, "Service not found");
  if (rest.find('/') == std::string::npos)
    return json_reply(dump_json(artist_json(static_cast<int>(*artist))));
  return album_page(request, pick([&](const Album& album) { return album.artist_number == *artist; }), false);
}

FakeReply FakeSpotify::playlist(const FakeRequest& request) {
  const bool items = request.path.ends_with("/items");
  if (!request.path.starts_with("/v1/playlists/p1/")) return error(404, "Resource not found");
  // In Development Mode the old address is gone, and the new one is for the owner.
  if (items ? !options_.items_only : !options_.extended) return error(403, "Forbidden");
  const int limit = number_argument(request, "limit", 20);
  const int offset = number_argument(request, "offset", 0);
  const auto albums = pick([](const Album&) { return true; });
  const int total = 2 * static_cast<int>(albums.size());
  Json list = Json::array();
  for (int i = offset; i < std::min(total, offset + limit); ++i) {
    Json track = {{"id", fmt::format("track{}", i)},
                  {"album", album_json(*albums[static_cast<size_t>(i / 2)], false)}};
    // A track that is gone from the catalogue, and a file of the user's own.
    if (i % 17 == 16) track = Json();
    list.push_back({{"added_at", "2026-01-01T00:00:00Z"},
                    {"is_local", false},
                    {items ? "item" : "track", std::move(track)}});
  }
  const Json next = offset + limit < total ? Json("https://api.spotify.com/v1/next") : Json();
  return json_reply(dump_json(Json{
      {"limit", limit}, {"next", next}, {"offset", offset}, {"total", total}, {"items", std::move(list)}}));
}

FakeReply FakeSpotify::album_page(const FakeRequest& request, const std::vector<const Album*>& albums,
                                  bool in_search) {
  const int limit = number_argument(request, "limit", 20);
  const int offset = number_argument(request, "offset", 0);
  const int total = static_cast<int>(albums.size());
  Json list = Json::array();
  for (int i = offset; i < std::min(total, offset + limit); ++i)
    list.push_back(album_json(*albums[static_cast<size_t>(i)], false));
  const Json next = offset + limit < total ? Json("https://api.spotify.com/v1/next") : Json();
  Json page = {
      {"limit", limit}, {"next", next}, {"offset", offset}, {"total", total}, {"items", std::move(list)}};
  return json_reply(dump_json(in_search ? Json{{"albums", std::move(page)}} : page));
}

Json FakeSpotify::album_json(const Album& album, bool whole) const {
  Json images = Json::array();
  for (const int side : {640, 300, 64}) {
    // A tenth of the size: tests needn't move megabytes.
    images.push_back({{"url", fmt::format("{}/image/{}/{}", url("spotify_images"), side / 10, album.number)},
                      {"height", side},
                      {"width", side}});
  }
  Json json = {
      {"album_type", "album"},
      {"id", fmt::format("album{}", album.number)},
      {"name", album.title},
      {"release_date", fmt::format("{}-05", album.year)},
      {"release_date_precision", "month"},
      {"images", std::move(images)},
      {"artists",
       Json::array({{{"id", fmt::format("artist{}", album.artist_number)}, {"name", album.artist}}})}};
  if (!whole) return json;
  json["genres"] = Json::array();  // always empty
  if (options_.extended) json["popularity"] = album.number % 101;
  if (options_.extended) json["label"] = "Label";
  return json;
}

Json FakeSpotify::artist_json(int number) const {
  Json json = {
      {"id", fmt::format("artist{}", number)}, {"name", fmt::format("Band {}", number)}, {"type", "artist"}};
  json["genres"] =
      number % 4 == 0 ? Json::array() : Json::array({"dance pop", fmt::format("scene {}", number % 5)});
  if (options_.extended) json["popularity"] = 50;
  return json;
}

}  // namespace sleeve
