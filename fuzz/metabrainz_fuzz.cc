// SPDX-License-Identifier: Apache-2.0
// Whatever MusicBrainz and ListenBrainz answer, reading it neither crashes nor lets anything through that is
// no MBID, no text or no count.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "collect/album_writer.h"
#include "collect/json_fields.h"
#include "collect/metabrainz_json.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const sleeve::metabrainz::ReleaseGroup& album) {
  require(sleeve::uuid_of(album.mbid) == album.mbid && !album.mbid.empty());
  require(album.artist_mbid.empty() || sleeve::uuid_of(album.artist_mbid) == album.artist_mbid);
  require(sleeve::is_utf8(album.title) && sleeve::is_utf8(album.artist_name));
  require(!album.year || (*album.year >= 1000 && *album.year <= 2999));
  for (const auto& genre : album.genres) require(genre.votes > 0 && !genre.name.empty());
}

void check(const std::optional<sleeve::metabrainz::Page>& page) {
  if (!page) return;
  require(page->count >= 0 && page->albums.size() <= page->length);
  for (const auto& album : page->albums) check(album);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sleeve;
  using namespace sleeve::metabrainz;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(parse_links(std::string(text)));
  const auto json = parse_json(text);
  if (!json.ok()) return 0;
  check(read_search(*json, {"rock"}));
  check(read_browse(*json));
  static_cast<void>(read_genres(*json));
  if (const auto rows = read_chart(*json)) {
    for (const auto& row : *rows) check(row);
  }
  if (const auto albums = read_metadata(*json)) {
    for (const auto& [mbid, album] : *albums) check(album);
  }
  if (const auto figures = read_popularity(*json)) {
    for (const auto& [mbid, figure] : *figures) {
      require(figure.listens.value_or(0) >= 0 && figure.listeners.value_or(0) >= 0);
    }
  }
  return 0;
}
