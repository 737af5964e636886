// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_ENRICH_H_
#define SLEEVE_STAGE_ENRICH_H_

#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "base/progress.h"
#include "collect/source.h"
#include "stage/workspace.h"

namespace sleeve {

struct EnrichOptions {
  std::string source = "metabrainz";
  bool genres = true;       // add them where an album has none
  bool popularity = true;   // likewise
  double min_score = 0.85;  // 0 to 1: names less alike than this are another album (collect/album_match.h)
  size_t limit = 0;         // look up at most so many albums; 0: all
  bool dry_run = false;     // only count
};

// An album that was left alone because nothing the source has is enough like it.
struct WeakMatch {
  std::string album;  // "Artist - Title"
  std::string best;   // what came nearest
  double score = 0;
};

struct EnrichReport {
  std::string source;
  bool dry_run = false;  // nobody was asked; `asked` would be
  size_t covered = 0;    // albums with a cover
  size_t without_genre = 0;
  size_t without_popularity = 0;
  size_t nameless = 0;  // of these left alone: neither an id nor artist and title are known
  size_t asked = 0;     // albums that were looked up
  size_t by_id = 0;     // of them by MusicBrainz id
  size_t matched = 0;
  size_t too_different = 0;
  size_t not_found = 0;
  size_t genres_added = 0;
  size_t popularity_added = 0;
  std::vector<WeakMatch> weak;  // the first of those too different
  std::vector<std::string> notes;
  size_t calls = 0;
  StopReason stop = StopReason::kNone;
  std::string stop_message;
};
Json to_json(const EnrichReport& report);

// Sources that can be asked: all but those whose terms need a permission.
std::vector<std::string> enrich_sources();

// Looks up the catalogue's albums that have a cover but no genre (or popularity), by the MusicBrainz id of
// their release group where one is known, else by artist and title, and adds what the source has of an album
// that is enough like them; nothing that is known is ever changed. Popularity is made of the source's counts
// within all albums that got it so. Each field keeps its origin, and an import of the same files later leaves
// it. Stopped and called again it goes on: answers are kept. kUsage for a source that can't be asked.
Result<EnrichReport> enrich(Workspace& workspace, const EnrichOptions& options, ServiceSettings settings,
                            const WorkContext& context);

// To be called before an album is written that an import read again: what enrich() added stays.
Status keep_enriched(Catalogue& catalogue, AlbumRecord& album);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_ENRICH_H_
