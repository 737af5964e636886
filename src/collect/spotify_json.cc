// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/year.h"
#include "collect/json_fields.h"
#include "collect/source_parts.h"
#include "collect/spotify.h"

namespace sleeve::spotify {
namespace {

std::optional<double> popularity_of(const Json& json) {
  const Json& value = field(json, "popularity");
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  return number >= 0 && number <= 100 ? std::optional(number) : std::nullopt;
}

// An object with "items", "next"; `album_of` finds the album in an item.
template <class AlbumOf>
std::optional<Page> page_of(const Json& json, AlbumOf album_of) {
  const Json& items = field(json, "items");
  if (!items.is_array()) return std::nullopt;
  Page page;
  page.length = items.size();
  page.more = field(json, "next").is_string();
  for (const Json& item : items) {
    if (auto album = read_album(album_of(item))) page.albums.push_back(std::move(*album));
  }
  return page;
}

template <class T, class Read>
std::optional<std::vector<std::optional<T>>> list_of(const Json& json, const char* member, Read read) {
  const Json& list = field(json, member);
  if (!list.is_array()) return std::nullopt;
  std::vector<std::optional<T>> result;
  for (const Json& element : list) result.push_back(read(element));
  return result;
}

}  // namespace

std::optional<Album> read_album(const Json& json) {
  Album album;
  album.id = text_field(json, "id");
  if (!is_plain_id(album.id)) return std::nullopt;
  album.title = text_field(json, "name");
  const Json& artists = list_field(json, "artists");
  if (!artists.empty()) {
    album.artist_id = text_field(artists[0], "id");
    album.artist_name = text_field(artists[0], "name");
    if (!is_plain_id(album.artist_id)) album.artist_id.clear();
  }
  album.year = year_of(text_field(json, "release_date"));
  album.popularity = popularity_of(json);
  for (const Json& image : list_field(json, "images")) {
    const std::string url = text_field(image, "url");
    if (!url.empty()) album.pictures.push_back({url, count_field(image, "width").value_or(0)});
  }
  std::ranges::stable_sort(album.pictures, std::greater<>(), &Picture::width);
  return album;
}

std::optional<std::vector<std::optional<Album>>> read_albums(const Json& json) {
  return list_of<Album>(json, "albums", read_album);
}

std::optional<Page> read_album_page(const Json& json) {
  return page_of(json, [](const Json& item) -> const Json& { return item; });
}

std::optional<Page> read_search(const Json& json) { return read_album_page(field(json, "albums")); }

std::optional<Page> read_playlist_page(const Json& json) {
  return page_of(json, [](const Json& item) -> const Json& {
    const Json& track = field(item, "item");
    return field(track.is_object() ? track : field(item, "track"), "album");
  });
}

std::optional<Artist> read_artist(const Json& json) {
  Artist artist;
  artist.id = text_field(json, "id");
  if (artist.id.empty()) return std::nullopt;
  for (const Json& genre : list_field(json, "genres")) {
    const std::string name = text_field(Json{{"genre", genre}}, "genre");
    if (!name.empty() && std::ranges::find(artist.genres, name) == artist.genres.end())
      artist.genres.push_back(name);
  }
  return artist;
}

std::optional<std::vector<std::optional<Artist>>> read_artists(const Json& json) {
  return list_of<Artist>(json, "artists", read_artist);
}

}  // namespace sleeve::spotify
