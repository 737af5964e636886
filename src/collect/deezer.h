// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_DEEZER_H_
#define SLEEVE_COLLECT_DEEZER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collect/source.h"

namespace sleeve {

// Deezer's public API, without a key: genres, charts (a genre's name, or "all"), artists, albums, playlists,
// searches. Popularity is made of fans. Errors that come with status 200 are recognised.
SourceInfo deezer_info();
std::unique_ptr<Source> make_deezer();

// The service's answers, read without trust.
namespace deezer {

// What an "error" member says; nothing if there is none. `code` 0: none is said.
struct Problem {
  int64_t code = 0;
  std::string message;
};
std::optional<Problem> read_error(const Json& json);

struct Album {
  std::string id;
  std::string title;
  std::string artist_id;
  std::string artist_name;
  std::optional<int> year;
  std::vector<std::string> genres;
  std::optional<int64_t> fans;
  std::map<int, std::string> pictures;  // by side in pixels
};
std::optional<Album> read_album(const Json& json);  // GET /album/{id}

// A list's ids of albums ("data" of charts, searches, artists' albums, playlists' tracks) or of artists.
struct Page {
  std::vector<std::string> ids;
  size_t length = 0;
  bool more = false;
};
enum class Of { kItems, kTheirAlbums };
std::optional<Page> read_page(const Json& json, Of of);
// GET /genre: ids by name in lower case.
std::optional<std::map<std::string, std::string>> read_genres(const Json& json);

}  // namespace deezer

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_DEEZER_H_
