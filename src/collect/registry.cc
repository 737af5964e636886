// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include "base/error.h"
#include "base/text.h"
#include "collect/deezer.h"
#include "collect/discogs.h"
#include "collect/itunes.h"
#include "collect/lastfm.h"
#include "collect/metabrainz.h"
#include "collect/source.h"
#include "collect/spotify.h"

namespace sleeve {

std::span<const SourceEntry> sources() {
  static constexpr SourceEntry kSources[] = {
      {metabrainz_info, make_metabrainz}, {deezer_info, make_deezer}, {itunes_info, make_itunes},
      {discogs_info, make_discogs},       {lastfm_info, make_lastfm}, {spotify_info, make_spotify},
  };
  return kSources;
}

Result<const SourceEntry*> find_source(std::string_view name) {
  std::vector<std::string> names;
  for (const SourceEntry& entry : sources()) {
    names.push_back(entry.info().name);
    if (names.back() == name) return &entry;
  }
  names.emplace_back("library");  // no service, but what a user may have meant
  return make_error(ErrorCode::kUsage, "there is no source '{}'{}", printable(name), suggestion(name, names));
}

Json to_json(const CollectOptions& options) {
  Json json = {{"source", options.source}};
  const auto list = [&](const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) json[name] = values;
  };
  list("genres", options.genres);
  if (!options.genres.empty()) json["per_genre"] = options.per_genre;
  list("charts", options.charts);
  list("artists", options.artists);
  list("albums", options.albums);
  list("playlists", options.playlists);
  list("searches", options.searches);
  if (options.limit > 0) json["limit"] = options.limit;
  json["size"] = options.size;
  if (!options.country.empty()) json["country"] = options.country;
  return json;
}

}  // namespace sleeve
