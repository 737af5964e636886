// SPDX-License-Identifier: Apache-2.0
#include "image/bmp_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/picture_testing.h"

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace sleeve::testing;

// A bitmap with BITMAPINFOHEADER; `tables` stands between the header and the rows.
Bytes bitmap(int width, int height, uint32_t bits, uint32_t compression, const std::string& tables,
             const std::string& rows, uint32_t palette_size = 0) {
  const auto pixels_at = static_cast<uint32_t>(54 + tables.size());
  return to_bytes("BM" + little_endian(pixels_at + static_cast<uint32_t>(rows.size()), 4) +
                  little_endian(0, 4) + little_endian(pixels_at, 4) + little_endian(40, 4) +
                  little_endian(static_cast<uint32_t>(width), 4) +
                  little_endian(static_cast<uint32_t>(height), 4) + little_endian(1, 2) +
                  little_endian(bits, 2) + little_endian(compression, 4) + std::string(12, '\0') +
                  little_endian(palette_size, 4) + little_endian(0, 4) + tables + rows);
}

TEST(BmpDecoder, ColourComesOutAsItWentIn) {
  const cv::Mat picture = textured(61, 43);
  const auto decoded = decode_picture(encoded(picture, ".bmp"));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_EQ(PictureFormat::kBmp, decoded->format);
  EXPECT_EQ(0, largest_difference(picture, decoded->bgr));
  EXPECT_THAT(decoded->oddities, IsEmpty());
}

TEST(BmpDecoder, AGreyPictureIsAPalette) {
  const cv::Mat picture = textured(45, 40, 2, CV_8UC1);
  const auto decoded = decode_picture(encoded(picture, ".bmp"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->oddities, ElementsAre("palette"));
  EXPECT_EQ(0, largest_difference(picture, decoded->grey));
}

TEST(BmpDecoder, OneBitTopDown) {
  const std::string palette("\1\2\3\0\xF1\xF2\xF3\0", 8);
  const auto decoded = decode_picture(bitmap(3, -2, 1, 0, palette, std::string("\xA0\0\0\0\x40\0\0\0", 8)));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  const cv::Vec3b dark(1, 2, 3);
  const cv::Vec3b light(0xF1, 0xF2, 0xF3);
  EXPECT_EQ(light, decoded->bgr.at<cv::Vec3b>(0, 0));
  EXPECT_EQ(dark, decoded->bgr.at<cv::Vec3b>(0, 1));
  EXPECT_EQ(light, decoded->bgr.at<cv::Vec3b>(0, 2));
  EXPECT_EQ(light, decoded->bgr.at<cv::Vec3b>(1, 1));
}

TEST(BmpDecoder, FourBitsBeyondThePaletteAreBlack) {
  const std::string palette("\x10\x20\x30\0", 4);
  const auto decoded = decode_picture(bitmap(2, 1, 4, 0, palette, std::string("\x0F\0\0\0", 4), 1));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(cv::Vec3b(0x10, 0x20, 0x30), decoded->bgr.at<cv::Vec3b>(0, 0));
  EXPECT_EQ(cv::Vec3b(0, 0, 0), decoded->bgr.at<cv::Vec3b>(0, 1));
}

TEST(BmpDecoder, SixteenBitsByMasks) {
  const std::string masks = little_endian(0xF800, 4) + little_endian(0x07E0, 4) + little_endian(0x001F, 4);
  const std::string row = little_endian(0xF800, 2) + little_endian(0x07FF, 2);
  const auto decoded = decode_picture(bitmap(2, 1, 16, 3, masks, row));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(cv::Vec3b(0, 0, 255), decoded->bgr.at<cv::Vec3b>(0, 0));
  EXPECT_EQ(cv::Vec3b(255, 255, 0), decoded->bgr.at<cv::Vec3b>(0, 1));
}

TEST(BmpDecoder, TheFourthChannelIsIgnored) {
  const auto decoded = decode_picture(bitmap(1, 1, 32, 0, "", std::string("\x10\x20\x30\0", 4)));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(cv::Vec3b(0x10, 0x20, 0x30), decoded->bgr.at<cv::Vec3b>(0, 0));
}

TEST(BmpDecoder, RunLengthCodingIsUnsupported) {
  const auto decoded = decode_picture(bitmap(4, 4, 8, 1, std::string(1024, '\0'), std::string(64, '\0')));
  EXPECT_EQ(ErrorCode::kUnsupported, decoded.error().code);
  EXPECT_THAT(decoded.error().message, HasSubstr("compression 1"));
}

TEST(BmpDecoder, EveryTruncationIsAnError) {
  const Bytes whole = encoded(textured(10, 10), ".bmp");
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto decoded = decode_picture(std::span(whole).first(size));
    ASSERT_FALSE(decoded.ok()) << size;
    EXPECT_EQ(ErrorCode::kCorrupt, decoded.error().code);
  }
}

TEST(BmpDecoder, NoExtentIsAnError) {
  for (const int width : {0, -5}) {
    const auto decoded = decode_picture(bitmap(width, 4, 24, 0, "", std::string(64, '\0')));
    EXPECT_EQ(ErrorCode::kCorrupt, decoded.error().code);
  }
  EXPECT_EQ(ErrorCode::kCorrupt, decode_picture(bitmap(4, INT32_MIN, 24, 0, "", "")).error().code);
}

}  // namespace
}  // namespace sleeve
