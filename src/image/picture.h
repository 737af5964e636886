// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_PICTURE_H_
#define SLEEVE_IMAGE_PICTURE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core/mat.hpp>

#include <sleeve/result.h>

#include "base/file.h"
#include "image/planes.h"

// Every untrusted picture enters here.
namespace sleeve {

// Over these limits a picture is refused before any of its pixels is decoded.
struct DecodeLimits {
  uint64_t max_file_bytes = uint64_t{64} << 20;
  uint64_t max_pixels = 64'000'000;  // width × height: 8,000 × 8,000
  int max_side = 20'000;             // pixels
};

enum class PictureFormat { kJpeg, kPng, kWebp, kBmp, kTiff };
std::string_view name_of(PictureFormat format);

// What is unusual about a picture that could be read all the same, as stable words:
// "grey" (no colour channels in the file), "alpha" (some pixel was not opaque: composited on
// white), "16-bit" (cut to 8), "cmyk" (converted), "exif-rotated" (turned or mirrored upright),
// "palette", "animated" (the first frame taken), "renamed" (the file name's ending says another
// format), "tiny" (a side under 32 pixels).
using Oddities = std::vector<std::string>;

// What the header says, before decoding.
struct PictureHeader {
  PictureFormat format;
  int width;   // pixels, as stored (before an EXIF rotation)
  int height;  // pixels
};

// A decoded cover, upright, opaque, 8 bits a channel. Immutable once made; safe to read from
// several threads. `bgr` and `grey` never are empty.
struct Picture {
  cv::Mat bgr;   // height × width, CV_8UC3, blue-green-red as OpenCV has it
  cv::Mat grey;  // height × width, CV_8UC1, OpenCV's BGR2GRAY of bgr
  PictureFormat format = PictureFormat::kJpeg;
  Oddities oddities;
  // Smaller copies for descriptors to share, made when first asked for; never null in a picture that this
  // header's functions have made.
  std::shared_ptr<const Planes> planes;

  [[nodiscard]] int width() const { return bgr.cols; }
  [[nodiscard]] int height() const { return bgr.rows; }
};

// Format and size from the first bytes. kCorrupt if the bytes are no picture (or an empty file);
// kUnsupported, naming the format, for GIF, HEIC, AVIF, PSD, SVG, PDF and the like.
Result<PictureHeader> read_picture_header(std::span<const std::byte> bytes);

// Decodes a whole picture. Errors beside the header's: kTooLarge over a limit, kCorrupt if the
// data end early or don't decode, kUnsupported for a variant of a format that can't be read.
// A truncated picture is an error, never a half-grey picture. Prints nothing. Thread-safe.
Result<Picture> decode_picture(std::span<const std::byte> bytes, const DecodeLimits& limits = {});

// read_file + decode_picture; errors name the path; adds the "renamed" oddity.
Result<Picture> read_picture(const std::filesystem::path& path, const DecodeLimits& limits = {});

// Whether a file's name ends as another format's would ("cover.png" that holds a JPEG). Endings that
// belong to no picture format (a content hash, ".part") claim nothing.
bool is_renamed(const std::filesystem::path& path, PictureFormat format);

// A Picture from pixels that we made ourselves (CV_8UC3).
Picture picture_from_pixels(cv::Mat bgr);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_PICTURE_H_
