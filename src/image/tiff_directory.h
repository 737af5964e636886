// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_TIFF_DIRECTORY_H_
#define SLEEVE_IMAGE_TIFF_DIRECTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "image/byte_view.h"

namespace sleeve {

// The first image file directory of a TIFF structure (TIFF 6.0, section 2), which is also what an
// EXIF block is. Holds a view of the bytes, which must outlive it.
class TiffDirectory {
 public:
  // Nothing if the bytes are no TIFF structure or the directory lies outside of them.
  static std::optional<TiffDirectory> first(ByteView tiff);

  // The first element of a tag that holds unsigned numbers of 8, 16 or 32 bits; nothing if the
  // tag is missing, of another type, empty, or lies outside of the bytes.
  [[nodiscard]] std::optional<uint32_t> number(uint32_t tag) const;
  [[nodiscard]] uint32_t number_or(uint32_t tag, uint32_t fallback) const {
    return number(tag).value_or(fallback);
  }
  // All elements of such a tag; empty under the same conditions.
  [[nodiscard]] std::vector<uint32_t> numbers(uint32_t tag) const;

 private:
  TiffDirectory(ByteView tiff, bool big_endian) : tiff_(tiff), big_endian_(big_endian) {}
  [[nodiscard]] uint32_t u16(size_t offset) const {
    return big_endian_ ? tiff_.be16(offset) : tiff_.le16(offset);
  }
  [[nodiscard]] uint32_t u32(size_t offset) const {
    return big_endian_ ? tiff_.be32(offset) : tiff_.le32(offset);
  }
  struct Field {
    size_t values;  // offset of the first element
    size_t size;    // bytes an element
    size_t count;
  };
  [[nodiscard]] std::optional<Field> find(uint32_t tag) const;
  [[nodiscard]] uint32_t element(const Field& field, size_t index) const;

  ByteView tiff_;
  bool big_endian_;
  size_t entries_ = 0;  // offset of the first entry
  size_t entry_count_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_TIFF_DIRECTORY_H_
