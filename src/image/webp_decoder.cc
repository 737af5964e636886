// SPDX-License-Identifier: Apache-2.0
#include "image/webp_decoder.h"

#include <optional>

#include <opencv2/core.hpp>
#include <webp/decode.h>

#include "base/error.h"
#include "base/try.h"
#include "image/exif.h"

namespace sleeve {
namespace {

constexpr size_t kFirstChunk = 12;  // behind "RIFF", the size and "WEBP"
constexpr size_t kChunkHeader = 8;  // name and length
constexpr uint32_t kAnimationFlag = 0x02;
constexpr size_t kFrameHeader = 16;  // of an ANMF chunk

Error webp_ends_early() { return {ErrorCode::kCorrupt, "the WebP data end early (truncated file)"}; }
Error damaged_webp() { return {ErrorCode::kCorrupt, "damaged WebP: the picture data don't decode"}; }

PictureSize size_of_lossy(ByteView frame) {
  return {static_cast<int>(frame.le16(6) & 0x3FFFU), static_cast<int>(frame.le16(8) & 0x3FFFU)};
}

PictureSize size_of_lossless(ByteView frame) {
  const uint32_t bits = frame.le32(1);
  return {static_cast<int>(1 + (bits & 0x3FFFU)), static_cast<int>(1 + (bits >> 14 & 0x3FFFU))};
}

PictureSize size_of_canvas(ByteView header) {
  return {static_cast<int>(1 + header.le24(4)), static_cast<int>(1 + header.le24(7))};
}

// The body of the first chunk of that name from `offset` on.
std::optional<ByteView> find_chunk(ByteView webp, std::string_view name) {
  size_t offset = kFirstChunk;
  while (webp.has(offset, kChunkHeader)) {
    const size_t length = webp.le32(offset + 4);
    if (webp.matches(offset, name)) return webp.part(offset + kChunkHeader, length);
    offset += kChunkHeader + length + (length & 1);
  }
  return std::nullopt;
}

int orientation_of(ByteView webp) {
  const auto exif = find_chunk(webp, "EXIF");
  if (!exif) return 1;
  // Some writers keep JPEG's prefix, which the format doesn't ask for.
  const bool prefixed = exif->matches(0, std::string_view("Exif\0\0", 6));
  return exif_orientation(prefixed ? exif->part(6) : *exif);
}

bool decode_into(ByteView data, cv::Mat target) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(data.bytes().data());
  const int stride = static_cast<int>(target.step[0]);
  const size_t room = target.step[0] * static_cast<size_t>(target.rows - 1) +
                      static_cast<size_t>(target.cols) * target.elemSize();
  const auto decode = target.channels() == 4 ? WebPDecodeBGRAInto : WebPDecodeBGRInto;
  return decode(bytes, data.size(), target.data, room, stride) != nullptr;
}

std::optional<WebPBitstreamFeatures> features_of(ByteView data) {
  WebPBitstreamFeatures features;
  const auto* bytes = reinterpret_cast<const uint8_t*>(data.bytes().data());
  if (WebPGetFeatures(bytes, data.size(), &features) != VP8_STATUS_OK) return std::nullopt;
  return features;
}

Result<cv::Mat> decode_still(ByteView webp, PictureSize size) {
  const auto features = features_of(webp);
  if (!features || features->width != size.width || features->height != size.height) return damaged_webp();
  cv::Mat pixels(size.height, size.width, features->has_alpha != 0 ? CV_8UC4 : CV_8UC3);
  if (!decode_into(webp, pixels)) return damaged_webp();
  return pixels;
}

// The first frame where it stands on the canvas, the rest of which is transparent.
Result<cv::Mat> decode_first_frame(ByteView webp, PictureSize canvas) {
  const auto chunk = find_chunk(webp, "ANMF");
  if (!chunk || chunk->size() <= kFrameHeader) return damaged_webp();
  const cv::Rect place(static_cast<int>(2 * chunk->le24(0)), static_cast<int>(2 * chunk->le24(3)),
                       static_cast<int>(1 + chunk->le24(6)), static_cast<int>(1 + chunk->le24(9)));
  const ByteView data = chunk->part(kFrameHeader);
  const auto features = features_of(data);
  const bool fits = place.x + place.width <= canvas.width && place.y + place.height <= canvas.height;
  if (!fits || !features || features->width != place.width || features->height != place.height) {
    return damaged_webp();
  }
  cv::Mat pixels(canvas.height, canvas.width, CV_8UC4, cv::Scalar::all(0));
  if (!decode_into(data, pixels(place))) return damaged_webp();
  return pixels;
}

}  // namespace

Result<PictureSize> read_webp_size(ByteView webp) {
  if (!webp.has(0, 30)) return webp_ends_early();
  const ByteView body = webp.part(kFirstChunk + kChunkHeader);
  PictureSize size;
  if (webp.matches(kFirstChunk, "VP8 ") && body.matches(3, "\x9D\x01\x2A")) size = size_of_lossy(body);
  if (webp.matches(kFirstChunk, "VP8L") && body.u8(0) == 0x2F) size = size_of_lossless(body);
  if (webp.matches(kFirstChunk, "VP8X")) size = size_of_canvas(body);
  if (size.width == 0 || size.height == 0) {
    return Error{ErrorCode::kCorrupt, "damaged WebP: no valid picture header at the start"};
  }
  return size;
}

Result<RawPicture> decode_webp(ByteView webp) {
  SLEEVE_TRY(const PictureSize size, read_webp_size(webp));
  if (uint64_t{webp.le32(4)} + kChunkHeader > webp.size()) return webp_ends_early();
  const bool extended = webp.matches(kFirstChunk, "VP8X");
  const bool animated = extended && (webp.u8(kFirstChunk + kChunkHeader) & kAnimationFlag) != 0;
  RawPicture raw;
  SLEEVE_TRY(raw.pixels, animated ? decode_first_frame(webp, size) : decode_still(webp, size));
  if (animated) raw.oddities.emplace_back("animated");
  raw.orientation = orientation_of(webp);
  return raw;
}

}  // namespace sleeve
