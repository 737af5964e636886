// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_LASTFM_H_
#define SLEEVE_COLLECT_LASTFM_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collect/source.h"

namespace sleeve {

// Last.fm by an API key: tags, albums ("Artist / Album", or a MusicBrainz release id). Popularity is made of
// listeners. Errors that come with status 200 are recognised, and the star that stands for no picture.
SourceInfo lastfm_info();
std::unique_ptr<Source> make_lastfm();

// The service's answers, read without trust.
namespace lastfm {

// What an "error" member says; nothing if there is none.
struct Problem {
  int64_t code = 0;
  std::string message;
};
std::optional<Problem> read_error(const Json& json);

struct Album {
  std::string title;
  std::string artist;
  std::string artist_mbid;        // where it is said
  std::vector<std::string> tags;  // weightiest first
  std::optional<int64_t> listeners;
  std::optional<int64_t> plays;
  std::vector<std::string> pictures;  // the largest first
};
std::optional<Album> read_album(const Json& json);  // album.getInfo

struct Page {
  std::vector<Album> albums;  // title and artist only
  size_t length = 0;
  int64_t pages = 0;
};
std::optional<Page> read_tag_albums(const Json& json);  // tag.getTopAlbums

// artist.getTopTags: those with at least a tenth of the strongest's weight.
std::optional<std::vector<std::pair<std::string, int64_t>>> read_artist_tags(const Json& json);

}  // namespace lastfm

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_LASTFM_H_
