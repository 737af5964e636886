// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_TESTING_TINY_AUDIO_H_
#define SLEEVE_COLLECT_TESTING_TINY_AUDIO_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace sleeve {

// What a music file of a test is to say.
struct MusicTags {
  std::map<std::string, std::vector<std::string>> properties;  // as TagLib names them: ALBUM, GENRE, …
  std::string picture;                                         // front cover; empty: none
  std::string other_picture;                                   // of the artist
};

// Writes the smallest file of the kind that the path's ending names (mp3, flac, m4a, ogg, opus, wav) and tags
// it with TagLib. False if that failed.
bool write_music(const std::filesystem::path& path, const MusicTags& tags);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_TESTING_TINY_AUDIO_H_
