// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_COVER_RECORD_H_
#define SLEEVE_STAGE_COVER_RECORD_H_

#include <cstddef>
#include <filesystem>
#include <span>

#include <sleeve/result.h>

#include "image/picture.h"
#include "store/catalogue.h"

namespace sleeve {

// What the catalogue keeps of a picture, from its bytes; `name` is the file they come from, for the "renamed"
// oddity (empty: none). Errors as decode_picture().
Result<CoverRecord> cover_record(std::span<const std::byte> bytes, const std::filesystem::path& name,
                                 const DecodeLimits& limits);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_COVER_RECORD_H_
