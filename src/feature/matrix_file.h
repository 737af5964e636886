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

// Reads. Memory-mapped: memory use doesn't grow with the number of covers. Safe to share between
// threads. A writer may append meanwhile; what came after open() isn't seen.
class MatrixReader {
 public:
  // `descriptor` is DescriptorId::text() and `columns` the number of values: kConflict if the file
  // holds another; kNotFound if there is no file; kCorrupt if the header is damaged.
  static Result<MatrixReader> open(const std::filesystem::path& path, std::string_view descriptor,
                                   size_t columns);

  [[nodiscard]] size_t rows() const { return index_.size(); }
  [[nodiscard]] size_t damaged() const { return damaged_; }  // records whose checksum is wrong: as if absent
  [[nodiscard]] bool contains(const Sha256& cover) const { return index_.contains(cover); }
  // The cover's values inside the mapping, or nothing. Where a cover stands twice the last counts.
  [[nodiscard]] std::optional<std::span<const float>> find(const Sha256& cover) const;

 private:
  MappedFile file_;
  std::unordered_map<Sha256, const float*> index_;
  size_t columns_ = 0;
  size_t damaged_ = 0;
};

// Appends. One writer at a time per file (the caller holds the workspace's lock).
class MatrixWriter {
 public:
  // Makes the file (header first, atomically) where it is missing; cuts off an incomplete or damaged end.
  // Errors as MatrixReader::open.
  static Result<MatrixWriter> open(const std::filesystem::path& path, std::string_view descriptor,
                                   size_t columns);
  MatrixWriter(MatrixWriter&& other) noexcept;
  MatrixWriter& operator=(MatrixWriter&& other) noexcept;
  ~MatrixWriter();

  // Whole records reach the file in batches; REQUIRES: values.size() == columns.
  Status append(const Sha256& cover, std::span<const float> values);
  // Hands over what is still buffered and syncs it to disk.
  Status flush();

 private:
  MatrixWriter() = default;
  int fd_ = -1;
  std::string path_;
  size_t columns_ = 0;
  Bytes buffer_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_MATRIX_FILE_H_
