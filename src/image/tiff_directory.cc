// SPDX-License-Identifier: Apache-2.0
#include "image/tiff_directory.h"

namespace sleeve {
namespace {

constexpr size_t kEntrySize = 12;

// Bytes of one element of a field type that number() reads; 0 for the others.
size_t element_size(uint32_t type) {
  switch (type) {
    case 1:  // BYTE
      return 1;
    case 3:  // SHORT
      return 2;
    case 4:  // LONG
      return 4;
    default:
      return 0;
  }
}

}  // namespace

std::optional<TiffDirectory> TiffDirectory::first(ByteView tiff) {
  const bool little = tiff.matches(0, "II") && tiff.le16(2) == 42;
  const bool big = tiff.matches(0, "MM") && tiff.be16(2) == 42;
  if (!little && !big) return std::nullopt;
  TiffDirectory directory(tiff, big);
  const size_t start = directory.u32(4);
  if (start < 8 || !tiff.has(start, 2)) return std::nullopt;
  directory.entry_count_ = directory.u16(start);
  directory.entries_ = start + 2;
  if (!tiff.has(directory.entries_, directory.entry_count_ * kEntrySize)) return std::nullopt;
  return directory;
}

std::optional<size_t> TiffDirectory::find(uint32_t tag) const {
  for (size_t i = 0; i < entry_count_; ++i) {
    const size_t entry = entries_ + i * kEntrySize;
    if (u16(entry) == tag) return entry;
  }
  return std::nullopt;
}

size_t TiffDirectory::count(uint32_t tag) const {
  const auto entry = find(tag);
  return entry ? u32(*entry + 4) : 0;
}

std::optional<uint32_t> TiffDirectory::number(uint32_t tag, size_t index) const {
  const auto entry = find(tag);
  if (!entry) return std::nullopt;
  const size_t size = element_size(u16(*entry + 2));
  const size_t elements = u32(*entry + 4);
  if (size == 0 || index >= elements) return std::nullopt;
  // Up to four bytes stand in the entry itself.
  const size_t values = elements <= 4 / size ? *entry + 8 : u32(*entry + 8);
  const size_t offset = values + index * size;
  if (!tiff_.has(offset, size)) return std::nullopt;
  if (size == 1) return tiff_.u8(offset);
  return size == 2 ? u16(offset) : u32(offset);
}

}  // namespace sleeve
