// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_COVER_RECORD_H_
#define SLEEVE_COLLECT_COVER_RECORD_H_

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include <sleeve/result.h>

#include "image/picture.h"
#include "store/catalogue.h"

namespace sleeve {

// What the catalogue keeps of a picture, from its bytes, which are decoded once; `name` is the file they come
// from, for the "renamed" oddity (empty: none). Errors as decode_picture(). Thread-safe.
Result<CoverRecord> cover_record(std::span<const std::byte> bytes, const std::filesystem::path& name = {},
                                 const DecodeLimits& limits = {});

// What names of such pictures end in: "jpg" of "JPEG", else the format's name in lower case.
std::string ending_of(const std::string& format);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_COVER_RECORD_H_
