// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_METABRAINZ_JSON_H_
#define SLEEVE_COLLECT_METABRAINZ_JSON_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"

// What MusicBrainz and ListenBrainz answer, read without trust: whatever is missing or of another type
// is unknown. Field names as the services had them in 2026.
namespace sleeve::metabrainz {

struct Tag {
  std::string name;
  int64_t votes = 0;
  friend bool operator==(const Tag&, const Tag&) = default;
};

struct ReleaseGroup {
  std::string mbid;  // lower case
  std::string title;
  std::string artist_mbid;  // of the first artist
  std::string artist_name;  // as credited
  std::optional<int> year;
  std::vector<Tag> genres;        // most votes first, then by name
  bool genres_of_artist = false;  // nobody voted on the album itself
  std::optional<bool> has_cover;  // nothing: not said
};

struct Page {
  int64_t count = 0;  // of all that there are
  size_t length = 0;  // of this page, with those that can't be used
  std::vector<ReleaseGroup> albums;
};

// GET /ws/2/release-group?query=…; nothing if it is no such answer. Genres are the tags whose names are in
// `genres`.
std::optional<Page> read_search(const Json& json, const std::set<std::string>& genres);
// GET /ws/2/release-group?artist=…&inc=artist-credits+genres
std::optional<Page> read_browse(const Json& json);
// GET /ws/2/genre/all
struct GenrePage {
  int64_t count = 0;
  size_t length = 0;
  std::vector<std::string> names;
};
std::optional<GenrePage> read_genres(const Json& json);
// GET /1/stats/sitewide/release-groups: without genres and years; rows without an MBID are left out.
std::optional<std::vector<ReleaseGroup>> read_chart(const Json& json);
// GET /1/metadata/release_group/, by MBID
std::optional<std::map<std::string, ReleaseGroup>> read_metadata(const Json& json);
// POST /1/popularity/release-group, by MBID; those that nobody heard are left out.
struct Popularity {
  std::optional<int64_t> listens;
  std::optional<int64_t> listeners;
};
std::optional<std::map<std::string, Popularity>> read_popularity(const Json& json);

}  // namespace sleeve::metabrainz

#endif  // SLEEVE_COLLECT_METABRAINZ_JSON_H_
