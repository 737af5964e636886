// SPDX-License-Identifier: Apache-2.0
#include "image/bmp_decoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include <opencv2/core.hpp>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr uint32_t kOldHeaderSize = 12;  // OS/2 1.x
constexpr uint32_t kHeaderSize = 40;     // BITMAPINFOHEADER and its longer successors
constexpr size_t kFileHeaderSize = 14;
constexpr uint32_t kPlain = 0;      // BI_RGB
constexpr uint32_t kBitFields = 3;  // BI_BITFIELDS

using Masks = std::array<uint32_t, 3>;  // blue, green, red

struct BmpHeader {
  PictureSize size;
  bool top_down = false;
  uint32_t header_size = 0;
  uint32_t pixels_at = 0;  // offset
  uint32_t bits = 0;       // a pixel
  uint32_t compression = kPlain;
  uint32_t palette_size = 0;  // entries

  // Bytes of a stored row: whole groups of four.
  [[nodiscard]] uint64_t row_bytes() const {
    return (uint64_t{bits} * static_cast<uint64_t>(size.width) + 31) / 32 * 4;
  }
};

Result<BmpHeader> read_header(ByteView bmp) {
  BmpHeader header;
  header.header_size = bmp.le32(kFileHeaderSize);
  header.pixels_at = bmp.le32(10);
  int64_t width = 0;
  int64_t height = 0;
  if (header.header_size == kOldHeaderSize && bmp.has(0, 26)) {
    width = bmp.le16(18);
    height = bmp.le16(20);
    header.bits = bmp.le16(24);
  } else if (header.header_size >= kHeaderSize && bmp.has(0, 54)) {
    width = static_cast<int32_t>(bmp.le32(18));
    height = static_cast<int32_t>(bmp.le32(22));
    header.top_down = height < 0;
    height = std::abs(height);
    header.bits = bmp.le16(28);
    header.compression = bmp.le32(30);
    header.palette_size = bmp.le32(46);
  } else {
    return Error{ErrorCode::kCorrupt, "damaged BMP: no valid header"};
  }
  if (width <= 0 || height <= 0 || height > INT32_MAX) {
    return make_error(ErrorCode::kCorrupt, "the BMP header says {} × {} pixels", width, height);
  }
  header.size = {static_cast<int>(width), static_cast<int>(height)};
  return header;
}

Status check_layout(ByteView bmp, const BmpHeader& header) {
  const uint32_t bits = header.bits;
  const bool known = bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
  const bool plain =
      header.compression == kPlain || (header.compression == kBitFields && (bits == 16 || bits == 32));
  if (!known || !plain) {
    return make_error(ErrorCode::kUnsupported,
                      "a BMP of {} bits a pixel with compression {}; convert it to PNG or JPEG", bits,
                      header.compression);
  }
  if (header.pixels_at + header.row_bytes() * static_cast<uint64_t>(header.size.height) > bmp.size()) {
    return Error{ErrorCode::kCorrupt, "the BMP data end early (truncated file)"};
  }
  return {};
}

// 256 colours; those that the file doesn't give are black.
std::array<cv::Vec3b, 256> read_palette(ByteView bmp, const BmpHeader& header) {
  std::array<cv::Vec3b, 256> palette{};
  const size_t entry = header.header_size == kOldHeaderSize ? 3 : 4;
  const uint32_t all = 1U << header.bits;
  const uint32_t given = header.palette_size == 0 ? all : std::min(all, header.palette_size);
  for (size_t i = 0; i < given; ++i) {
    for (int channel = 0; channel < 3; ++channel) {
      const size_t offset = kFileHeaderSize + header.header_size + i * entry + static_cast<size_t>(channel);
      palette[i][channel] = static_cast<uchar>(bmp.u8(offset));
    }
  }
  return palette;
}

Masks masks_of(ByteView bmp, const BmpHeader& header) {
  if (header.compression == kBitFields) return {bmp.le32(62), bmp.le32(58), bmp.le32(54)};
  return header.bits == 16 ? Masks{0x1F, 0x3E0, 0x7C00} : Masks{0xFF, 0xFF00, 0xFF0000};
}

// The bits under the mask as a number from 0 to 255.
uchar masked(uint32_t value, uint32_t mask) {
  if (mask == 0) return 0;
  const int shift = std::countr_zero(mask);
  const uint64_t most = mask >> shift;
  return static_cast<uchar>((uint64_t{(value & mask) >> shift} * 255 + most / 2) / most);
}

void read_indexed_row(ByteView row, const BmpHeader& header, const std::array<cv::Vec3b, 256>& palette,
                      cv::Vec3b* out) {
  const uint32_t bits = header.bits;
  for (uint32_t x = 0; x < static_cast<uint32_t>(header.size.width); ++x) {
    const uint32_t first_bit = x * bits;
    const uint32_t index = row.u8(first_bit / 8) >> (8 - bits - first_bit % 8) & ((1U << bits) - 1);
    out[x] = palette[index];
  }
}

void read_coloured_row(ByteView row, const BmpHeader& header, const Masks& masks, cv::Vec3b* out) {
  const size_t bytes = header.bits / 8;
  for (size_t x = 0; x < static_cast<size_t>(header.size.width); ++x) {
    const size_t at = x * bytes;
    const uint32_t value = bytes == 2 ? row.le16(at) : bytes == 3 ? row.le24(at) : row.le32(at);
    for (int channel = 0; channel < 3; ++channel) {
      out[x][channel] = masked(value, masks[static_cast<size_t>(channel)]);
    }
  }
}

}  // namespace

Result<PictureSize> read_bmp_size(ByteView bmp) {
  SLEEVE_TRY(const BmpHeader header, read_header(bmp));
  return header.size;
}

Result<RawPicture> decode_bmp(ByteView bmp) {
  SLEEVE_TRY(const BmpHeader header, read_header(bmp));
  SLEEVE_CHECK(check_layout(bmp, header));
  const bool indexed = header.bits <= 8;
  const auto palette = indexed ? read_palette(bmp, header) : std::array<cv::Vec3b, 256>{};
  const Masks masks = masks_of(bmp, header);
  RawPicture raw;
  raw.pixels.create(header.size.height, header.size.width, CV_8UC3);
  for (int y = 0; y < header.size.height; ++y) {
    const auto stored = static_cast<size_t>(header.top_down ? y : header.size.height - 1 - y);
    const ByteView row = bmp.part(header.pixels_at + stored * header.row_bytes(), header.row_bytes());
    auto* out = raw.pixels.ptr<cv::Vec3b>(y);
    indexed ? read_indexed_row(row, header, palette, out) : read_coloured_row(row, header, masks, out);
  }
  if (indexed) raw.oddities.emplace_back("palette");
  return raw;
}

}  // namespace sleeve
