// SPDX-License-Identifier: Apache-2.0
// Any JSON as the answer of any music service, read by all readers: what they find is sound, or nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "collect/deezer.h"
#include "collect/discogs.h"
#include "collect/itunes.h"
#include "collect/lastfm.h"
#include "collect/source_parts.h"
#include "collect/spotify.h"
#include "store/share_list.h"

namespace {

using sleeve::Json;

void require(bool sound) {
  if (!sound) std::abort();
}

bool is_number(const std::string& id) {
  return !id.empty() && id.find_first_not_of("0123456789") == std::string::npos;
}

void read_spotify(const Json& json) {
  using namespace sleeve::spotify;
  if (const auto album = read_album(json)) {
    require(sleeve::is_plain_id(album->id) && sleeve::is_utf8(album->title));
    require(!album->popularity || (*album->popularity >= 0 && *album->popularity <= 100));
  }
  for (const auto& page : {read_album_page(json), read_search(json), read_playlist_page(json)}) {
    require(!page || page->albums.size() <= page->length);
  }
  (void)read_albums(json);
  (void)read_artist(json);
  (void)read_artists(json);
}

void read_deezer(const Json& json) {
  using namespace sleeve::deezer;
  (void)read_error(json);
  if (const auto album = read_album(json)) require(is_number(album->id) && album->fans.value_or(0) >= 0);
  for (const Of of : {Of::kItems, Of::kTheirAlbums}) {
    const auto page = read_page(json, of);
    for (const std::string& id : page ? page->ids : std::vector<std::string>()) require(is_number(id));
  }
  (void)read_genres(json);
}

void read_itunes(const Json& json) {
  using namespace sleeve::itunes;
  if (const auto results = read_results(json)) {
    for (const Album& album : results->albums) {
      require(is_number(album.id));
      (void)sized_picture(album.picture, 600);
    }
  }
  const auto ids = read_chart(json);
  for (const std::string& id : ids ? *ids : std::vector<std::string>()) require(is_number(id));
}

void read_discogs(const Json& json) {
  using namespace sleeve::discogs;
  for (const auto& page : {read_search(json), read_releases(json)}) {
    for (const Album& album : page ? page->albums : std::vector<Album>())
      require(is_number(album.key.substr(1)));
  }
  if (const auto album = read_album(json, 'm')) require(is_number(album->key.substr(1)));
}

void read_lastfm(const Json& json) {
  using namespace sleeve::lastfm;
  (void)read_error(json);
  if (const auto album = read_album(json))
    require(!album->title.empty() && album->listeners.value_or(0) >= 0);
  (void)read_tag_albums(json);
  (void)read_artist_tags(json);
}

void read_share_list(std::string_view text) {
  const auto list = sleeve::parse_share_list(text);
  if (!list.ok()) return;
  const auto again = sleeve::parse_share_list(sleeve::write_share_list(*list));
  require(again.ok() && again->entries.size() == list->entries.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_share_list(text);
  const auto json = sleeve::parse_json(text);
  if (!json.ok()) return 0;
  read_spotify(*json);
  read_deezer(*json);
  read_itunes(*json);
  read_discogs(*json);
  read_lastfm(*json);
  return 0;
}
