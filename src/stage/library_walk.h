// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LIBRARY_WALK_H_
#define SLEEVE_STAGE_LIBRARY_WALK_H_

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sleeve/result.h>

namespace sleeve {

// One folder of a music library.
struct MusicFolder {
  std::filesystem::path path;
  std::vector<std::filesystem::path> music;  // sorted
  std::filesystem::path picture;             // beside them; empty: none
};

struct WalkFindings {
  std::map<std::string, size_t> other_formats;  // by ending
  size_t links = 0;
  std::vector<std::pair<std::filesystem::path, Error>> unread;  // folders
};

// Calls `take` with each folder that holds music, in the order of their paths, until it returns an error.
// Hidden files and folders are passed over, links to folders not followed. Holds one listing a level.
Status walk_music(const std::filesystem::path& root, WalkFindings& findings,
                  const std::function<Status(const MusicFolder&)>& take);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LIBRARY_WALK_H_
