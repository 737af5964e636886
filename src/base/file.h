// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_FILE_H_
#define SLEEVE_BASE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/text.h"

namespace sleeve {

using Bytes = std::vector<std::byte>;

inline constexpr uint64_t kMaxFileBytes = uint64_t{1} << 30;

// The whole file. kTooLarge if it has more than `limit` bytes; only regular files are read
// (a fifo or a device would hang or never end).
Result<Bytes> read_file(const std::filesystem::path& path, uint64_t limit = kMaxFileBytes);
Result<std::string> read_text_file(const std::filesystem::path& path, uint64_t limit = kMaxFileBytes);

// Replaces `path` in one step: writes a temporary file beside it, syncs it, renames it.
// After a crash at any moment the path holds either the old content or the new. Creates the
// folder where it is missing.
Status write_file_atomic(const std::filesystem::path& path, std::span<const std::byte> data);
Status write_file_atomic(const std::filesystem::path& path, std::string_view text);

// Creates the folder and those above it, where they are missing.
Status make_folders(const std::filesystem::path& path);

// A read-only view of a whole file in memory. Movable; unmaps when it goes.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

// An advisory lock on a file (flock): one process at a time. Freed when it goes or the process
// dies. kConflict, naming the file, if another process holds it.
class FileLock {
 public:
  static Result<FileLock> acquire(const std::filesystem::path& path);
  FileLock() = default;
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  int fd_ = -1;
};

}  // namespace sleeve

#endif  // SLEEVE_BASE_FILE_H_
