// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_TIFF_DIRECTORY_H_
#define SLEEVE_IMAGE_TIFF_DIRECTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "image/byte_view.h"

namespace sleeve {

// The first image file directory of a TIFF structure (TIFF 6.0, section 2), which is also what an
// EXIF block is. Holds a view of the bytes, which must outlive it.
class TiffDirectory {
 public:
  // Nothing if the bytes are no TIFF structure or the directory lies outside of them.
  static std::optional<TiffDirectory> first(ByteView tiff);

  // Element `index` of a tag that holds unsigned numbers of 8, 16 or 32 bits; nothing if the
  // tag is missing, of another type, too short, or lies outside of the bytes.
  [[nodiscard]] std::optional<uint32_t> number(uint32_t tag, size_t index = 0) const;
  [[nodiscard]] uint32_t number_or(uint32_t tag, uint32_t fallback) const {
    return number(tag).value_or(fallback);
  }
  // How many elements the tag says it has; 0 if it is missing.
  [[nodiscard]] size_t count(uint32_t tag) const;

 private:
  TiffDirectory(ByteView tiff, bool big_endian) : tiff_(tiff), big_endian_(big_endian) {}
  [[nodiscard]] uint32_t u16(size_t offset) const {
    return big_endian_ ? tiff_.be16(offset) : tiff_.le16(offset);
  }
  [[nodiscard]] uint32_t u32(size_t offset) const {
    return big_endian_ ? tiff_.be32(offset) : tiff_.le32(offset);
  }
  [[nodiscard]] std::optional<size_t> find(uint32_t tag) const;

  ByteView tiff_;
  bool big_endian_;
  size_t entries_ = 0;  // offset of the first entry
  size_t entry_count_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_TIFF_DIRECTORY_H_
