// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_AUDIO_PIECES_H_
#define SLEEVE_COLLECT_AUDIO_PIECES_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/file.h"

// The parts of a music file that hold its tags, without the music. Containers are walked here, with bounds on
// everything; TagLib gets to see only what it decodes, in memory. So a damaged or hostile file costs a few
// megabytes and milliseconds, whatever it claims: TagLib's own readers recurse as deep as atoms or chapters
// nest, and inflate whatever a compressed frame holds.
namespace sleeve {

// Bytes that can be read at any place; never written.
class AudioBytes {
 public:
  static Result<AudioBytes> open(const std::filesystem::path& path);  // a regular file, read-only
  static AudioBytes of(std::span<const std::byte> bytes);             // REQUIRES: alive as long as this
  AudioBytes(AudioBytes&& other) noexcept;
  AudioBytes& operator=(AudioBytes&&) = delete;
  AudioBytes(const AudioBytes&) = delete;
  AudioBytes& operator=(const AudioBytes&) = delete;
  ~AudioBytes();

  [[nodiscard]] uint64_t size() const { return size_; }
  // What is there of the `count` bytes from `offset` on; fewer at the end, and none once a file has cost more
  // reading than any sound one does.
  Bytes read(uint64_t offset, uint64_t count);

 private:
  AudioBytes() = default;
  int fd_ = -1;
  std::span<const std::byte> memory_;
  uint64_t size_ = 0;
  uint64_t budget_ = uint64_t{96} << 20;  // bytes that may still be read
  int reads_ = 20'000;
};

enum class AudioFormat { kMp3, kFlac, kOgg, kMp4, kWav };

struct AudioPieces {
  AudioFormat format = AudioFormat::kMp3;
  Bytes id3v2;                  // a whole tag, reduced to frames that are of use here
  Bytes trailer;                // APE tag and ID3v1, as at the end of an MP3
  std::vector<Bytes> comments;  // Vorbis comments
  std::vector<Bytes> pictures;  // FLAC picture blocks
  Bytes mp4;                    // a small MP4 file with nothing but the tag's items
  Bytes info;                   // a WAV's LIST INFO
};

// kUnsupported if the bytes are none of MP3, FLAC, Ogg, MP4 and WAV; kCorrupt if a container ends early or
// contradicts itself before its tags are found. No tags at all is no error.
Result<AudioPieces> find_audio_pieces(AudioBytes& bytes);

// A whole ID3v2 tag with only its useful frames: kept are those whose ids are known here, each once
// inflated no larger than a cover may be. Empty if `tag` isn't one.
Bytes reduced_id3v2(std::span<const std::byte> tag);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_AUDIO_PIECES_H_
