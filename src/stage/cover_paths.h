// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_COVER_PATHS_H_
#define SLEEVE_STAGE_COVER_PATHS_H_

#include <cstdint>
#include <string>
#include <unordered_map>

#include <sleeve/result.h>

#include "store/catalogue.h"

namespace sleeve {

// For each cover the file to read it from: of its recorded files the first that is as it was
// recorded; else the first that exists; else the first (its features may be there already). Covers
// without any recorded file are absent.
Result<std::unordered_map<int64_t, std::string>> cover_paths(Catalogue& catalogue);

// Size and time of a file now. kNotFound (a broken link is named as such), kIo.
Result<FileStamp> stamp_of(const std::filesystem::path& path);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_COVER_PATHS_H_
