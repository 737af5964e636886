// SPDX-License-Identifier: Apache-2.0
#include "image/picture.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/try.h"
#include "image/jpeg_decoder.h"

namespace sleeve {

Picture picture_from_pixels(cv::Mat bgr) {
  Picture picture;
  cv::cvtColor(bgr, picture.grey, cv::COLOR_BGR2GRAY);
  picture.bgr = std::move(bgr);
  return picture;
}

Result<Picture> decode_picture(std::span<const std::byte> bytes, const DecodeLimits&) {
  const ByteView view(bytes);
  if (view.matches(0, "\xFF\xD8")) {
    SLEEVE_TRY(const JpegHeader header, read_jpeg_header(view));
    SLEEVE_TRY(cv::Mat pixels, decode_jpeg(view, header));
    return picture_from_pixels(std::move(pixels));
  }
  if (!view.matches(0, "\x89PNG")) return Error{ErrorCode::kCorrupt, "is not a picture"};
  const std::vector<uchar> copy(reinterpret_cast<const uchar*>(bytes.data()),
                                reinterpret_cast<const uchar*>(bytes.data()) + bytes.size());
  cv::Mat pixels = cv::imdecode(copy, cv::IMREAD_COLOR);
  if (pixels.empty()) return Error{ErrorCode::kCorrupt, "the PNG data don't decode"};
  return picture_from_pixels(std::move(pixels));
}

Result<Picture> read_picture(const std::filesystem::path& path, const DecodeLimits& limits) {
  SLEEVE_TRY(const Bytes bytes, read_file(path, limits.max_file_bytes));
  auto picture = decode_picture(bytes, limits);
  if (!picture.ok()) return with_context(std::move(picture).error(), printable(path));
  return picture;
}

}  // namespace sleeve
