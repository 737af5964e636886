// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_NPZ_FILE_H_
#define SLEEVE_STAGE_NPZ_FILE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/file.h"

namespace sleeve {

// A NumPy archive (.npz: a ZIP of .npy arrays, format 1.0 of numpy.lib.format), read by numpy.load without
// pickles. The same arrays give the same bytes. Arrays are handed to libzip as they are added and written by
// save(), in one step.
class NpzFile {
 public:
  static Result<NpzFile> begin(const std::filesystem::path& path);
  NpzFile(NpzFile&& other) noexcept;
  NpzFile& operator=(NpzFile&&) = delete;
  NpzFile(const NpzFile&) = delete;
  NpzFile& operator=(const NpzFile&) = delete;
  ~NpzFile();  // without save() nothing is written

  // rows × columns, row-major; columns 0: a vector of `rows` values. REQUIRES: `values` stays alive and as it
  // is until save().
  Status add(const std::string& name, std::span<const float> values, size_t rows, size_t columns);
  Status add(const std::string& name, std::span<const int32_t> values);
  Status add(const std::string& name, std::span<const double> values);
  // Unicode texts ('<U…'). Invalid UTF-8 becomes U+FFFD.
  Status add(const std::string& name, std::span<const std::string> texts);
  // A single text (an array without dimensions).
  Status add(const std::string& name, std::string_view text);

  Status save();

 private:
  struct State;
  explicit NpzFile(std::unique_ptr<State> state);
  Status add_member(const std::string& name, std::string_view dtype, std::string_view shape,
                    std::span<const std::byte> data);
  Status add_texts(const std::string& name, std::span<const std::string> texts, std::string_view shape);
  std::unique_ptr<State> state_;
};

}  // namespace sleeve

#endif  // SLEEVE_STAGE_NPZ_FILE_H_
