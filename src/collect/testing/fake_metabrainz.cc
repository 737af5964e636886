// SPDX-License-Identifier: Apache-2.0
#include "collect/testing/fake_metabrainz.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "collect/album_match.h"
#include "collect/testing/fake_metabrainz_parts.h"
#include "image/picture_testing.h"

namespace sleeve {
namespace {

FakeReply musicbrainz_error(int status, const std::string& words) {
  return json_reply(
      dump_json(
          Json{{"error", words}, {"help", "For usage, please see: https://musicbrainz.org/development/mmd"}}),
      status);
}

// The words in quotes behind `name`: tag:"black metal"
std::string quoted(const std::string& query, const std::string& name) {
  const size_t start = query.find(name + ":\"");
  if (start == std::string::npos) return "";
  const size_t first = start + name.size() + 2;
  return query.substr(first, query.find('"', first) - first);
}

}  // namespace

FakeMetabrainz::FakeMetabrainz(FakeMetabrainzOptions options) : options_(std::move(options)) {
  Rng rng(options_.seed);
  const size_t artists = options_.artists > 0 ? options_.artists : options_.albums / 3 + 1;
  std::vector<std::string> artist_mbids;
  for (size_t i = 0; i < artists; ++i) artist_mbids.push_back(random_uuid(rng));
  for (size_t i = 0; i < options_.albums; ++i) {
    Album album;
    album.mbid = random_uuid(rng);
    album.title = fmt::format("Album {} \"d\xC3\xA9j\xC3\xA0 vu\"", i);
    const size_t artist = static_cast<size_t>(rng.below(artists));
    album.artist_mbid = artist_mbids[artist];
    album.artist = fmt::format("Artist {}", artist);
    album.tags.emplace_back(options_.genres[i % options_.genres.size()],
                            3 + static_cast<int64_t>(rng.below(20)));
    if (rng.below(3) == 0) album.tags.emplace_back(options_.genres[(i + 1) % options_.genres.size()], 2);
    if (rng.below(2) == 0) album.tags.emplace_back("seen live", 30);
    album.artist_tags_only = rng.below(10) == 0;
    static constexpr const char* kDates[] = {"", "1999", "1999-05", "2007-01-29"};
    album.date = kDates[rng.below(4)];
    album.cover = rng.uniform() < options_.cover_share;
    album.picture = static_cast<int>(i);
    if (i > 0 && rng.below(40) == 0) album.picture = static_cast<int>(i) - 1;  // another edition's picture
    if (rng.below(20) != 0) album.listeners = static_cast<int64_t>(std::exp(rng.uniform(0, 11)));
    album.listens = album.listeners.value_or(0) * 17;
    albums_.push_back(std::move(album));
  }
  for (size_t i = 0; i < options_.placeholders && i * 7 < albums_.size(); ++i) {
    albums_[i * 7].cover = true;
    albums_[i * 7].picture = -1;
  }
  for (size_t i = 0; i < albums_.size(); ++i) {
    by_mbid_[albums_[i].mbid] = i;
    by_release_[release_of(albums_[i])] = i;
  }
  const std::lock_guard lock(mutex_);  // the servers that run already ask for the addresses of the others
  for (const char* service : {"musicbrainz", "listenbrainz", "coverartarchive", "archive", "node"}) {
    servers_[service] = std::make_unique<FakeServer>(
        [this, name = std::string(service)](const FakeRequest& request) { return answer(name, request); });
  }
}

FakeMetabrainz::~FakeMetabrainz() {
  for (auto& [name, server] : servers_) server->stop();
}

std::map<std::string, std::string> FakeMetabrainz::urls() const {
  std::map<std::string, std::string> urls;
  for (const char* service : {"musicbrainz", "listenbrainz", "coverartarchive"}) {
    urls[service] = servers_.at(service)->url();
  }
  return urls;
}

std::map<std::string, int> FakeMetabrainz::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

size_t FakeMetabrainz::calls(const std::string& service) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(service);
  return found == calls_.end() ? 0 : found->second;
}

void FakeMetabrainz::forget_calls() {
  const std::lock_guard lock(mutex_);
  asked_.clear();
  calls_.clear();
}

void FakeMetabrainz::set_storm(StormOptions options) {
  const std::lock_guard lock(mutex_);
  storm_ = options.faults.empty() ? nullptr : std::make_unique<Storm>(std::move(options));
}

void FakeMetabrainz::set_storm_of_pictures(StormOptions options) {
  const std::lock_guard lock(mutex_);
  picture_storm_ = options.faults.empty() ? nullptr : std::make_unique<Storm>(std::move(options));
}

size_t FakeMetabrainz::faults() const {
  const std::lock_guard lock(mutex_);
  return (storm_ == nullptr ? 0 : storm_->faults()) +
         (picture_storm_ == nullptr ? 0 : picture_storm_->faults());
}

void FakeMetabrainz::on_request(std::function<void()> hook) {
  const std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

void FakeMetabrainz::vanish(const std::string& mbid) {
  const std::lock_guard lock(mutex_);
  by_mbid_.erase(mbid);
}

FakeReply FakeMetabrainz::answer(const std::string& service, const FakeRequest& request) {
  const std::lock_guard lock(mutex_);
  if (hook_) hook_();
  ++calls_[service];
  ++asked_[service + " " + request.target + " " + request.body];
  if (request.header("user-agent").find("( ") == std::string::npos) {
    FakeReply reply =
        musicbrainz_error(403,
                          "Your requests are being throttled by MusicBrainz because the application "
                          "you are using has not identified itself.");
    reply.headers.emplace_back("x-ratelimit-who", "ua-missing");
    return reply;
  }
  FakeReply reply = service == "musicbrainz"       ? musicbrainz(request)
                    : service == "listenbrainz"    ? listenbrainz(request)
                    : service == "coverartarchive" ? cover_art(request)
                    : service == "archive"         ? archive(request)
                                                   : node(request);
  const bool picture = service == "coverartarchive" || service == "archive" || service == "node";
  auto& storm = picture ? picture_storm_ : storm_;
  return storm == nullptr ? reply : storm->apply(request, std::move(reply));
}

const FakeMetabrainz::Album* FakeMetabrainz::find(const std::string& mbid) const {
  const auto found = by_mbid_.find(mbid);
  return found == by_mbid_.end() ? nullptr : &albums_[found->second];
}

bool FakeMetabrainz::is_genre(const std::string& tag) const {
  return std::ranges::find(options_.genres, tag) != options_.genres.end();
}

// MusicBrainz.

FakeReply FakeMetabrainz::musicbrainz(const FakeRequest& request) {
  if (request.argument("fmt") != "json" && request.header("accept").find("json") == std::string::npos) {
    return plain_reply(200, "<?xml version=\"1.0\"?><metadata/>", "application/xml");
  }
  if (request.path == "/ws/2/genre/all") return genres(request);
  if (request.path != "/ws/2/release-group") return musicbrainz_error(404, "Not Found");
  return request.query.contains("query") ? search(request) : browse(request);
}

Json FakeMetabrainz::search_group(const Album& album) const {
  Json group = {{"id", album.mbid},
                {"type-id", derived_uuid("album")},
                {"score", 100},
                {"count", 3},
                {"title", album.title}};
  if (!album.date.empty()) group["first-release-date"] = album.date;  // a search leaves out what is absent
  group["primary-type"] = "Album";
  group["artist-credit"] = Json::array({{{"name", album.artist},
                                         {"artist",
                                          {{"id", album.artist_mbid},
                                           {"name", album.artist},
                                           {"sort-name", album.artist},
                                           {"disambiguation", ""}}}}});
  Json tags = Json::array();
  for (const auto& [name, votes] : album.tags) tags.push_back({{"count", votes}, {"name", name}});
  if (!album.artist_tags_only) group["tags"] = std::move(tags);
  return group;
}

FakeReply FakeMetabrainz::search(const FakeRequest& request) {
  const std::string query = request.argument("query");
  size_t limit = count_argument(request, "limit", 25);
  if (limit < 1 || limit > 100) limit = 25;  // silently
  const size_t offset = count_argument(request, "offset", 0);
  const std::string tag = quoted(query, "tag");
  const std::string title = quoted(query, "releasegroup");
  std::vector<const Album*> hits;
  for (const Album& album : albums_) {
    const bool tagged = !tag.empty() && std::ranges::find(album.tags, tag, [](const auto& t) {
                                          return t.first;
                                        }) != album.tags.end();
    // The real index folds case and accents.
    const bool named = !title.empty() && plain_name(album.title) == title;
    if ((tagged || named || query.find("rgid:" + album.mbid) != std::string::npos) &&
        find(album.mbid) != nullptr) {
      hits.push_back(&album);
    }
  }
  Json groups = Json::array();
  for (size_t i = offset; i < std::min(hits.size(), offset + limit); ++i)
    groups.push_back(search_group(*hits[i]));
  return json_reply(dump_json(Json{{"created", "2026-10-01T22:43:48.866Z"},
                                   {"count", hits.size()},
                                   {"offset", offset},
                                   {"release-groups", std::move(groups)}}));
}

Json FakeMetabrainz::browse_group(const Album& album) const {
  Json group = {{"id", album.mbid},        {"title", album.title},
                {"disambiguation", ""},    {"first-release-date", album.date},
                {"primary-type", nullptr}, {"secondary-types", Json::array()}};
  group["artist-credit"] =
      Json::array({{{"name", album.artist},
                    {"joinphrase", ""},
                    {"artist", {{"id", album.artist_mbid}, {"name", album.artist}, {"country", nullptr}}}}});
  auto tags = album.tags;
  std::ranges::sort(tags);  // by name, not by votes
  Json genres = Json::array();
  for (const auto& [name, votes] : tags) {
    if (is_genre(name) && !album.artist_tags_only) {
      genres.push_back(
          {{"id", derived_uuid(name)}, {"name", name}, {"disambiguation", ""}, {"count", votes}});
    }
  }
  group["genres"] = std::move(genres);
  return group;
}

FakeReply FakeMetabrainz::browse(const FakeRequest& request) {
  const std::string artist = request.argument("artist");
  if (!is_lower_uuid(artist)) return musicbrainz_error(400, "Invalid mbid.");
  const size_t limit = std::min<size_t>(100, count_argument(request, "limit", 25));
  const size_t offset = count_argument(request, "offset", 0);
  std::vector<const Album*> hits;
  for (const Album& album : albums_) {
    if (album.artist_mbid == artist) hits.push_back(&album);
  }
  if (hits.empty()) return musicbrainz_error(404, "Not Found");
  Json groups = Json::array();
  for (size_t i = offset; i < std::min(hits.size(), offset + limit); ++i)
    groups.push_back(browse_group(*hits[i]));
  return json_reply(dump_json(Json{{"release-group-count", hits.size()},
                                   {"release-group-offset", offset},
                                   {"release-groups", std::move(groups)}}));
}

FakeReply FakeMetabrainz::genres(const FakeRequest& request) {
  const size_t limit = std::min<size_t>(100, count_argument(request, "limit", 25));
  const size_t offset = count_argument(request, "offset", 0);
  Json list = Json::array();
  for (size_t i = offset; i < std::min(options_.genres.size(), offset + limit); ++i) {
    list.push_back(
        {{"id", derived_uuid(options_.genres[i])}, {"name", options_.genres[i]}, {"disambiguation", ""}});
  }
  return json_reply(dump_json(
      Json{{"genre-count", options_.genres.size()}, {"genre-offset", offset}, {"genres", std::move(list)}}));
}

// Cover Art Archive and archive.org.

FakeReply FakeMetabrainz::cover_art(const FakeRequest& request) {
  const auto parts = split_text(std::string_view(request.path).substr(1), '/');
  if (parts.size() < 3 || parts[0] != "release-group") return plain_reply(400, "unknown entity\n");
  if (!is_lower_uuid(parts[1])) return plain_reply(400, "invalid MBID specified\n");
  if (!parts[2].starts_with("front"))
    return plain_reply(400, parts[2] + " not supported for release groups.\n");
  const Album* album = find(parts[1]);
  if (album == nullptr || !album->cover) {
    return plain_reply(
        404,
        "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No cover art "
        "found for release group " +
            parts[1] + "</p>\n",
        "text/html");
  }
  const std::string release = release_of(*album);
  std::string file = fmt::format("mbid-{}-{}", release, image_of(*album));
  for (const char* size : {"250", "500", "1200"}) {
    if (parts[2].starts_with(std::string("front-") + size)) file += std::string("_thumb") + size;
  }
  // A size that isn't known gives the original.
  return redirect_reply(fmt::format("{}/download/mbid-{}/{}.jpg", servers_["archive"]->url(), release, file),
                        307);
}

FakeReply FakeMetabrainz::archive(const FakeRequest& request) {
  if (!request.path.starts_with("/download/")) return plain_reply(404, "not found");
  return redirect_reply(servers_["node"]->url() + "/0/items/" + request.path.substr(10), 302);
}

FakeReply FakeMetabrainz::node(const FakeRequest& request) {
  const size_t mbid = request.path.find("mbid-");
  const auto found =
      mbid == std::string::npos ? by_release_.end() : by_release_.find(request.path.substr(mbid + 5, 36));
  if (found == by_release_.end()) return plain_reply(404, "not found");
  const bool small = request.path.find("_thumb250") != std::string::npos;
  const std::string& bytes = picture(albums_[found->second].picture, options_.picture_side * (small ? 1 : 2));
  const std::string etag = fmt::format("\"{:x}-{:x}\"", bytes.size(), albums_[found->second].picture);
  if (request.header("if-none-match") == etag) {
    FakeReply same;
    same.status = 304;
    same.headers.emplace_back("ETag", etag);
    return same;
  }
  FakeReply reply = plain_reply(200, bytes, "image/jpeg");
  reply.headers.emplace_back("ETag", etag);
  reply.headers.emplace_back("Last-Modified", "Mon, 06 Jul 2026 10:00:00 GMT");
  return reply;
}

const std::string& FakeMetabrainz::picture(int number, int side) {
  std::string& bytes = pictures_[{number, side}];
  if (bytes.empty()) {
    bytes = testing::to_text(
        testing::encoded(testing::textured(side, side, static_cast<uint64_t>(number + 5)), ".jpg"));
  }
  return bytes;
}

}  // namespace sleeve
