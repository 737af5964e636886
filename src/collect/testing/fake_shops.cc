// SPDX-License-Identifier: Apache-2.0
#include "collect/testing/fake_shops.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace sleeve {
namespace {

FakeReply json_of(const Json& json, int status = 200) { return json_reply(dump_json(json), status); }

// "/picture/SIDE/NUMBER"
std::pair<int, int> picture_of(const std::string& path) {
  const auto parts = split_text(path, '/');
  if (parts.size() != 4 || parts[1] != "picture") return {0, 0};
  return {static_cast<int>(parse_integer(parts[2]).value_or(0)),
          static_cast<int>(parse_integer(parts[3]).value_or(0))};
}

}  // namespace

// ---- Deezer

FakeDeezer::FakeDeezer(int albums, int quota_every) : FakeService(albums), quota_every_(quota_every) {
  serve("deezer");
  serve("deezer_images");
}

FakeReply FakeDeezer::answer(const std::string& service, const FakeRequest& request) {
  if (service == "deezer_images") {
    const auto [side, number] = picture_of(request.path);
    return number == 0 ? nothing(404) : picture(number, side);
  }
  const auto error = [](const char* type, const char* message, int code) {
    return json_of({{"error", {{"type", type}, {"message", message}, {"code", code}}}});
  };
  if (quota_every_ > 0 && ++calls_so_far_ % quota_every_ == 0)
    return error("Exception", "Quota limit exceeded", 4);
  const auto parts = split_text(request.path, '/');
  const std::string what = parts.size() > 1 ? parts[1] : "";
  const int id = parts.size() > 2 ? static_cast<int>(parse_integer(parts[2]).value_or(-1)) : -1;
  std::vector<Json> items;
  const auto add = [&](const std::vector<const Album*>& albums, bool with_fans) {
    for (const Album* album : albums) {
      Json item = {{"id", album->number}, {"title", album->title}, {"type", "album"}};
      if (with_fans) item["fans"] = album->heard;
      items.push_back(std::move(item));
    }
  };
  if (what == "genre" && parts.size() == 2) {
    for (const auto& [number, name] : {std::pair(0, "All"), {152, "Rock"}, {132, "Pop"}, {129, "Jazz"}})
      items.push_back({{"id", number}, {"name", name}, {"type", "genre"}});
    return json_of({{"data", items}});
  }
  const int genre = id == 152 ? 0 : id == 132 ? 1 : 2;
  if (what == "chart") {
    add(pick([&](const Album& album) {
          return album.number <= 12 && (id == 0 || album.genre_number == genre);
        }),
        false);
  } else if (what == "genre") {
    const int artists = static_cast<int>(albums().size() + 2) / 3;
    for (int n = 1; n <= artists; ++n) items.push_back({{"id", n}, {"name", fmt::format("Band {}", n)}});
  } else if (what == "artist") {
    add(pick([&](const Album& album) { return album.artist_number == id; }), true);
    if (items.empty()) return error("DataException", "no data", 800);
  } else if (what == "playlist" && id == 1) {
    for (const Album* album : pick([](const Album&) { return true; }))
      items.push_back({{"id", album->number * 100}, {"rank", 5}, {"album", {{"id", album->number}}}});
  } else if (what == "search") {
    // Words of titles, or an artist's and a title's.
    const std::string words = request.argument("q");
    add(pick([&](const Album& album) {
          const bool both =
              words.find(album.artist) != std::string::npos && words.find(album.title) != std::string::npos;
          return both || album.title.find(words) != std::string::npos;
        }),
        false);
  } else if (what == "album") {
    const Album* album = find(parts[2]);
    return album == nullptr ? error("DataException", "no data", 800) : json_of(album_json(*album));
  } else {
    return error("InvalidQueryException", "Unknown path components", 600);
  }
  return page(request, items);
}

FakeReply FakeDeezer::page(const FakeRequest& request, const std::vector<Json>& items) const {
  const int limit = std::clamp(number_argument(request, "limit", 25), 1, 100);
  const int index = number_argument(request, "index", 0);
  const int total = static_cast<int>(items.size());
  Json list = Json::array();
  for (int i = index; i < std::min(total, index + limit); ++i) list.push_back(items[static_cast<size_t>(i)]);
  Json json = {{"data", std::move(list)}, {"total", total}};
  if (index + limit < total) json["next"] = "https://api.deezer.com/next";
  return json_of(json);
}

Json FakeDeezer::album_json(const Album& album) const {
  const auto cover = [&](int side) {
    // Album 4 has no picture: its address lacks the MD5.
    return album.number == 4
               ? fmt::format("{}/images/cover//{}x{}-000000-80-0-0.jpg", url("deezer_images"), side, side)
               : fmt::format("{}/picture/{}/{}", url("deezer_images"), side / 10, album.number);
  };
  Json genres = Json::array();
  if (album.number != 5) genres.push_back({{"id", 1}, {"name", album.genre}, {"type", "genre"}});
  return {{"id", album.number},
          {"title", album.title},
          {"cover_small", cover(60)},
          {"cover_medium", cover(250)},
          {"cover_big", cover(500)},
          {"cover_xl", cover(1000)},
          {"genre_id", album.number == 5 ? -1 : 1},
          {"genres", {{"data", std::move(genres)}}},
          {"fans", album.heard},
          {"release_date", fmt::format("{}-03-07", album.year)},
          {"artist", {{"id", album.artist_number}, {"name", album.artist}, {"type", "artist"}}},
          {"type", "album"}};
}

// ---- iTunes

FakeItunes::FakeItunes(int albums, int locked_after) : FakeService(albums), locked_after_(locked_after) {
  serve("itunes");
  serve("itunes_images");
}

FakeReply FakeItunes::answer(const std::string& service, const FakeRequest& request) {
  if (service == "itunes_images") {
    // /NUMBER/SIDExSIDEbb.jpg
    const auto parts = split_text(request.path, '/');
    const Album* album = parts.size() == 3 ? find(parts[1]) : nullptr;
    if (album == nullptr) return nothing(404);
    const std::string side = parts[2].substr(0, parts[2].find('x'));
    return picture(album->number, static_cast<int>(parse_integer(side).value_or(100)) / 10);
  }
  if (locked_after_ > 0 && ++calls_so_far_ > locked_after_) return nothing(403);
  if (request.path == "/search") {
    const std::string words = request.argument("term");
    return results(pick([&](const Album& album) { return album.title.find(words) != std::string::npos; }), 0);
  }
  if (request.path == "/lookup" && request.argument("entity") == "album") {
    const int artist = number_argument(request, "id", 0);
    return results(pick([&](const Album& album) { return album.artist_number == artist; }), artist);
  }
  if (request.path == "/lookup") {
    std::vector<const Album*> found;
    for (const std::string& id : split_text(request.argument("id"), ',')) {
      if (const Album* album = find(id)) found.push_back(album);
    }
    return results(found, 0);
  }
  return request.path.ends_with("/json") ? chart(request) : nothing(404);
}

FakeReply FakeItunes::results(const std::vector<const Album*>& albums, int artist) const {
  Json list = Json::array();
  if (artist > 0) list.push_back({{"wrapperType", "artist"}, {"artistId", artist}});
  for (const Album* album : albums) {
    if (list.size() >= 200) break;
    list.push_back(
        {{"wrapperType", "collection"},
         {"collectionType", "Album"},
         {"artistId", album->artist_number},
         {"collectionId", album->number},
         {"artistName", album->artist},
         {"collectionName", album->title},
         {"artworkUrl100", fmt::format("{}/{}/100x100bb.jpg", url("itunes_images"), album->number)},
         {"country", "USA"},
         {"releaseDate", fmt::format("{}-11-30T08:00:00Z", album->year)},
         {"primaryGenreName", album->genre}});
  }
  FakeReply reply = json_of({{"resultCount", list.size()}, {"results", std::move(list)}});
  reply.body.insert(0, "\n\n\n");
  return reply;
}

FakeReply FakeItunes::chart(const FakeRequest& request) const {
  const bool rock = request.path.find("genre=21/") != std::string::npos;
  Json entries = Json::array();
  for (const Album* album : pick([&](const Album& one) { return !rock || one.genre == "Rock"; })) {
    if (entries.size() >= 10) break;
    entries.push_back(
        {{"im:name", {{"label", album->title}}},
         {"id", {{"label", "link"}, {"attributes", {{"im:id", std::to_string(album->number)}}}}}});
  }
  return json_of({{"feed", {{"entry", std::move(entries)}}}});
}

// ---- Discogs

FakeDiscogs::FakeDiscogs(int albums) : FakeService(albums) {
  serve("discogs");
  serve("discogs_images");
}

FakeReply FakeDiscogs::answer(const std::string& service, const FakeRequest& request) {
  if (request.header("authorization") != "Discogs token=dtoken") {
    return json_of({{"message", "You must authenticate to access this resource."}}, 401);
  }
  if (service == "discogs_images") {
    const auto [side, number] = picture_of(request.path);
    return number == 0 ? nothing(404) : picture(number, side);
  }
  FakeReply reply = api(request);
  reply.headers.emplace_back("X-Discogs-Ratelimit", "60");
  reply.headers.emplace_back("X-Discogs-Ratelimit-Remaining", "42");
  return reply;
}

FakeReply FakeDiscogs::api(const FakeRequest& request) {
  const auto parts = split_text(request.path, '/');
  const int per_page = std::clamp(number_argument(request, "per_page", 50), 1, 100);
  const int number = number_argument(request, "page", 1);
  const auto page = [&](const char* member, const std::vector<const Album*>& albums, bool in_search) {
    Json list = Json::array();
    const int total = static_cast<int>(albums.size());
    for (int i = (number - 1) * per_page; i < std::min(total, number * per_page); ++i) {
      const Album& album = *albums[static_cast<size_t>(i)];
      list.push_back(
          in_search
              ? row(album)
              : Json{{"id", album.number}, {"type", "master"}, {"role", "Main"}, {"title", album.title}});
    }
    return json_of(
        {{"pagination", {{"page", number}, {"pages", (total + per_page - 1) / per_page}, {"items", total}}},
         {member, std::move(list)}});
  };
  if (request.path == "/database/search") {
    const std::string genre = request.argument("genre");
    const std::string style = request.argument("style");
    const std::string words = request.argument("q");
    return page("results", pick([&](const Album& album) {
                  return (genre.empty() || album.genre == genre) &&
                         (style.empty() || style == fmt::format("Style {}", album.number % 5)) &&
                         (words.empty() || album.title.find(words) != std::string::npos);
                }),
                true);
  }
  if (parts.size() == 4 && parts[1] == "artists") {
    return page("releases",
                pick([&](const Album& album) { return std::to_string(album.artist_number) == parts[2]; }),
                false);
  }
  const bool by_id = parts.size() == 3 && (parts[1] == "masters" || parts[1] == "releases");
  const Album* album = by_id ? find(parts[2]) : nullptr;
  if (album == nullptr) return json_of({{"message", "Release not found."}}, 404);
  Json json = master(*album);
  if (parts[1] == "releases") json["community"] = {{"have", album->heard}, {"want", 7}};
  return json_of(json);
}

Json FakeDiscogs::row(const Album& album) const {
  return {{"id", album.number},
          {"type", "master"},
          {"title", fmt::format("{} (2) - {}", album.artist, album.title)},
          {"year", std::to_string(album.year)},
          {"genre", Json::array({album.genre})},
          {"style", Json::array({fmt::format("Style {}", album.number % 5)})},
          {"thumb", fmt::format("{}/picture/15/{}", url("discogs_images"), album.number)},
          {"cover_image", fmt::format("{}/picture/60/{}", url("discogs_images"), album.number)},
          {"community", {{"want", 3}, {"have", album.heard}}}};
}

Json FakeDiscogs::master(const Album& album) const {
  return {
      {"id", album.number},
      {"title", album.title},
      {"artists", Json::array({{{"id", album.artist_number}, {"name", album.artist}}})},
      {"genres", Json::array({album.genre})},
      {"styles", Json::array({fmt::format("Style {}", album.number % 5)})},
      {"year", album.year},
      {"images", Json::array({{{"type", "primary"},
                               {"uri", fmt::format("{}/picture/60/{}", url("discogs_images"), album.number)},
                               {"width", 600},
                               {"height", 600}}})}};
}

// ---- Last.fm

FakeLastfm::FakeLastfm(int albums, int busy_every) : FakeService(albums), busy_every_(busy_every) {
  serve("lastfm");
  serve("lastfm_images");
}

FakeReply FakeLastfm::answer(const std::string& service, const FakeRequest& request) {
  if (service == "lastfm_images") {
    const auto [side, number] = picture_of(request.path);
    return number == 0 ? nothing(404) : picture(number, side);
  }
  const auto error = [](int code, const char* message, int status) {
    return json_of({{"error", code}, {"message", message}, {"links", Json::array()}}, status);
  };
  if (request.argument("api_key") != "lkey") return error(10, "Invalid API key", 403);
  if (busy_every_ > 0 && ++calls_so_far_ % busy_every_ == 0) return error(29, "Rate limit exceeded", 200);
  const std::string method = request.argument("method");
  if (method == "tag.gettopalbums") return tag_albums(request);
  if (method == "artist.gettoptags") {
    return json_of({{"toptags",
                     {{"tag", Json::array({{{"count", 100}, {"name", "artist tag"}},
                                           {{"count", 3}, {"name", "noise"}}})},
                      {"@attr", {{"artist", request.argument("artist")}}}}}});
  }
  if (method != "album.getinfo") return error(3, "Invalid Method", 400);
  const auto found = pick([&](const Album& album) {
    return album.artist == request.argument("artist") && album.title == request.argument("album");
  });
  return found.empty() ? error(6, "Album not found", 200) : json_of({{"album", album_json(*found[0])}});
}

Json FakeLastfm::album_json(const Album& album) const {
  Json images = Json::array();
  for (const int side : {34, 64, 174, 300}) {
    const std::string star = "/i/u/300x300/2a96cbd8b46e442fc41c2b86b821562f.png";
    images.push_back(
        {{"#text", url("lastfm_images") +
                       (album.number == 4 ? star : fmt::format("/picture/{}/{}", side / 5, album.number))},
         {"size", std::to_string(side)}});
  }
  Json tags = {{"tag", Json::array({{{"name", ascii_lower(album.genre)}}, {{"name", "favourites"}}})}};
  if (album.number == 2) tags = {{"tag", {{"name", "alone"}}}};
  if (album.number == 3) tags = "";
  return {{"name", album.title},
          {"artist", album.artist},
          {"mbid", ""},
          {"image", std::move(images)},
          {"listeners", std::to_string(album.heard)},
          {"playcount", std::to_string(album.heard * 9)},
          {"tags", std::move(tags)}};
}

FakeReply FakeLastfm::tag_albums(const FakeRequest& request) const {
  const int limit = number_argument(request, "limit", 50);
  const int number = number_argument(request, "page", 1);
  const std::string tag = request.argument("tag");
  const auto albums = pick([&](const Album& album) { return ascii_lower(album.genre) == tag; });
  const int total = static_cast<int>(albums.size());
  Json list = Json::array();
  for (int i = (number - 1) * limit; i < std::min(total, number * limit); ++i) {
    const Album& album = *albums[static_cast<size_t>(i)];
    list.push_back({{"name", album.title}, {"mbid", ""}, {"artist", {{"name", album.artist}, {"mbid", ""}}}});
  }
  return json_of({{"albums",
                   {{"album", std::move(list)},
                    {"@attr",
                     {{"page", std::to_string(number)},
                      {"totalPages", std::to_string((total + limit - 1) / limit)}}}}}});
}

}  // namespace sleeve
