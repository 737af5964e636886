// SPDX-License-Identifier: Apache-2.0
#include "image/tiff_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/picture_testing.h"
#include "image/tiff_directory.h"

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace sleeve::testing;

struct Field {
  uint32_t tag;
  uint32_t type;  // 3 SHORT, 4 LONG
  uint32_t value;
};

// A little-endian TIFF with one strip, whose pixels stand behind the directory.
std::string tiff_file(std::vector<Field> fields, const std::string& pixels) {
  const auto directory_size = static_cast<uint32_t>(2 + 12 * (fields.size() + 2) + 4);
  fields.push_back({273, 4, 8 + directory_size});
  fields.push_back({279, 4, static_cast<uint32_t>(pixels.size())});
  std::ranges::sort(fields, {}, &Field::tag);
  std::string text = "II" + little_endian(42, 2) + little_endian(8, 4) +
                     little_endian(static_cast<uint32_t>(fields.size()), 2);
  for (const Field& field : fields) {
    text += little_endian(field.tag, 2) + little_endian(field.type, 2) + little_endian(1, 4) +
            little_endian(field.value, 4);
  }
  return text + little_endian(0, 4) + pixels;
}

std::vector<Field> grey_fields(uint32_t width, uint32_t height, uint32_t bits) {
  return {{256, 4, width}, {257, 4, height}, {258, 3, bits},  {259, 3, 1},
          {262, 3, 1},     {277, 3, 1},      {278, 4, height}};
}

TEST(TiffDecoder, EveryUsualLosslessCompression) {
  const cv::Mat picture = textured(61, 43);
  for (const int compression : {1, 5, 8, 32773}) {  // none, LZW, deflate, PackBits
    const auto decoded =
        decode_picture(encoded(picture, ".tiff", {cv::IMWRITE_TIFF_COMPRESSION, compression}));
    ASSERT_TRUE(decoded.ok()) << compression << ": " << decoded.error().message;
    EXPECT_EQ(PictureFormat::kTiff, decoded->format);
    EXPECT_EQ(0, largest_difference(picture, decoded->bgr)) << compression;
    EXPECT_THAT(decoded->oddities, IsEmpty());
  }
}

TEST(TiffDecoder, SixteenBitGreyIsReduced) {
  const cv::Mat grey = textured(50, 40, 2, CV_8UC1);
  cv::Mat deep;
  grey.convertTo(deep, CV_16UC1, 257);
  const auto decoded = decode_picture(encoded(deep, ".tiff"));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_THAT(decoded->oddities, ElementsAre("grey", "16-bit"));
  EXPECT_LE(largest_difference(grey, decoded->grey), 1);
}

TEST(TiffDecoder, FloatingPointIsUnsupported) {
  auto fields = grey_fields(4, 4, 32);
  fields.push_back({339, 3, 3});
  const auto decoded = decode_picture(to_bytes(tiff_file(fields, std::string(64, 'x'))));
  EXPECT_EQ(ErrorCode::kUnsupported, decoded.error().code);
  EXPECT_THAT(decoded.error().message, HasSubstr("floating point"));
}

TEST(TiffDecoder, OrientationTurnsUpright) {
  auto fields = grey_fields(3, 2, 8);
  fields.push_back({274, 3, 6});
  const auto decoded = decode_picture(to_bytes(tiff_file(fields, "\x01\x02\x03\x04\x05\x06")));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_TRUE(has_oddity(*decoded, "exif-rotated"));
  const cv::Mat expected = (cv::Mat_<uchar>(3, 2) << 4, 1, 5, 2, 6, 3);
  EXPECT_EQ(0, largest_difference(expected, decoded->grey));
}

TEST(TiffDecoder, DirectoryFirstAndPixelsCutOff) {
  const std::string whole = tiff_file(grey_fields(8, 8, 8), std::string(64, 'x'));
  ASSERT_TRUE(decode_picture(to_bytes(whole)).ok());
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto decoded = decode_picture(to_bytes(whole.substr(0, size)));
    ASSERT_FALSE(decoded.ok()) << size;
    EXPECT_EQ(ErrorCode::kCorrupt, decoded.error().code);
  }
}

TEST(TiffDecoder, DamagedDataAreAnErrorAndNotPrintedAbout) {
  const Bytes whole = encoded(textured(61, 43), ".tiff", {cv::IMWRITE_TIFF_COMPRESSION, 8});
  Bytes damaged = whole;
  for (size_t i = 60; i < 90; ++i) damaged[i] = std::byte{0xFF};
  ::testing::internal::CaptureStderr();
  const auto decoded = decode_picture(damaged);
  EXPECT_EQ("", ::testing::internal::GetCapturedStderr());
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(decoded.error().message, HasSubstr("damaged TIFF"));
}

TEST(TiffDecoder, AnImpossibleTileIsRefused) {
  auto fields = grey_fields(8, 8, 8);
  fields.push_back({322, 4, 0x7FFFFFF0});
  fields.push_back({323, 4, 0x7FFFFFF0});
  fields.push_back({324, 4, 8});
  fields.push_back({325, 4, 8});
  const auto decoded = decode_picture(to_bytes(tiff_file(fields, std::string(64, 'x'))));
  EXPECT_EQ(ErrorCode::kCorrupt, decoded.error().code);
  EXPECT_THAT(decoded.error().message, HasSubstr("tiles"));
}

TEST(TiffDirectory, NumbersOfEachWidthAndOrder) {
  const std::string little =
      "II" + little_endian(42, 2) + little_endian(8, 4) + little_endian(3, 2) + little_endian(1, 2) +
      little_endian(1, 2) + little_endian(2, 4) + "\x05\x06" + std::string(2, '\0') + little_endian(2, 2) +
      little_endian(3, 2) + little_endian(3, 4) + little_endian(50, 4) + little_endian(3, 2) +
      little_endian(4, 2) + little_endian(1, 4) + little_endian(70000, 4) + little_endian(0, 4) +
      little_endian(7, 2) + little_endian(8, 2) + little_endian(9, 2);
  const Bytes bytes = to_bytes(little);
  const auto directory = TiffDirectory::first(ByteView(bytes));
  ASSERT_TRUE(directory.has_value());
  EXPECT_THAT(directory->numbers(1), ElementsAre(5, 6));     // in the entry itself
  EXPECT_THAT(directory->numbers(2), ElementsAre(7, 8, 9));  // elsewhere
  EXPECT_EQ(70000U, directory->number(3));
  EXPECT_EQ(std::nullopt, directory->number(4));
  const Bytes big = to_bytes(exif_block(7));
  EXPECT_EQ(7U, TiffDirectory::first(ByteView(big))->number(0x0112));
}

TEST(TiffDirectory, WhatLiesOutsideIsMissing) {
  const std::string whole = exif_block(6);
  for (size_t size = 0; size < whole.size() - 4; ++size) {
    const Bytes bytes = to_bytes(whole.substr(0, size));
    EXPECT_FALSE(TiffDirectory::first(ByteView(bytes)).has_value()) << size;
  }
  std::string far = whole;
  far.replace(14, 4, big_endian(0xFFFFFFFF, 4));  // four thousand million orientations
  const Bytes bytes = to_bytes(far);
  EXPECT_EQ(std::nullopt, TiffDirectory::first(ByteView(bytes))->number(0x0112));
}

}  // namespace
}  // namespace sleeve
