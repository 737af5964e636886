// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_SPOTIFY_H_
#define SLEEVE_COLLECT_SPOTIFY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collect/source.h"

namespace sleeve {

// Spotify's Web API by client credentials: playlists, albums, artists and searches, as the original
// collected. Both shapes of 2026 are understood, Extended Quota and Development Mode; what a key isn't given
// (popularity, genres, playlists of others) stays unknown and is said once.
SourceInfo spotify_info();
std::unique_ptr<Source> make_spotify();

// The service's answers, read without trust.
namespace spotify {

struct Picture {
  std::string url;
  int64_t width = 0;  // 0: not said
};

struct Album {
  std::string id;
  std::string title;
  std::string artist_id;  // of the first artist
  std::string artist_name;
  std::optional<int> year;
  std::optional<double> popularity;  // 0 to 100; simplified albums and Development Mode have none
  std::vector<Picture> pictures;     // widest first
};

// A page of albums or of a playlist's tracks (their albums).
struct Page {
  std::vector<Album> albums;  // those that could be read
  size_t length = 0;
  bool more = false;
};

std::optional<Album> read_album(const Json& json);
// GET /albums?ids=: places of ids that are gone are empty.
std::optional<std::vector<std::optional<Album>>> read_albums(const Json& json);
std::optional<Page> read_album_page(const Json& json);     // of /artists/{id}/albums
std::optional<Page> read_search(const Json& json);         // of /search?type=album
std::optional<Page> read_playlist_page(const Json& json);  // of /playlists/{id}/items and /tracks
// An artist's id and genres; nothing under genres: it has none, or they aren't said.
struct Artist {
  std::string id;
  std::vector<std::string> genres;
};
std::optional<Artist> read_artist(const Json& json);
std::optional<std::vector<std::optional<Artist>>> read_artists(const Json& json);

}  // namespace spotify

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_SPOTIFY_H_
