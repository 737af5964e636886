// SPDX-License-Identifier: Apache-2.0
#include "image/jpeg_decoder.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include <opencv2/core.hpp>
#include <turbojpeg.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "image/exif.h"

namespace sleeve {
namespace {

constexpr uint32_t kStartOfScan = 0xDA;
constexpr uint32_t kEndOfImage = 0xD9;
constexpr uint32_t kApp1 = 0xE1;

// What the marker segments up to the frame header say.
struct JpegHeader {
  int width = 0;
  int height = 0;
  int components = 0;  // 1 grey, 3 colour, 4 CMYK or YCCK
  ByteView exif;       // the first Exif segment's TIFF structure; empty if there is none
};

struct DestroyHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, DestroyHandle>;

// Making a decompressor costs as much as decoding a small cover, so each thread keeps one.
void* decompressor() {
  thread_local const Handle handle(tjInitDecompress());
  return handle.get();
}

bool is_frame_header(uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

bool stands_alone(uint32_t marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8); }

// One marker segment: `body` excludes the marker and the length.
struct Segment {
  uint32_t marker = 0;
  ByteView body;
  size_t end = 0;  // offset behind the segment
};

// The first marker at or after `offset`, passing over whatever bytes stand before it as libjpeg
// does; nothing where the data end first.
std::optional<Segment> next_segment(ByteView jpeg, size_t offset) {
  while (jpeg.has(offset, 2)) {
    if (jpeg.u8(offset) != 0xFF || jpeg.u8(offset + 1) == 0xFF || jpeg.u8(offset + 1) == 0) {
      ++offset;
      continue;
    }
    const uint32_t marker = jpeg.u8(offset + 1);
    if (stands_alone(marker) || marker == kEndOfImage) return Segment{marker, {}, offset + 2};
    const size_t length = jpeg.be16(offset + 2);
    if (length < 2 || !jpeg.has(offset + 2, length)) return std::nullopt;
    return Segment{marker, jpeg.part(offset + 4, length - 2), offset + 2 + length};
  }
  return std::nullopt;
}

Error jpeg_ends_early() { return Error{ErrorCode::kCorrupt, "the JPEG data end early (truncated file)"}; }

Status take_frame_header(const Segment& segment, JpegHeader& header) {
  const uint32_t precision = segment.body.u8(0);
  header.height = static_cast<int>(segment.body.be16(1));
  header.width = static_cast<int>(segment.body.be16(3));
  header.components = static_cast<int>(segment.body.u8(5));
  const uint32_t kind = segment.marker & 0x0FU;
  const bool readable_kind = kind <= 2 || kind == 9 || kind == 10;
  if (!readable_kind) {
    return Error{ErrorCode::kUnsupported,
                 "a lossless or hierarchical JPEG, which sleeve can't read; convert it to PNG"};
  }
  if (precision != 8) {
    return make_error(ErrorCode::kUnsupported,
                      "a JPEG of {} bits a sample, which sleeve can't read; convert it to PNG", precision);
  }
  if (header.components != 1 && header.components != 3 && header.components != 4) {
    return make_error(ErrorCode::kUnsupported, "a JPEG of {} colour components; convert it to PNG",
                      header.components);
  }
  if (header.width == 0 || header.height == 0) {
    return make_error(ErrorCode::kCorrupt, "the JPEG header says {} × {} pixels", header.width,
                      header.height);
  }
  return {};
}

// True if an end-of-image marker stands behind the scans. libjpeg tells only of its first warning:
// a harmless one may have hidden "premature end".
bool has_end_marker(ByteView jpeg) {
  for (size_t offset = 2;;) {
    const auto segment = next_segment(jpeg, offset);
    if (!segment) return false;
    if (segment->marker == kEndOfImage) return true;
    offset = segment->end;
  }
}

bool is_harmless(std::string_view warning) {
  constexpr std::array<std::string_view, 5> kHarmless = {
      "extraneous bytes before marker", "unknown JFIF revision", "Unknown Adobe color transform",
      "Invalid SOS parameters for sequential JPEG", "Inconsistent progression sequence"};
  return std::ranges::any_of(
      kHarmless, [&](std::string_view words) { return warning.find(words) != std::string_view::npos; });
}

// Turns libjpeg's verdict into ours. Where the end is missing, that is the reason to give, whatever
// libjpeg stumbled over first.
Status judge(void* handle, ByteView jpeg) {
  const std::string_view message = tjGetErrorStr2(handle);
  if (message.find("Premature end") != std::string_view::npos || !has_end_marker(jpeg))
    return jpeg_ends_early();
  if (tjGetErrorCode(handle) == TJERR_WARNING && is_harmless(message)) return {};
  return make_error(ErrorCode::kCorrupt, "damaged JPEG: {}", printable(message));
}

Status decompress(ByteView jpeg, cv::Mat& pixels, int pixel_format) {
  void* handle = decompressor();
  if (handle == nullptr) return Error{ErrorCode::kIo, "no memory for a JPEG decoder"};
  const auto* data = reinterpret_cast<const unsigned char*>(jpeg.bytes().data());
  const int failed = tjDecompress2(handle, data, static_cast<unsigned long>(jpeg.size()), pixels.data,
                                   pixels.cols, static_cast<int>(pixels.step[0]), pixels.rows, pixel_format,
                                   TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
  return failed == 0 ? Status() : judge(handle, jpeg);
}

// CMYK JPEGs hold inverted ink (255 is none), as Adobe writes and Pillow and OpenCV assume.
cv::Mat bgr_from_inverted_cmyk(const cv::Mat& cmyk) {
  cv::Mat bgr(cmyk.size(), CV_8UC3);
  for (int y = 0; y < cmyk.rows; ++y) {
    const auto* in = cmyk.ptr<cv::Vec4b>(y);
    auto* out = bgr.ptr<cv::Vec3b>(y);
    for (int x = 0; x < cmyk.cols; ++x) {
      for (int channel = 0; channel < 3; ++channel) {
        out[x][2 - channel] = static_cast<uchar>((in[x][channel] * in[x][3] + 127) / 255);
      }
    }
  }
  return bgr;
}

Result<JpegHeader> read_jpeg_header(ByteView jpeg) {
  JpegHeader header;
  for (size_t offset = 2;;) {
    const auto segment = next_segment(jpeg, offset);
    if (!segment) return jpeg_ends_early();
    if (segment->marker == kStartOfScan || segment->marker == kEndOfImage) {
      return Error{ErrorCode::kCorrupt, "damaged JPEG: no frame header before the picture data"};
    }
    if (segment->marker == kApp1 && header.exif.size() == 0 &&
        segment->body.matches(0, std::string_view("Exif\0\0", 6))) {
      header.exif = segment->body.part(6);
    }
    if (is_frame_header(segment->marker)) {
      SLEEVE_CHECK(take_frame_header(*segment, header));
      return header;
    }
    offset = segment->end;
  }
}

}  // namespace

Result<PictureSize> read_jpeg_size(ByteView jpeg) {
  SLEEVE_TRY(const JpegHeader header, read_jpeg_header(jpeg));
  return PictureSize{header.width, header.height};
}

Result<RawPicture> decode_jpeg(ByteView jpeg) {
  SLEEVE_TRY(const JpegHeader header, read_jpeg_header(jpeg));
  const bool cmyk = header.components == 4;
  RawPicture raw;
  raw.pixels.create(header.height, header.width, cmyk ? CV_8UC4 : CV_8UC3);
  SLEEVE_CHECK(decompress(jpeg, raw.pixels, cmyk ? TJPF_CMYK : TJPF_BGR));
  if (cmyk) {
    raw.pixels = bgr_from_inverted_cmyk(raw.pixels);
    raw.oddities.emplace_back("cmyk");
  }
  if (header.components == 1) raw.oddities.emplace_back("grey");
  raw.orientation = exif_orientation(header.exif);
  return raw;
}

}  // namespace sleeve
