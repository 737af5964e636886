// SPDX-License-Identifier: Apache-2.0
#include "collect/metabrainz_json.h"

#include <algorithm>

#include "base/text.h"
#include "base/year.h"
#include "collect/json_fields.h"

namespace sleeve::metabrainz {
namespace {

void sort_genres(std::vector<Tag>& genres) {
  std::ranges::sort(genres, [](const Tag& a, const Tag& b) {
    return a.votes != b.votes ? a.votes > b.votes : a.name < b.name;
  });
  // A name that several artists of an album bring: the one with the most votes stands first.
  std::vector<Tag> once;
  for (Tag& genre : genres) {
    if (std::ranges::find(once, genre.name, &Tag::name) == once.end()) once.push_back(std::move(genre));
  }
  genres = std::move(once);
}

void read_credit(const Json& group, ReleaseGroup& album) {
  for (const Json& credit : list_field(group, "artist-credit")) {
    const Json& artist = field(credit, "artist");
    if (album.artist_mbid.empty()) album.artist_mbid = uuid_of(text_field(artist, "id"));
    std::string name = text_field(credit, "name");
    if (name.empty()) name = text_field(artist, "name");
    album.artist_name += name;
    const Json& join = field(credit, "joinphrase");
    if (join.is_string())
      album.artist_name += printable(std::string_view(join.get_ref<const std::string&>()).substr(0, 20));
  }
}

// One element of MusicBrainz's "release-groups"; without an MBID if it can't be used.
ReleaseGroup read_group(const Json& group) {
  ReleaseGroup album;
  album.mbid = uuid_of(text_field(group, "id"));
  album.title = text_field(group, "title");
  album.year = year_of(text_field(group, "first-release-date"));
  read_credit(group, album);
  return album;
}

std::optional<Page> page_of(const Json& json, const char* count) {
  const Json& groups = field(json, "release-groups");
  const auto number = count_field(json, count);
  if (!groups.is_array() || !number) return std::nullopt;
  Page page;
  page.count = *number;
  page.length = groups.size();
  return page;
}

// ListenBrainz's tags: only those with a genre's MBID are genres.
std::vector<Tag> genres_of(const Json& tags) {
  std::vector<Tag> genres;
  if (!tags.is_array()) return genres;
  for (const Json& tag : tags) {
    const auto votes = count_field(tag, "count");
    const std::string name = text_field(tag, "tag");
    if (name.empty() || !votes || *votes == 0 || uuid_of(text_field(tag, "genre_mbid")).empty()) continue;
    genres.push_back({name, *votes});
  }
  sort_genres(genres);
  return genres;
}

bool has_cover(const Json& object) {
  return count_field(object, "caa_id").value_or(0) > 0 &&
         !uuid_of(text_field(object, "caa_release_mbid")).empty();
}

std::string first_text(const Json& metadata, const char* member) {
  const std::string of_group = text_field(field(metadata, "release_group"), member);
  return of_group.empty() ? text_field(field(metadata, "release"), member) : of_group;
}

ReleaseGroup read_one(const std::string& mbid, const Json& metadata) {
  ReleaseGroup album;
  album.mbid = mbid;
  album.title = first_text(metadata, "name");
  album.year = year_of(first_text(metadata, "date"));
  album.has_cover = has_cover(field(metadata, "release_group")) || has_cover(field(metadata, "release"));
  const Json& artist = field(metadata, "artist");
  album.artist_name = text_field(artist, "name");
  for (const Json& member : list_field(artist, "artists")) {
    if (album.artist_mbid.empty()) album.artist_mbid = uuid_of(text_field(member, "artist_mbid"));
  }
  album.genres = genres_of(field_at(metadata, {"tag", "release_group"}));
  if (album.genres.empty()) {
    album.genres = genres_of(field_at(metadata, {"tag", "artist"}));
    album.genres_of_artist = !album.genres.empty();
  }
  return album;
}

}  // namespace

std::optional<Page> read_search(const Json& json, const std::set<std::string>& genres) {
  auto page = page_of(json, "count");
  if (!page) return page;
  for (const Json& group : json["release-groups"]) {
    ReleaseGroup album = read_group(group);
    if (album.mbid.empty()) continue;
    for (const Json& tag : list_field(group, "tags")) {
      const std::string name = text_field(tag, "name");
      const auto votes = count_field(tag, "count");
      if (votes && *votes > 0 && genres.contains(name)) album.genres.push_back({name, *votes});
    }
    sort_genres(album.genres);
    page->albums.push_back(std::move(album));
  }
  return page;
}

std::optional<Page> read_browse(const Json& json) {
  auto page = page_of(json, "release-group-count");
  if (!page) return page;
  for (const Json& group : json["release-groups"]) {
    ReleaseGroup album = read_group(group);
    if (album.mbid.empty()) continue;
    for (const Json& genre : list_field(group, "genres")) {
      const std::string name = text_field(genre, "name");
      const auto votes = count_field(genre, "count");
      if (!name.empty() && votes && *votes > 0) album.genres.push_back({name, *votes});
    }
    sort_genres(album.genres);
    page->albums.push_back(std::move(album));
  }
  return page;
}

std::optional<GenrePage> read_genres(const Json& json) {
  const auto count = count_field(json, "genre-count");
  const Json& genres = field(json, "genres");
  if (!count || !genres.is_array()) return std::nullopt;
  GenrePage page{*count, genres.size(), {}};
  for (const Json& genre : genres) {
    const std::string name = text_field(genre, "name");
    if (!name.empty()) page.names.push_back(name);
  }
  return page;
}

std::optional<std::vector<ReleaseGroup>> read_chart(const Json& json) {
  const Json& groups = field_at(json, {"payload", "release_groups"});
  if (!groups.is_array()) return std::nullopt;
  std::vector<ReleaseGroup> albums;
  for (const Json& group : groups) {
    ReleaseGroup album;
    album.mbid = uuid_of(text_field(group, "release_group_mbid"));
    if (album.mbid.empty()) continue;
    album.title = text_field(group, "release_group_name");
    album.artist_name = text_field(group, "artist_name");
    for (const Json& artist : list_field(group, "artist_mbids")) {
      if (album.artist_mbid.empty() && artist.is_string())
        album.artist_mbid = uuid_of(artist.get_ref<const std::string&>());
    }
    if (has_cover(group)) album.has_cover = true;
    albums.push_back(std::move(album));
  }
  return albums;
}

std::optional<std::map<std::string, ReleaseGroup>> read_metadata(const Json& json) {
  if (!json.is_object() || field(json, "error").is_string()) return std::nullopt;
  std::map<std::string, ReleaseGroup> albums;
  for (const auto& [key, metadata] : json.items()) {
    const std::string mbid = uuid_of(key);
    if (!mbid.empty() && metadata.is_object()) albums[mbid] = read_one(mbid, metadata);
  }
  return albums;
}

std::optional<std::map<std::string, Popularity>> read_popularity(const Json& json) {
  if (!json.is_array()) return std::nullopt;
  std::map<std::string, Popularity> popularity;
  for (const Json& row : json) {
    const std::string mbid = uuid_of(text_field(row, "release_group_mbid"));
    const Popularity figures{count_field(row, "total_listen_count"), count_field(row, "total_user_count")};
    if (!mbid.empty() && (figures.listens || figures.listeners)) popularity[mbid] = figures;
  }
  return popularity;
}

}  // namespace sleeve::metabrainz
