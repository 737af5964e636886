// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_DISCOGS_H_
#define SLEEVE_COLLECT_DISCOGS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collect/source.h"

namespace sleeve {

// Discogs by a personal token: genres and styles, artists, masters and releases by id ("m4242", "r1"; a
// number alone is a master), searches. Popularity is made of the number of people who have it.
SourceInfo discogs_info();
std::unique_ptr<Source> make_discogs();

// The service's answers, read without trust.
namespace discogs {

struct Album {
  std::string key;  // "m4242" or "r1"
  std::string title;
  std::string artist_id;  // a search doesn't say
  std::string artist_name;
  std::optional<int> year;
  std::vector<std::string> genres;  // genres, then styles
  std::optional<int64_t> have;
  std::optional<int64_t> want;
  std::vector<std::string> pictures;  // the largest first
};
struct Page {
  std::vector<Album> albums;
  size_t length = 0;
  int64_t pages = 0;
};
std::optional<Page> read_search(const Json& json);    // GET /database/search
std::optional<Page> read_releases(const Json& json);  // GET /artists/{id}/releases: keys and titles
// GET /masters/{id} and /releases/{id}; `kind` is 'm' or 'r'.
std::optional<Album> read_album(const Json& json, char kind);

}  // namespace discogs

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_DISCOGS_H_
