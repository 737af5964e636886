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

// Nothing, too, if a field's elements don't lie inside the bytes.
std::optional<TiffDirectory::Field> TiffDirectory::find(uint32_t tag) const {
  for (size_t i = 0; i < entry_count_; ++i) {
    const size_t entry = entries_ + i * kEntrySize;
    if (u16(entry) != tag) continue;
    const size_t size = element_size(u16(entry + 2));
    const size_t count = u32(entry + 4);
    if (size == 0) return std::nullopt;
    // Up to four bytes stand in the entry itself.
    const size_t values = count <= 4 / size ? entry + 8 : u32(entry + 8);
    if (!tiff_.has(values, count * size)) return std::nullopt;
    return Field{values, size, count};
  }
  return std::nullopt;
}

uint32_t TiffDirectory::element(const Field& field, size_t index) const {
  const size_t offset = field.values + index * field.size;
  if (field.size == 1) return tiff_.u8(offset);
  return field.size == 2 ? u16(offset) : u32(offset);
}

std::optional<uint32_t> TiffDirectory::number(uint32_t tag) const {
  const auto field = find(tag);
  if (!field || field->count == 0) return std::nullopt;
  return element(*field, 0);
}

std::vector<uint32_t> TiffDirectory::numbers(uint32_t tag) const {
  const auto field = find(tag);
  if (!field) return {};
  std::vector<uint32_t> values;
  values.reserve(field->count);
  for (size_t i = 0; i < field->count; ++i) values.push_back(element(*field, i));
  return values;
}

}  // namespace sleeve
