// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_BYTE_VIEW_H_
#define SLEEVE_IMAGE_BYTE_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sleeve {

// Numbers and words at offsets of untrusted bytes. Whatever would lie past the end reads as 0 (or
// as no match), so that a parser can't run off the data, only come to a wrong value; where that
// matters, ask has() first.
class ByteView {
 public:
  ByteView() = default;
  explicit ByteView(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] bool has(size_t offset, size_t count) const {
    return offset <= bytes_.size() && count <= bytes_.size() - offset;
  }
  // The part from offset on, at most `count` bytes of it.
  [[nodiscard]] ByteView part(size_t offset, size_t count = SIZE_MAX) const {
    if (offset >= bytes_.size()) return {};
    const size_t left = bytes_.size() - offset;
    return ByteView(bytes_.subspan(offset, count < left ? count : left));
  }

  [[nodiscard]] uint32_t u8(size_t offset) const {
    return offset < bytes_.size() ? static_cast<uint32_t>(bytes_[offset]) : 0;
  }
  [[nodiscard]] uint32_t be16(size_t offset) const { return has(offset, 2) ? big(offset, 2) : 0; }
  [[nodiscard]] uint32_t be32(size_t offset) const { return has(offset, 4) ? big(offset, 4) : 0; }
  [[nodiscard]] uint32_t le16(size_t offset) const { return has(offset, 2) ? little(offset, 2) : 0; }
  [[nodiscard]] uint32_t le24(size_t offset) const { return has(offset, 3) ? little(offset, 3) : 0; }
  [[nodiscard]] uint32_t le32(size_t offset) const { return has(offset, 4) ? little(offset, 4) : 0; }

  // True if exactly these characters stand at offset.
  [[nodiscard]] bool matches(size_t offset, std::string_view word) const {
    if (!has(offset, word.size())) return false;
    for (size_t i = 0; i < word.size(); ++i) {
      if (static_cast<char>(bytes_[offset + i]) != word[i]) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] uint32_t big(size_t offset, size_t count) const {
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i) value = value << 8 | static_cast<uint32_t>(bytes_[offset + i]);
    return value;
  }
  [[nodiscard]] uint32_t little(size_t offset, size_t count) const {
    uint32_t value = 0;
    for (size_t i = count; i > 0; --i) value = value << 8 | static_cast<uint32_t>(bytes_[offset + i - 1]);
    return value;
  }

  std::span<const std::byte> bytes_;
};

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_BYTE_VIEW_H_
