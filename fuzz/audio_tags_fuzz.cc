// SPDX-License-Identifier: Apache-2.0
// Any bytes as a music file: tags that are sound text, or an error; never more memory than a tag may have.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/text.h"
#include "collect/audio_tags.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto tags = sleeve::parse_audio_tags(bytes, sleeve::WithPicture::kYes);
  if (!tags.ok()) return 0;
  for (const std::string* text : {&tags->album, &tags->album_artist, &tags->artist}) {
    if (!sleeve::is_utf8(*text)) std::abort();
  }
  for (const std::string& genre : tags->genres) {
    if (genre.empty() || genre.find(';') != std::string::npos) std::abort();
  }
  if (tags->has_picture == tags->picture.empty()) std::abort();
  const auto without = sleeve::parse_audio_tags(bytes, sleeve::WithPicture::kNo);
  if (!without.ok() || without->has_picture != tags->has_picture || without->album != tags->album)
    std::abort();
  return 0;
}
