// SPDX-License-Identifier: Apache-2.0
#include "image/encode.h"

#include <algorithm>
#include <cassert>
#include <csetjmp>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include <png.h>
#include <turbojpeg.h>
#include <zlib.h>

#include "base/error.h"
#include "base/text.h"
#include "image/png_report.h"

namespace sleeve {
namespace {

constexpr int kJpegMaxSide = 65'500;  // libjpeg's own bound

struct DestroyCompressor {
  void operator()(void* handle) const { tjDestroy(handle); }
};
struct FreeJpeg {
  void operator()(unsigned char* bytes) const { tjFree(bytes); }
};

bool can_be_encoded(const cv::Mat& picture) {
  return !picture.empty() && (picture.type() == CV_8UC1 || picture.type() == CV_8UC3);
}

struct PngWriter : PngReport {
  PngWriter() {
    png = png_create_write_struct(PNG_LIBPNG_VER_STRING, static_cast<PngReport*>(this), on_error, on_warning);
    if (png != nullptr) info = png_create_info_struct(png);
  }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;
  ~PngWriter() { png_destroy_write_struct(&png, &info); }

  static void on_write(png_structp png, png_bytep data, size_t count) {
    auto* writer = static_cast<PngWriter*>(png_get_io_ptr(png));
    if (!writer->append(std::as_bytes(std::span(data, count)))) png_error(png, "no memory");
  }
  static void on_flush(png_structp) {}
  // No exception may pass through libpng.
  bool append(std::span<const std::byte> more) {
    try {
      bytes.insert(bytes.end(), more.begin(), more.end());
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  png_structp png = nullptr;
  png_infop info = nullptr;
  Bytes bytes;
  std::vector<png_bytep> rows;
};

// The settings that OpenCV's imwrite has: soon done rather than small.
bool write_step(PngWriter& writer, int width, int height, bool grey) {
  png_structp png = writer.png;
  // NOLINTNEXTLINE(cert-err52-cpp): libpng reports by longjmp
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_write_fn(png, &writer, PngWriter::on_write, PngWriter::on_flush);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  png_set_compression_level(png, Z_BEST_SPEED);
  png_set_compression_strategy(png, Z_RLE);
  png_set_IHDR(png, writer.info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
               grey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, writer.info);
  png_set_bgr(png);
  png_write_image(png, writer.rows.data());
  png_write_end(png, writer.info);
  return true;
}

}  // namespace

Result<Bytes> encode_jpeg(const cv::Mat& picture, int quality) {
  assert(can_be_encoded(picture) && quality >= 1 && quality <= 100);
  if (std::max(picture.cols, picture.rows) > kJpegMaxSide) {
    return make_error(ErrorCode::kTooLarge, "a JPEG can't have {} × {} pixels: at most {} a side",
                      picture.cols, picture.rows, kJpegMaxSide);
  }
  const std::unique_ptr<void, DestroyCompressor> compressor(tjInitCompress());
  if (!compressor) return Error{ErrorCode::kIo, "no memory to encode a JPEG"};
  const bool grey = picture.channels() == 1;
  unsigned char* out = nullptr;
  unsigned long size = 0;
  const int status = tjCompress2(compressor.get(), picture.data, picture.cols, static_cast<int>(picture.step),
                                 picture.rows, grey ? TJPF_GRAY : TJPF_BGR, &out, &size,
                                 grey ? TJSAMP_GRAY : TJSAMP_420, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, FreeJpeg> owned(out);
  if (status != 0) {
    return make_error(ErrorCode::kIo, "the picture could not be encoded as JPEG: {}",
                      printable(std::string_view(tjGetErrorStr2(compressor.get()))));
  }
  const auto bytes = std::as_bytes(std::span(out, size));
  return Bytes(bytes.begin(), bytes.end());
}

Result<Bytes> encode_png(const cv::Mat& picture) {
  assert(can_be_encoded(picture));
  PngWriter writer;
  if (writer.png == nullptr || writer.info == nullptr)
    return Error{ErrorCode::kIo, "no memory to encode a PNG"};
  for (int y = 0; y < picture.rows; ++y) writer.rows.push_back(const_cast<png_bytep>(picture.ptr(y)));
  if (!write_step(writer, picture.cols, picture.rows, picture.channels() == 1)) {
    return make_error(ErrorCode::kIo, "the picture could not be encoded as PNG: {}",
                      printable(std::string_view(writer.message)));
  }
  return std::move(writer.bytes);
}

}  // namespace sleeve
