// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_PICTURE_TESTING_H_
#define SLEEVE_IMAGE_PICTURE_TESTING_H_

#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/file.h"
#include "base/rng.h"
#include "image/picture.h"

// Pictures and files that the room's tests build for themselves.
namespace sleeve::testing {

// Smooth coloured blotches with some grain: like a cover, and different for each seed.
inline cv::Mat textured(int width, int height, uint64_t seed = 1, int type = CV_8UC3) {
  Rng rng(seed);
  cv::Mat coarse(9, 9, type);
  for (int y = 0; y < coarse.rows; ++y) {
    for (size_t i = 0; i < static_cast<size_t>(coarse.cols) * coarse.elemSize(); ++i) {
      coarse.ptr(y)[i] = static_cast<uchar>(rng.below(256));
    }
  }
  cv::Mat picture;
  cv::resize(coarse, picture, {width, height}, 0, 0, cv::INTER_CUBIC);
  for (int y = 0; y < height; ++y) {
    for (size_t i = 0; i < static_cast<size_t>(width) * picture.elemSize(); ++i) {
      picture.ptr(y)[i] =
          cv::saturate_cast<uchar>(static_cast<int>(picture.ptr(y)[i]) + static_cast<int>(rng.below(9)) - 4);
    }
  }
  return picture;
}

inline Bytes to_bytes(std::string_view text) {
  Bytes bytes(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

inline std::string to_text(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The picture as a file of the kind that `ending` (".jpg") names.
inline Bytes encoded(const cv::Mat& picture, const std::string& ending,
                     const std::vector<int>& options = {}) {
  std::vector<uchar> buffer;
  cv::imencode(ending, picture, buffer, options);
  Bytes bytes(buffer.size());
  std::memcpy(bytes.data(), buffer.data(), buffer.size());
  return bytes;
}

// What OpenCV's imread makes of it.
inline cv::Mat opencv_decoded(const Bytes& bytes, int flags = cv::IMREAD_COLOR) {
  const std::vector<uchar> copy(reinterpret_cast<const uchar*>(bytes.data()),
                                reinterpret_cast<const uchar*>(bytes.data()) + bytes.size());
  return cv::imdecode(copy, flags);
}

// The largest difference of any value; 256 if sizes or types differ.
inline double largest_difference(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size() || a.type() != b.type()) return 256;
  return cv::norm(a, b, cv::NORM_INF);
}

inline std::string big_endian(uint32_t value, int count) {
  std::string text;
  for (int i = count - 1; i >= 0; --i) text.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  return text;
}

inline std::string little_endian(uint32_t value, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  return text;
}

// A TIFF structure that holds only an orientation.
inline std::string exif_block(uint32_t orientation) {
  return "MM" + big_endian(42, 2) + big_endian(8, 4) + big_endian(1, 2) + big_endian(0x0112, 2) +
         big_endian(3, 2) + big_endian(1, 4) + big_endian(orientation, 2) + big_endian(0, 2) +
         big_endian(0, 4);
}

// The JPEG with a segment put in behind its first marker.
inline Bytes with_jpeg_segment(const Bytes& jpeg, uint32_t marker, const std::string& body) {
  std::string text = to_text(jpeg);
  text.insert(2,
              "\xFF" + big_endian(marker, 1) + big_endian(static_cast<uint32_t>(body.size()) + 2, 2) + body);
  return to_bytes(text);
}

// One chunk of a PNG, with its checksum.
inline std::string png_chunk(const std::string& name, const std::string& body) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char c : name + body) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return big_endian(static_cast<uint32_t>(body.size()), 4) + name + body + big_endian(~crc, 4);
}

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1A\n";

inline std::string png_header(uint32_t width, uint32_t height, uint32_t depth, uint32_t colour_type) {
  return std::string(kPngSignature) +
         png_chunk("IHDR", big_endian(width, 4) + big_endian(height, 4) + big_endian(depth, 1) +
                               big_endian(colour_type, 1) + std::string(3, '\0'));
}

// The PNG with chunks put in behind its IHDR.
inline Bytes with_png_chunks(const Bytes& png, const std::string& chunks) {
  std::string text = to_text(png);
  text.insert(33, chunks);
  return to_bytes(text);
}

// One chunk of a RIFF file.
inline std::string riff_chunk(const std::string& name, const std::string& body) {
  return name + little_endian(static_cast<uint32_t>(body.size()), 4) + body +
         std::string(body.size() % 2, '\0');
}

// Data that zlib inflates to `raw`: stored blocks, no compression.
inline std::string zlib_stored(const std::string& raw) {
  std::string text = "\x78\x01";
  uint32_t a = 1;
  uint32_t b = 0;
  for (const char c : raw) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  const auto size = static_cast<uint32_t>(raw.size());
  text += "\x01" + little_endian(size, 2) + little_endian(~size & 0xFFFF, 2) + raw;
  return text + big_endian(b << 16 | a, 4);
}

inline bool has_oddity(const Picture& picture, std::string_view word) {
  for (const std::string& oddity : picture.oddities) {
    if (oddity == word) return true;
  }
  return false;
}

}  // namespace sleeve::testing

#endif  // SLEEVE_IMAGE_PICTURE_TESTING_H_
