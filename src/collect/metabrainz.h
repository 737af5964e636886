// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_METABRAINZ_H_
#define SLEEVE_COLLECT_METABRAINZ_H_

#include <memory>

#include "collect/source.h"

namespace sleeve {

// MusicBrainz (release groups, artists), ListenBrainz (genres with votes, listeners) and the Cover Art
// Archive (pictures) as one source, without any key. Genres, charts (ListenBrainz's ranges: "all_time",
// "year", …), artists and albums by their MBIDs.
SourceInfo metabrainz_info();
std::unique_ptr<Source> make_metabrainz();

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_METABRAINZ_H_
