// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LIBRARY_ALBUM_H_
#define SLEEVE_STAGE_LIBRARY_ALBUM_H_

#include <string>
#include <vector>

#include "store/library_table.h"

namespace sleeve {

// An album of the source "library" as its files together describe it, without its cover: the first title and
// year, the genres of all with the number of files as votes, and the artist that all have in common.
// REQUIRES: at least one file.
AlbumRecord library_album(const std::vector<LibraryFile>& files, const std::string& root);

// The MusicBrainz release group that one of them names; empty: none does.
std::string release_group_of(const std::vector<LibraryFile>& files);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LIBRARY_ALBUM_H_
