// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_STATUS_H_
#define SLEEVE_STAGE_STATUS_H_

#include <map>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "stage/workspace.h"

namespace sleeve {

// A cover whose bytes stand under several genres.
struct Conflict {
  std::vector<std::string> genres;
  std::vector<std::string> paths;
};

struct DescriptorStatus {
  std::string descriptor;  // "hog/1"
  size_t covers = 0;       // that have its values
};

// What the workspace holds and what is odd in it.
struct StatusReport {
  std::string workspace;
  size_t covers = 0;
  size_t files = 0;
  size_t albums = 0;
  size_t albums_without_cover = 0;
  size_t artists = 0;
  std::map<std::string, size_t> sources;      // albums per source
  std::map<std::string, size_t> genres;       // covers (or albums without one) per genre
  std::map<std::string, size_t> genre_pairs;  // "Pop + Rock" → covers that stand under both
  size_t with_popularity = 0;                 // albums
  size_t with_year = 0;                       // albums
  size_t collections = 0;                     // playlists, charts, lists that albums were found in
  size_t missing_files = 0;                   // recorded files that are not there any more
  size_t covers_without_file = 0;
  size_t identical_files = 0;  // files beyond the first of the same bytes
  size_t near_pairs = 0;       // covers that look alike (kNearBits)
  std::map<std::string, size_t> oddities;
  std::map<std::string, size_t> sizes;  // "640×640" → covers; the ten most frequent
  std::vector<Conflict> conflicts;
  std::vector<Problem> problems;
  std::vector<DescriptorStatus> descriptors;
  size_t runs = 0;
};
Json to_json(const StatusReport& report);

Result<StatusReport> status(Workspace& workspace);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_STATUS_H_
