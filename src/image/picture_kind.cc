// SPDX-License-Identifier: Apache-2.0
#include "image/picture_kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace sleeve {
namespace {

using std::string_view_literals::operator""sv;

// `word` at `offset` makes the bytes a `name`.
struct Signature {
  size_t offset;
  std::string_view word;
  std::string_view name;
};

struct KnownFormat {
  std::string_view word;
  PictureFormat format;
};

constexpr std::array kKnownFormats = {
    KnownFormat{"\xFF\xD8\xFF"sv, PictureFormat::kJpeg},
    KnownFormat{"\x89PNG\r\n\x1A\n"sv, PictureFormat::kPng},
    KnownFormat{"II*\0"sv, PictureFormat::kTiff},
    KnownFormat{"MM\0*"sv, PictureFormat::kTiff},
};

// Pictures, but not for sleeve. Longer words stand before those that begin like them.
constexpr std::array kForeignPictures = {
    Signature{0, "GIF8"sv, "GIF"},
    Signature{4, "ftypavif"sv, "AVIF"},
    Signature{4, "ftypavis"sv, "AVIF"},
    Signature{4, "ftypheic"sv, "HEIC"},
    Signature{4, "ftypheix"sv, "HEIC"},
    Signature{4, "ftyphevc"sv, "HEIC"},
    Signature{4, "ftypheim"sv, "HEIC"},
    Signature{4, "ftypheis"sv, "HEIC"},
    Signature{4, "ftypmif1"sv, "HEIF"},
    Signature{4, "ftypmsf1"sv, "HEIF"},
    Signature{0, "8BPS"sv, "Photoshop (PSD)"},
    Signature{0, "II+\0"sv, "BigTIFF"},
    Signature{0, "MM\0+"sv, "BigTIFF"},
    Signature{0, "II\xBC\x01"sv, "JPEG XR"},
    Signature{0, "\xFF\x0A"sv, "JPEG XL"},
    Signature{0, "\0\0\0\x0CJXL "sv, "JPEG XL"},
    Signature{0, "\0\0\0\x0CjP  "sv, "JPEG 2000"},
    Signature{0, "\xFF\x4F\xFF\x51"sv, "JPEG 2000"},
    Signature{0, "\0\0\1\0"sv, "icon (ICO)"},
    Signature{0, "v/1\1"sv, "OpenEXR"},
    Signature{0, "qoif"sv, "QOI"},
    Signature{0, "DDS "sv, "DirectDraw (DDS)"},
    Signature{0, "gimp xcf"sv, "GIMP (XCF)"},
    Signature{0, "%PDF-"sv, "PDF"},
    Signature{0, "%!PS"sv, "PostScript"},
};

constexpr std::array kNotPictures = {
    Signature{0, "PK\3\4"sv, "a ZIP archive"},
    Signature{0, "\x1F\x8B"sv, "a gzip archive"},
    Signature{0, "Rar!"sv, "a RAR archive"},
    Signature{0, "7z\xBC\xAF"sv, "a 7-Zip archive"},
    Signature{0, "ID3"sv, "an MP3 file"},
    Signature{0, "fLaC"sv, "a FLAC file"},
    Signature{0, "OggS"sv, "an Ogg file"},
    Signature{4, "ftyp"sv, "an MP4 video"},
    Signature{0, "RIFF"sv, "sound or video (RIFF)"},
    Signature{0, "SQLite format 3"sv, "an SQLite database"},
    Signature{0,
              "\x7F"
              "ELF"sv,
              "a program"},
};

// The start of the bytes in lower case, without a byte order mark and white space in front.
std::string lower_start(ByteView bytes) {
  constexpr size_t kEnough = 1024;
  std::string text;
  for (size_t i = bytes.matches(0, "\xEF\xBB\xBF") ? 3 : 0; i < std::min(bytes.size(), kEnough); ++i) {
    text.push_back(static_cast<char>(std::tolower(static_cast<int>(bytes.u8(i)))));
  }
  return std::string(trim(text));
}

bool is_text(std::string_view start) {
  return !start.empty() && std::ranges::all_of(start, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r';
  }) && printable(start.substr(0, 16)).find("\\x") == std::string::npos;
}

// What bytes without a signature look like.
std::string_view describe_unknown(ByteView bytes, std::string_view start) {
  if (start.starts_with("<!doctype html") || start.starts_with("<html") ||
      start.find("<html") != std::string_view::npos) {
    return "looks like HTML";
  }
  if (start.starts_with("<?xml")) return "looks like XML";
  if (start.starts_with("{") || start.starts_with("[")) return "looks like JSON";
  if (is_text(start)) return "looks like text";
  const auto front = bytes.part(0, 64).bytes();
  if (std::ranges::all_of(front, [](std::byte b) { return b == std::byte{0}; })) {
    return "begins with zeros: a download or disk that failed?";
  }
  return "its first bytes are those of no known format";
}

Error unsupported(std::string_view name) {
  return make_error(ErrorCode::kUnsupported,
                    "is of the format {}, which sleeve can't read; convert it to PNG or JPEG", name);
}

Error not_a_picture(std::string_view why) {
  return make_error(ErrorCode::kCorrupt, "is not a picture ({})", why);
}

bool has_signature(ByteView bytes, const Signature& signature) {
  return bytes.matches(signature.offset, signature.word);
}

std::optional<PictureFormat> known_format(ByteView bytes) {
  for (const KnownFormat& known : kKnownFormats) {
    if (bytes.matches(0, known.word)) return known.format;
  }
  if (bytes.matches(0, "RIFF") && bytes.matches(8, "WEBP")) return PictureFormat::kWebp;
  // "BM" may begin a text; a bitmap's reserved fields and header length are no letters.
  if (bytes.matches(0, "BM") && bytes.has(0, 18) && bytes.le32(14) <= 1024) return PictureFormat::kBmp;
  return std::nullopt;
}

}  // namespace

Result<PictureFormat> recognise_picture(ByteView bytes) {
  if (bytes.size() == 0) return Error{ErrorCode::kCorrupt, "the file is empty"};
  if (const auto format = known_format(bytes)) return *format;
  for (const Signature& signature : kForeignPictures) {
    if (has_signature(bytes, signature)) return unsupported(signature.name);
  }
  for (const Signature& signature : kNotPictures) {
    if (has_signature(bytes, signature)) return not_a_picture(fmt::format("is {}", signature.name));
  }
  const std::string start = lower_start(bytes);
  const bool markup = start.starts_with("<");
  if (markup && !start.starts_with("<!doctype html") && !start.starts_with("<html") &&
      start.find("<svg") != std::string::npos) {
    return unsupported("SVG");
  }
  return not_a_picture(describe_unknown(bytes, start));
}

}  // namespace sleeve
