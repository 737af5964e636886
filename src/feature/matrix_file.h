// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_MATRIX_FILE_H_
#define SLEEVE_FEATURE_MATRIX_FILE_H_

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <sleeve/result.h>

#include "base/file.h"
#include "base/hash.h"

// One descriptor of many covers on disk (docs/formats.md): a header that names the descriptor,
// then records of one size, each a cover's SHA-256, its values and a checksum. Records are only
// ever appended, so a crash at any moment costs at most the records in flight; what a crash
// leaves at the end is recognised by size and checksum and cut off by the next writer.
namespace sleeve {

// What the bytes of a matrix file hold.
struct MatrixContent {
  std::unordered_map<Sha256, const float*> index;  // to the values, inside the bytes
  size_t damaged = 0;                              // whole records whose checksum is wrong
  size_t sound_bytes = 0;  // up to the end of the last sound record: what a writer keeps
};

// Checks every record. `descriptor` is DescriptorId::text() and `columns` the number of values:
// kConflict if the bytes hold another matrix; kCorrupt if the header is damaged; kUnsupported if
// a newer sleeve wrote it. REQUIRES: `bytes` aligned to 4, alive as long as the index is used.
Result<MatrixContent> scan_matrix(std::span<const std::byte> bytes, std::string_view descriptor,
                                  size_t columns);

// Reads. Memory-mapped: values take no memory of their own. Safe to share between threads. A
// writer may append meanwhile; what came after open() isn't seen.
class MatrixReader {
 public:
  // kNotFound if there is no file; else as scan_matrix().
  static Result<MatrixReader> open(const std::filesystem::path& path, std::string_view descriptor,
                                   size_t columns);

  [[nodiscard]] size_t rows() const { return content_.index.size(); }
  [[nodiscard]] size_t damaged() const { return content_.damaged; }  // as if they were absent
  [[nodiscard]] bool contains(const Sha256& cover) const { return content_.index.contains(cover); }
  // The cover's values inside the mapping, or nothing. Where a cover stands twice the last sound
  // record counts.
  [[nodiscard]] std::optional<std::span<const float>> find(const Sha256& cover) const;

 private:
  MappedFile file_;
  MatrixContent content_;
  size_t columns_ = 0;
};

// Appends. One writer at a time per file (the caller holds the workspace's lock).
class MatrixWriter {
 public:
  // Makes the file (header first, atomically) where it is missing; cuts off an incomplete or
  // damaged end. Errors as MatrixReader::open.
  static Result<MatrixWriter> open(const std::filesystem::path& path, std::string_view descriptor,
                                   size_t columns);
  MatrixWriter(MatrixWriter&& other) noexcept;
  MatrixWriter& operator=(MatrixWriter&& other) noexcept;
  ~MatrixWriter();

  // One record, handed to the operating system at once: a killed process loses nothing that was
  // appended. After an error (disk full) the file ends with its last whole record.
  // REQUIRES: values.size() == columns.
  Status append(const Sha256& cover, std::span<const float> values);
  // Syncs to disk what was appended: after it, a power cut loses nothing either.
  Status sync();

 private:
  MatrixWriter() = default;

  int fd_ = -1;
  std::string path_;
  size_t columns_ = 0;
  uint64_t size_ = 0;  // of the file, up to its last whole record
  Bytes record_;       // scratch
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_MATRIX_FILE_H_
