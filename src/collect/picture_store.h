// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_PICTURE_STORE_H_
#define SLEEVE_COLLECT_PICTURE_STORE_H_

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include <sleeve/result.h>

#include "base/file.h"
#include "store/collections.h"

// Pictures that sleeve downloaded itself: WORKSPACE/covers/ab/cdef….jpg, named by the SHA-256 of their
// bytes. No half picture is ever there, no file without its row in the catalogue, no row without its file.
namespace sleeve {

class PictureStore {
 public:
  // `workspace` is the folder that holds catalogue.db.
  explicit PictureStore(const std::filesystem::path& workspace);

  // The way of a picture: what came from the net is put down whole under a name of the caller's (hex
  // digits); checked; given its place; catalogued; then put_down's file is cleared. A kill in between
  // loses nothing: what was put down is found again, and a file without a row is cleared by recover().
  Status put_down(const std::string& name, std::span<const std::byte> bytes) const;
  // What was put down and not cleared. Nothing: it isn't there.
  [[nodiscard]] std::optional<Bytes> find_put_down(const std::string& name) const;
  void clear(const std::string& name) const;

  // The file at its place: from what was put down under `name`, or else from the bytes. Thread-safe.
  Status place(const CoverRecord& cover, std::span<const std::byte> bytes,
               const std::string& name = "") const;
  // Its row and its file's; the cover's id. Call it inside a transaction, after place().
  Result<int64_t> catalogue(Catalogue& catalogue, const CoverRecord& cover) const;

  // After a kill: files without a row go (of those named like ours; after a move of the workspace they are
  // known again by their hash), rows without a file (or with one of another size) go and their albums want
  // their picture again. Not while somebody else is at work here.
  struct Recovery {
    size_t files_removed = 0;
    size_t rows_removed = 0;
  };
  Result<Recovery> recover(Catalogue& catalogue) const;
  // Covers of ours that no album has any more go, file and row, and what was put down and is of no use. The
  // number of covers.
  Result<size_t> remove_unused(Catalogue& catalogue) const;

  [[nodiscard]] std::filesystem::path path_of(const CoverRecord& cover) const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  Status clear_files(Catalogue& catalogue, const std::unordered_set<std::string>& known,
                     Recovery& recovery) const;
  [[nodiscard]] std::filesystem::path put_down_path(const std::string& name) const {
    return incoming_ / name;
  }

  std::filesystem::path folder_;    // …/covers, absolute
  std::filesystem::path incoming_;  // …/covers/incoming
};

// Whether an address is one that a service gives where it has no picture.
bool is_placeholder_link(std::string_view url);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_PICTURE_STORE_H_
