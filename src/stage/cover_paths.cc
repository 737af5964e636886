// SPDX-License-Identifier: Apache-2.0
#include "stage/cover_paths.h"

#include <cerrno>
#include <utility>

#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {

Result<FileStamp> stamp_of(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    const int code = errno;
    struct stat link {};
    if (::lstat(path.c_str(), &link) == 0 && S_ISLNK(link.st_mode)) {
      return make_error(ErrorCode::kNotFound, "{}: is a broken link", printable(path));
    }
    return error_from_errno(code, printable(path));
  }
  constexpr int64_t kNano = 1'000'000'000;
  return FileStamp{static_cast<uint64_t>(info.st_size), info.st_mtim.tv_sec * kNano + info.st_mtim.tv_nsec};
}

Result<std::unordered_map<int64_t, std::string>> cover_paths(Catalogue& catalogue) {
  enum Rank { kRecorded, kChanged, kGone };
  SLEEVE_TRY(const auto files, catalogue.files());
  std::unordered_map<int64_t, std::pair<Rank, std::string>> best;
  for (const FileRecord& file : files) {
    const auto known = best.find(file.cover_id);
    if (known != best.end() && known->second.first == kRecorded) continue;
    const auto stamp = stamp_of(file.path);
    const Rank rank = !stamp.ok() ? kGone : *stamp == file.stamp ? kRecorded : kChanged;
    if (known == best.end()) {
      best.emplace(file.cover_id, std::pair(rank, file.path));
    } else if (rank < known->second.first) {
      known->second = {rank, file.path};
    }
  }
  std::unordered_map<int64_t, std::string> paths;
  for (auto& [cover, choice] : best) paths.emplace(cover, std::move(choice.second));
  return paths;
}

}  // namespace sleeve
