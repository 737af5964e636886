// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LIBRARY_H_
#define SLEEVE_STAGE_LIBRARY_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "base/progress.h"
#include "image/picture.h"
#include "stage/workspace.h"

namespace sleeve {

struct LibraryReport {
  std::string folder;
  size_t files = 0;                             // music files that were there
  size_t read = 0;                              // of them read now; the others are as they were
  size_t unreadable = 0;                        // of them without an album, because they can't be read
  size_t albums = 0;                            // that the files name
  size_t added = 0;                             // albums new to the catalogue
  size_t updated = 0;                           // known albums that say something else now
  size_t unchanged = 0;                         // known albums with nothing new
  size_t removed = 0;                           // albums whose files are gone
  size_t embedded = 0;                          // albums with the cover out of their files
  size_t beside = 0;                            // albums with the picture that lies beside them
  size_t without_picture = 0;                   // albums without either
  size_t new_covers = 0;                        // pictures new to the catalogue
  std::map<std::string, size_t> other_formats;  // music files of formats that aren't read, by ending
  size_t links = 0;                             // links to folders, which aren't followed
  std::vector<Problem> problems;                // the first of them; the catalogue has all
  size_t problem_count = 0;
  double seconds = 0;
  bool cancelled = false;
};
Json to_json(const LibraryReport& report);

// The albums of a music library: every MP3, FLAC, M4A, Ogg, Opus and WAV file below the folder, which are
// only read. An album's files are known by their MusicBrainz release, else by folder, album artist and album.
// Its cover is the front cover embedded in the first of its files that has one, copied into the workspace;
// else cover.*, folder.* or front.* beside them (or beside the folder of a disc, "CD 2"), which stays where
// it is. Its genres are those of its files, with the number of files that name each as votes.
//
// Files are looked at in the order of their paths, some hundred at a time, and what they say is kept in the
// catalogue: the memory doesn't depend on how many there are, a stopped walk goes on quickly, and the second
// walk reads only what changed. Albums are written at the end, all or none.
// kNotFound; kNoData if there is no music file (then nothing changes).
Result<LibraryReport> collect_library(Workspace& workspace, const std::filesystem::path& folder,
                                      const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LIBRARY_H_
