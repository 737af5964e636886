// SPDX-License-Identifier: Apache-2.0
#include "image/picture.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <new>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/try.h"
#include "image/bmp_decoder.h"
#include "image/exif.h"
#include "image/jpeg_decoder.h"
#include "image/picture_kind.h"
#include "image/png_decoder.h"
#include "image/raw_picture.h"
#include "image/tiff_decoder.h"
#include "image/webp_decoder.h"

namespace sleeve {
namespace {

constexpr int kTinySide = 32;

// Everything that is known of a format, one line each, in the order of PictureFormat.
struct FormatEntry {
  PictureFormat format;
  std::string_view name;
  std::string_view endings;  // of file names, each between two spaces
  Result<PictureSize> (*read_size)(ByteView);
  Result<RawPicture> (*decode)(ByteView);
};

constexpr std::array kReadFormats = {
    FormatEntry{PictureFormat::kJpeg, "JPEG", " .jpg .jpeg .jpe .jfif ", read_jpeg_size, decode_jpeg},
    FormatEntry{PictureFormat::kPng, "PNG", " .png .apng ", read_png_size, decode_png},
    FormatEntry{PictureFormat::kWebp, "WebP", " .webp ", read_webp_size, decode_webp},
    FormatEntry{PictureFormat::kBmp, "BMP", " .bmp .dib ", read_bmp_size, decode_bmp},
    FormatEntry{PictureFormat::kTiff, "TIFF", " .tif .tiff ", read_tiff_size, decode_tiff},
};

// Endings that promise a picture which sleeve doesn't read.
constexpr std::string_view kForeignEndings = " .gif .heic .heif .avif .psd .svg .ico .jp2 .jxl .pdf ";

const FormatEntry& entry_of(PictureFormat format) {
  const FormatEntry& entry = kReadFormats[static_cast<size_t>(format)];
  assert(entry.format == format);
  return entry;
}

bool lists(std::string_view endings, const std::string& ending) {
  return endings.find(" " + ending + " ") != std::string_view::npos;
}

Status check_file_size(uint64_t size, const DecodeLimits& limits) {
  if (size <= limits.max_file_bytes) return {};
  return make_error(ErrorCode::kTooLarge, "{} bytes, over the limit of {}", size, limits.max_file_bytes);
}

Status check_extent(const PictureHeader& header, const DecodeLimits& limits) {
  const auto pixels = static_cast<uint64_t>(header.width) * static_cast<uint64_t>(header.height);
  const auto shown = [](auto value) { return with_thousands(static_cast<long long>(value)); };
  if (header.width > limits.max_side || header.height > limits.max_side) {
    return make_error(ErrorCode::kTooLarge, "{} × {} pixels, over the limit of {} a side",
                      shown(header.width), shown(header.height), shown(limits.max_side));
  }
  if (pixels > limits.max_pixels) {
    return make_error(ErrorCode::kTooLarge, "{} × {} pixels, over the limit of {} in all",
                      shown(header.width), shown(header.height), shown(limits.max_pixels));
  }
  return {};
}

// Pixels over white. `opaque` tells if there was nothing to see through.
cv::Mat over_white(const cv::Mat& bgra, bool& opaque) {
  cv::Mat bgr(bgra.size(), CV_8UC3);
  opaque = true;
  for (int y = 0; y < bgra.rows; ++y) {
    const auto* in = bgra.ptr<cv::Vec4b>(y);
    auto* out = bgr.ptr<cv::Vec3b>(y);
    for (int x = 0; x < bgra.cols; ++x) {
      const int alpha = in[x][3];
      if (alpha != 255) opaque = false;
      for (int channel = 0; channel < 3; ++channel) {
        out[x][channel] = static_cast<uchar>((in[x][channel] * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
  }
  return bgr;
}

Picture finish(RawPicture raw, PictureFormat format) {
  if (raw.pixels.channels() == 4) {
    bool opaque = true;
    raw.pixels = over_white(raw.pixels, opaque);
    if (!opaque) raw.oddities.emplace_back("alpha");
  }
  if (raw.orientation != 1) {
    raw.pixels = turn_upright(raw.pixels, raw.orientation);
    raw.oddities.emplace_back("exif-rotated");
  }
  if (std::min(raw.pixels.cols, raw.pixels.rows) < kTinySide) raw.oddities.emplace_back("tiny");
  Picture picture = picture_from_pixels(std::move(raw.pixels));
  picture.format = format;
  picture.oddities = std::move(raw.oddities);
  return picture;
}

}  // namespace

std::string_view name_of(PictureFormat format) { return entry_of(format).name; }

Result<PictureHeader> read_picture_header(std::span<const std::byte> bytes) {
  const ByteView view(bytes);
  SLEEVE_TRY(const PictureFormat format, recognise_picture(view));
  SLEEVE_TRY(const PictureSize size, entry_of(format).read_size(view));
  return PictureHeader{format, size.width, size.height};
}

Result<Picture> decode_picture(std::span<const std::byte> bytes, const DecodeLimits& limits) {
  SLEEVE_CHECK(check_file_size(bytes.size(), limits));
  SLEEVE_TRY(const PictureHeader header, read_picture_header(bytes));
  SLEEVE_CHECK(check_extent(header, limits));
  try {
    SLEEVE_TRY(RawPicture raw, entry_of(header.format).decode(ByteView(bytes)));
    return finish(std::move(raw), header.format);
  } catch (const std::bad_alloc&) {
    return make_error(ErrorCode::kTooLarge, "not enough memory for {} × {} pixels", header.width,
                      header.height);
  } catch (const cv::Exception& exception) {
    if (exception.code == cv::Error::StsNoMem) {
      return make_error(ErrorCode::kTooLarge, "not enough memory for {} × {} pixels", header.width,
                        header.height);
    }
    return make_error(ErrorCode::kCorrupt, "the {} data don't decode: {}", name_of(header.format),
                      printable(std::string_view(exception.err)));
  }
}

bool is_renamed(const std::filesystem::path& path, PictureFormat format) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  if (ending.empty() || lists(entry_of(format).endings, ending)) return false;
  return lists(kForeignEndings, ending) || std::ranges::any_of(kReadFormats, [&](const FormatEntry& entry) {
           return lists(entry.endings, ending);
         });
}

Result<Picture> read_picture(const std::filesystem::path& path, const DecodeLimits& limits) {
  SLEEVE_TRY(const Bytes bytes, read_file(path, limits.max_file_bytes));
  auto picture = decode_picture(bytes, limits);
  if (!picture.ok()) return with_context(std::move(picture).error(), printable(path));
  if (is_renamed(path, picture->format)) picture->oddities.emplace_back("renamed");
  return picture;
}

Picture picture_from_pixels(cv::Mat bgr) {
  assert(bgr.type() == CV_8UC3 && !bgr.empty());
  Picture picture;
  cv::cvtColor(bgr, picture.grey, cv::COLOR_BGR2GRAY);
  picture.bgr = std::move(bgr);
  picture.planes = std::make_shared<const Planes>(picture.bgr);
  return picture;
}

}  // namespace sleeve
