// SPDX-License-Identifier: Apache-2.0
#include "image/png_decoder.h"

#include <csetjmp>
#include <cstring>
#include <vector>

#include <png.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "image/exif.h"
#include "image/png_report.h"

namespace sleeve {
namespace {

constexpr size_t kSignatureSize = 8;
constexpr size_t kChunkFrame = 12;  // length, type, CRC

// libpng with our own reading and reporting: OpenCV's imdecode lets libpng print to stderr.
struct PngReader : PngReport {
  explicit PngReader(ByteView bytes) : source(bytes) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, static_cast<PngReport*>(this), on_error, on_warning);
    if (png != nullptr) info = png_create_info_struct(png);
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }

  static void on_read(png_structp png, png_bytep out, size_t count) {
    auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
    if (!reader->source.has(reader->position, count)) {
      reader->ended_early = true;
      png_error(png, "unexpected end");
    }
    std::memcpy(out, reader->source.bytes().data() + reader->position, count);
    reader->position += count;
  }

  [[nodiscard]] Error error() const {
    if (ended_early) return {ErrorCode::kCorrupt, "the PNG data end early (truncated file)"};
    return make_error(ErrorCode::kCorrupt, "damaged PNG: {}", printable(std::string_view(message)));
  }

  png_structp png = nullptr;
  png_infop info = nullptr;
  ByteView source;
  size_t position = 0;
  bool ended_early = false;
  std::vector<png_bytep> rows;
};

// Remarks that have no say in the pixels: not even parsed.
void skip_remarks(png_structp png) {
  static constexpr png_byte kSkipped[] =
      "cHRM\0gAMA\0iCCP\0sRGB\0bKGD\0hIST\0pHYs\0sBIT\0sPLT\0tIME\0tEXt\0zTXt\0iTXt\0oFFs\0pCAL\0sCAL\0eXIf";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, kSkipped, sizeof(kSkipped) / 5);
}

// Reads what stands before the pixels and asks for 8-bit BGR or BGRA rows.
bool read_header_step(PngReader& reader) {
  png_structp png = reader.png;
  // NOLINTNEXTLINE(cert-err52-cpp): libpng reports by longjmp
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, &reader, PngReader::on_read);
  skip_remarks(png);
  png_read_info(png, reader.info);
  png_set_expand(png);  // palette to colours, 1, 2 and 4 bits to 8, a transparent colour to alpha
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_bgr(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, reader.info);
  return true;
}

bool read_rows_step(PngReader& reader) {
  // NOLINTNEXTLINE(cert-err52-cpp)
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_read_image(reader.png, reader.rows.data());
  png_read_end(reader.png, nullptr);
  return true;
}

struct Remarks {
  bool animated = false;
  int orientation = 1;
};

Remarks find_remarks(ByteView png) {
  Remarks remarks;
  size_t offset = kSignatureSize;
  while (png.has(offset, kChunkFrame) && !png.matches(offset + 4, "IEND")) {
    const size_t length = png.be32(offset);
    if (png.matches(offset + 4, "acTL")) remarks.animated = true;
    if (png.matches(offset + 4, "eXIf")) remarks.orientation = exif_orientation(png.part(offset + 8, length));
    offset += kChunkFrame + length;
  }
  return remarks;
}

void note_oddities(const PngReader& reader, const Remarks& remarks, RawPicture& raw) {
  const uint32_t depth = reader.source.u8(24);
  const uint32_t colour_type = reader.source.u8(25);
  if ((colour_type & PNG_COLOR_MASK_COLOR) == 0) raw.oddities.emplace_back("grey");
  if (colour_type == PNG_COLOR_TYPE_PALETTE) raw.oddities.emplace_back("palette");
  if (depth == 16) raw.oddities.emplace_back("16-bit");
  if (remarks.animated) raw.oddities.emplace_back("animated");
}

}  // namespace

Result<PictureSize> read_png_size(ByteView png) {
  if (!png.has(0, 33)) return Error{ErrorCode::kCorrupt, "the PNG data end early (truncated file)"};
  const uint32_t width = png.be32(16);
  const uint32_t height = png.be32(20);
  constexpr uint32_t kMost = 0x7FFFFFFF;
  if (!png.matches(12, "IHDR") || width == 0 || height == 0 || width > kMost || height > kMost) {
    return Error{ErrorCode::kCorrupt, "damaged PNG: no valid IHDR chunk at the start"};
  }
  return PictureSize{static_cast<int>(width), static_cast<int>(height)};
}

Result<RawPicture> decode_png(ByteView png) {
  SLEEVE_TRY(const PictureSize size, read_png_size(png));
  PngReader reader(png);
  if (reader.info == nullptr) return Error{ErrorCode::kIo, "no memory for a PNG decoder"};
  if (!read_header_step(reader)) return reader.error();
  const int channels = png_get_channels(reader.png, reader.info);
  assert(channels == 3 || channels == 4);
  RawPicture raw;
  raw.pixels.create(size.height, size.width, channels == 4 ? CV_8UC4 : CV_8UC3);
  for (int y = 0; y < size.height; ++y) reader.rows.push_back(raw.pixels.ptr(y));
  if (!read_rows_step(reader)) return reader.error();
  const Remarks remarks = find_remarks(png);
  raw.orientation = remarks.orientation;
  note_oddities(reader, remarks, raw);
  return raw;
}

}  // namespace sleeve
