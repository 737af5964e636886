// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_BYTE_STREAM_H_
#define SLEEVE_BASE_BYTE_STREAM_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <sleeve/result.h>

#include "base/error.h"
#include "base/file.h"
#include "base/try.h"

// Reading and writing sleeve's own binary formats. Numbers are little-endian.
namespace sleeve {

static_assert(std::endian::native == std::endian::little, "sleeve's files are little-endian");

template <class T>
concept Scalar = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

class ByteWriter {
 public:
  template <Scalar T>
  void put(T value) {
    put_bytes(std::as_bytes(std::span(&value, 1)));
  }
  // A 64-bit count, then the elements.
  template <Scalar T>
  void put_array(std::span<const T> values) {
    put<uint64_t>(values.size());
    put_bytes(std::as_bytes(values));
  }
  template <Scalar T>
  void put_array(const std::vector<T>& values) {
    put_array(std::span<const T>(values));
  }
  void put_text(std::string_view text) { put_array(std::span<const char>(text.data(), text.size())); }
  void put_bytes(std::span<const std::byte> bytes) {
    // Not insert(): GCC 12 sees an overflow in it at -O3 that isn't there.
    const size_t end = bytes_.size();
    bytes_.resize(end + bytes.size());
    if (!bytes.empty()) std::memcpy(bytes_.data() + end, bytes.data(), bytes.size());
  }

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Never reads past the end: asking for more than there is gives kCorrupt, and a count that can't
// fit into what is left is refused before anything is allocated.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <Scalar T>
  Result<T> get() {
    SLEEVE_TRY(const auto raw, get_bytes(sizeof(T)));
    T value;
    std::memcpy(&value, raw.data(), sizeof(T));
    return value;
  }
  template <Scalar T>
  Result<std::vector<T>> get_array() {
    SLEEVE_TRY(const uint64_t count, get<uint64_t>());
    if (count > bytes_.size() / sizeof(T)) return truncated();
    SLEEVE_TRY(const auto raw, get_bytes(static_cast<size_t>(count) * sizeof(T)));
    std::vector<T> values(static_cast<size_t>(count));
    if (!raw.empty()) std::memcpy(values.data(), raw.data(), raw.size());
    return values;
  }
  Result<std::string> get_text() {
    SLEEVE_TRY(const auto characters, get_array<char>());
    return std::string(characters.begin(), characters.end());
  }
  Result<std::span<const std::byte>> get_bytes(size_t count) {
    if (count > bytes_.size()) return truncated();
    const auto front = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return front;
  }
  [[nodiscard]] size_t remaining() const { return bytes_.size(); }

 private:
  static Error truncated() { return Error{ErrorCode::kCorrupt, "ends too early"}; }
  std::span<const std::byte> bytes_;
};

}  // namespace sleeve

#endif  // SLEEVE_BASE_BYTE_STREAM_H_
