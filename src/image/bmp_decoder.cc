// SPDX-License-Identifier: Apache-2.0
#include "image/bmp_decoder.h"

#include <cstdlib>

#include <opencv2/imgcodecs.hpp>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr uint32_t kOldHeaderSize = 12;  // OS/2 1.x
constexpr uint32_t kHeaderSize = 40;     // BITMAPINFOHEADER and its longer successors

struct BmpHeader {
  PictureSize size;
  uint32_t pixels_at = 0;  // offset
  uint32_t bits = 0;       // a pixel
  uint32_t compression = 0;
};

Result<BmpHeader> read_header(ByteView bmp) {
  const uint32_t header_size = bmp.le32(14);
  BmpHeader header;
  header.pixels_at = bmp.le32(10);
  int64_t width = 0;
  int64_t height = 0;
  if (header_size == kOldHeaderSize && bmp.has(0, 26)) {
    width = bmp.le16(18);
    height = bmp.le16(20);
    header.bits = bmp.le16(24);
  } else if (header_size >= kHeaderSize && bmp.has(0, 54)) {
    width = static_cast<int32_t>(bmp.le32(18));
    height = std::abs(int64_t{static_cast<int32_t>(bmp.le32(22))});  // negative: stored top down
    header.bits = bmp.le16(28);
    header.compression = bmp.le32(30);
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
  constexpr uint32_t kPlain = 0;
  constexpr uint32_t kBitFields = 3;
  const bool plain = header.compression == kPlain || (header.compression == kBitFields && bits >= 16);
  if (!known || !plain) {
    return make_error(ErrorCode::kUnsupported,
                      "a BMP of {} bits a pixel with compression {}; convert it to PNG or JPEG", bits,
                      header.compression);
  }
  const uint64_t row = (uint64_t{bits} * static_cast<uint64_t>(header.size.width) + 31) / 32 * 4;
  if (header.pixels_at + row * static_cast<uint64_t>(header.size.height) > bmp.size()) {
    return Error{ErrorCode::kCorrupt, "the BMP data end early (truncated file)"};
  }
  return {};
}

}  // namespace

Result<PictureSize> read_bmp_size(ByteView bmp) {
  SLEEVE_TRY(const BmpHeader header, read_header(bmp));
  return header.size;
}

Result<RawPicture> decode_bmp(ByteView bmp) {
  SLEEVE_TRY(const BmpHeader header, read_header(bmp));
  SLEEVE_CHECK(check_layout(bmp, header));
  const cv::Mat bytes(1, static_cast<int>(bmp.size()), CV_8UC1,
                      const_cast<std::byte*>(bmp.bytes().data()));  // NOLINT: a Mat can't be const
  RawPicture raw;
  raw.pixels = cv::imdecode(bytes, cv::IMREAD_COLOR);
  if (raw.pixels.cols != header.size.width || raw.pixels.rows != header.size.height) {
    return Error{ErrorCode::kCorrupt, "damaged BMP: the picture data don't decode"};
  }
  if (header.bits <= 8) raw.oddities.emplace_back("palette");
  return raw;
}

}  // namespace sleeve
