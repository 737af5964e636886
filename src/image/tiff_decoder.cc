// SPDX-License-Identifier: Apache-2.0
#include "image/tiff_decoder.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <tiffio.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "image/exif.h"
#include "image/tiff_directory.h"

namespace sleeve {
namespace {

// Nothing that a cover needs is larger; what libtiff would allocate beyond it is an attack.
constexpr tmsize_t kMaxAllocation = tmsize_t{512} << 20;
constexpr uint32_t kMaxTileSide = 65536;

Error damaged_tiff(std::string_view why) { return make_error(ErrorCode::kCorrupt, "damaged TIFF: {}", why); }

// libtiff's file, in memory, and where its messages go: nothing of it prints.
struct Source {
  ByteView bytes;
  uint64_t position = 0;
  std::string message;  // the first error
};

Source& source_of(thandle_t handle) { return *static_cast<Source*>(handle); }

tmsize_t on_read(thandle_t handle, void* out, tmsize_t count) {
  Source& source = source_of(handle);
  const uint64_t size = source.bytes.size();
  if (source.position >= size || count <= 0) return 0;
  const auto taken = static_cast<size_t>(std::min(static_cast<uint64_t>(count), size - source.position));
  std::memcpy(out, source.bytes.bytes().data() + source.position, taken);
  source.position += taken;
  return static_cast<tmsize_t>(taken);
}

tmsize_t on_write(thandle_t, void*, tmsize_t) { return 0; }

toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  Source& source = source_of(handle);
  const uint64_t base = whence == SEEK_CUR ? source.position : whence == SEEK_END ? source.bytes.size() : 0;
  source.position = base + offset;
  return source.position;
}

int on_close(thandle_t) { return 0; }
toff_t on_size(thandle_t handle) { return source_of(handle).bytes.size(); }

int on_error(TIFF*, void* user, const char*, const char* format, va_list arguments) {
  auto& source = *static_cast<Source*>(user);
  char text[200];
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is libtiff's list
  if (source.message.empty() && std::vsnprintf(text, sizeof(text), format, arguments) > 0) {
    source.message = text;
  }
  return 1;  // handled: libtiff's own handler would print
}

int on_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

struct CloseTiff {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using TiffHandle = std::unique_ptr<TIFF, CloseTiff>;

TiffHandle open_tiff(Source& source) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  if (options == nullptr) return nullptr;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, kMaxAllocation);
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, &source);
  // "m": don't map the file, there is none.
  TiffHandle tiff(TIFFClientOpenExt("picture", "rm", &source, on_read, on_write, on_seek, on_close, on_size,
                                    nullptr, nullptr, options));
  TIFFOpenOptionsFree(options);
  return tiff;
}

Status check_kind(const TiffDirectory& directory) {
  constexpr std::array<uint32_t, 9> kCompressions = {1, 2, 3, 4, 5, 7, 8, 32773, 32946};
  const uint32_t compression = directory.number_or(TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  const uint32_t bits = directory.number_or(TIFFTAG_BITSPERSAMPLE, 1);
  const uint32_t sample_format = directory.number_or(TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  if (sample_format != SAMPLEFORMAT_UINT || bits > 16) {
    return make_error(ErrorCode::kUnsupported,
                      "a TIFF of {} bits a sample{}, which sleeve can't read; convert it to PNG or JPEG",
                      bits, sample_format == SAMPLEFORMAT_IEEEFP ? " in floating point" : "");
  }
  if (std::ranges::find(kCompressions, compression) == kCompressions.end()) {
    return make_error(ErrorCode::kUnsupported,
                      "a TIFF with compression {}, which sleeve can't read; convert it to PNG or JPEG",
                      compression);
  }
  return {};
}

// Where the pixels lie, before libtiff goes there: a truncated file is known by it.
Status check_extents(ByteView tiff, const TiffDirectory& directory) {
  const bool tiled = directory.number(TIFFTAG_TILEOFFSETS).has_value();
  if (tiled && (directory.number_or(TIFFTAG_TILEWIDTH, 0) > kMaxTileSide ||
                directory.number_or(TIFFTAG_TILELENGTH, 0) > kMaxTileSide)) {
    return damaged_tiff("tiles of an impossible size");
  }
  const auto offsets = directory.numbers(tiled ? TIFFTAG_TILEOFFSETS : TIFFTAG_STRIPOFFSETS);
  const auto lengths = directory.numbers(tiled ? TIFFTAG_TILEBYTECOUNTS : TIFFTAG_STRIPBYTECOUNTS);
  if (offsets.empty() || offsets.size() != lengths.size()) {
    return damaged_tiff("it does not say where its pixels are (truncated?)");
  }
  for (size_t i = 0; i < offsets.size(); ++i) {
    if (!tiff.has(offsets[i], lengths[i])) {
      return Error{ErrorCode::kCorrupt, "the TIFF data end early (truncated file)"};
    }
  }
  return {};
}

// libtiff gives red, green, blue and alpha from the lowest byte up, colours multiplied by alpha.
cv::Mat bgra_from_raster(const std::vector<uint32_t>& raster, PictureSize size) {
  cv::Mat pixels(size.height, size.width, CV_8UC4);
  const uint32_t* in = raster.data();
  for (int y = 0; y < size.height; ++y) {
    auto* out = pixels.ptr<cv::Vec4b>(y);
    for (int x = 0; x < size.width; ++x, ++in) {
      const uint32_t alpha = TIFFGetA(*in);
      const auto straight = [alpha](uint32_t value) {
        return static_cast<uchar>(alpha == 0 ? 0 : std::min(255U, (value * 255 + alpha / 2) / alpha));
      };
      out[x] = {straight(TIFFGetB(*in)), straight(TIFFGetG(*in)), straight(TIFFGetR(*in)),
                static_cast<uchar>(alpha)};
    }
  }
  return pixels;
}

void note_oddities(const TiffDirectory& directory, RawPicture& raw) {
  switch (directory.number_or(TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB)) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
      raw.oddities.emplace_back("grey");
      break;
    case PHOTOMETRIC_PALETTE:
      raw.oddities.emplace_back("palette");
      break;
    case PHOTOMETRIC_SEPARATED:
      raw.oddities.emplace_back("cmyk");
      break;
    default:
      break;
  }
  if (directory.number_or(TIFFTAG_BITSPERSAMPLE, 1) == 16) raw.oddities.emplace_back("16-bit");
}

}  // namespace

Result<PictureSize> read_tiff_size(ByteView tiff) {
  const auto directory = TiffDirectory::first(tiff);
  if (!directory) return damaged_tiff("no directory in the file (truncated?)");
  const uint32_t width = directory->number_or(TIFFTAG_IMAGEWIDTH, 0);
  const uint32_t height = directory->number_or(TIFFTAG_IMAGELENGTH, 0);
  if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX) {
    return damaged_tiff("no valid size in its directory");
  }
  return PictureSize{static_cast<int>(width), static_cast<int>(height)};
}

Result<RawPicture> decode_tiff(ByteView tiff) {
  SLEEVE_TRY(const PictureSize size, read_tiff_size(tiff));
  const auto directory = TiffDirectory::first(tiff);
  SLEEVE_CHECK(check_kind(*directory));
  SLEEVE_CHECK(check_extents(tiff, *directory));
  Source source{tiff, 0, ""};
  const TiffHandle handle = open_tiff(source);
  if (handle == nullptr) return damaged_tiff(printable(std::string_view(source.message)));
  RawPicture raw;
  // libtiff would undo some orientations only; told that the picture is stored upright it
  // undoes none.
  TIFFSetField(handle.get(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  std::vector<uint32_t> raster(static_cast<size_t>(size.width) * static_cast<size_t>(size.height));
  const auto width = static_cast<uint32_t>(size.width);
  const auto height = static_cast<uint32_t>(size.height);
  if (TIFFReadRGBAImageOriented(handle.get(), width, height, raster.data(), ORIENTATION_TOPLEFT, 1) == 0 ||
      !source.message.empty()) {
    return damaged_tiff(printable(std::string_view(source.message)));
  }
  raw.pixels = bgra_from_raster(raster, size);
  raw.orientation = exif_orientation(tiff);
  note_oddities(*directory, raw);
  return raw;
}

}  // namespace sleeve
