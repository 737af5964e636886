// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_AUDIO_TAGS_H_
#define SLEEVE_COLLECT_AUDIO_TAGS_H_

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/file.h"

namespace sleeve {

// What a music file says of its album. Texts are valid UTF-8, trimmed, at most 1,000 bytes; empty: not said.
struct AudioTags {
  std::string album;
  std::string album_artist;
  std::string artist;               // of the track
  std::vector<std::string> genres;  // each once; a field "Rock; Pop" counts as two
  std::optional<int> year;          // of the first release where that is said, else of this one
  std::string release;              // MusicBrainz ids, lower case
  std::string release_group;
  std::string album_artist_id;  // of the album's artist, or if that isn't said of the track's
  bool has_picture = false;
  Bytes picture;  // the embedded front cover, as it is in the file; only if asked for
};

enum class WithPicture { kNo, kYes };

// MP3 (ID3v2, APE, ID3v1), FLAC, M4A, Ogg (Vorbis, Opus, FLAC, Speex) and WAV (ID3v2, INFO); known by
// content, not by name. Opened read-only. Of several pictures the front cover counts, else one of no stated
// kind. kCorrupt, kUnsupported, kIo; a file without any tags is no error. Thread-safe.
Result<AudioTags> read_audio_tags(const std::filesystem::path& path, WithPicture with);
// The same from memory.
Result<AudioTags> parse_audio_tags(std::span<const std::byte> bytes, WithPicture with);

// Whether the name ends as a music file's that can be read here: mp3, flac, m4a, m4b, mp4, ogg, oga, opus,
// wav.
bool is_music_name(const std::filesystem::path& path);
// As other music files' names do, which can't be read here: wma, ape, wv, mpc, aiff, …
bool is_other_music_name(const std::filesystem::path& path);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_AUDIO_TAGS_H_
