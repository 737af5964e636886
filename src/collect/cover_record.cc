// SPDX-License-Identifier: Apache-2.0
#include "collect/cover_record.h"

#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "image/perceptual_hash.h"

namespace sleeve {

Result<CoverRecord> cover_record(std::span<const std::byte> bytes, const std::filesystem::path& name,
                                 const DecodeLimits& limits) {
  SLEEVE_TRY(const Picture picture, decode_picture(bytes, limits));
  Oddities oddities = picture.oddities;
  if (is_renamed(name, picture.format)) oddities.emplace_back("renamed");
  CoverRecord cover;
  cover.sha256 = sha256(bytes);
  cover.bytes = bytes.size();
  cover.width = picture.width();
  cover.height = picture.height();
  cover.format = std::string(name_of(picture.format));
  cover.phash = perceptual_hash(picture);
  cover.oddities = join_text(oddities, ",");
  return cover;
}

std::string ending_of(const std::string& format) {
  std::string ending = ascii_lower(format);
  return ending == "jpeg" ? "jpg" : ending;
}

}  // namespace sleeve
