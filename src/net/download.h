// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_DOWNLOAD_H_
#define SLEEVE_NET_DOWNLOAD_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <sleeve/result.h>

#include "base/hash.h"
#include "net/http.h"

namespace sleeve {

struct DownloadRequest {
  std::string url;
  std::filesystem::path path;     // where the whole file will be; its folder is made where it is missing
  std::optional<uint64_t> bytes;  // what it must have
  std::optional<Sha256> sha256;   // what it must be
  uint64_t max_bytes = uint64_t{4} << 30;
};

struct DownloadReport {
  bool was_there = false;   // the file was there already, as wanted
  uint64_t resumed_at = 0;  // bytes that an earlier, interrupted download had left
  uint64_t fetched = 0;     // bytes taken from the net
  uint64_t bytes = 0;       // of the file
  Sha256 sha256;
};

// Fetches a file. What has come is kept in PATH.part (with PATH.part.json beside it, which says of what
// version), so that an interrupted download goes on where it was: later in this call after a dropped
// connection, or in another process. PATH appears in one step, whole, synced and checked. Progress is told in
// kibibytes. One process at a time a path.
//
// Errors: kNotFound (404), kCorrupt (another size or SHA-256 than wanted; the part is removed), kTooLarge,
// kCancelled (the part stays), kIo (the part stays where going on later makes sense).
Result<DownloadReport> download_file(HttpClient& client, const DownloadRequest& request,
                                     const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_NET_DOWNLOAD_H_
