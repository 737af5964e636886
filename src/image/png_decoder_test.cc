// SPDX-License-Identifier: Apache-2.0
#include "image/png_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/picture_testing.h"

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace sleeve::testing;

TEST(PngDecoder, ColourComesOutAsItWentIn) {
  const cv::Mat picture = textured(61, 43);
  const auto decoded = decode_picture(encoded(picture, ".png"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(PictureFormat::kPng, decoded->format);
  EXPECT_EQ(0, largest_difference(picture, decoded->bgr));
  EXPECT_THAT(decoded->oddities, IsEmpty());
}

TEST(PngDecoder, GreyAndSixteenBitAreReduced) {
  const cv::Mat grey = textured(50, 40, 2, CV_8UC1);
  cv::Mat deep;
  grey.convertTo(deep, CV_16UC1, 256);
  const auto decoded = decode_picture(encoded(deep, ".png"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->oddities, ElementsAre("grey", "16-bit"));
  EXPECT_EQ(0, largest_difference(grey, decoded->grey));
}

TEST(PngDecoder, OneBitIsExpanded) {
  cv::Mat bilevel;
  cv::threshold(textured(45, 40, 2, CV_8UC1), bilevel, 128, 255, cv::THRESH_BINARY);
  const auto decoded = decode_picture(encoded(bilevel, ".png", {cv::IMWRITE_PNG_BILEVEL, 1}));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(0, largest_difference(bilevel, decoded->grey));
}

TEST(PngDecoder, AlphaIsCompositedOnWhite) {
  cv::Mat picture(40, 40, CV_8UC4, cv::Scalar(10, 20, 30, 255));
  picture.at<cv::Vec4b>(0, 0) = {10, 20, 30, 0};
  picture.at<cv::Vec4b>(0, 1) = {0, 0, 0, 128};
  const auto decoded = decode_picture(encoded(picture, ".png"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->oddities, ElementsAre("alpha"));
  EXPECT_EQ(cv::Vec3b(255, 255, 255), decoded->bgr.at<cv::Vec3b>(0, 0));
  EXPECT_EQ(cv::Vec3b(127, 127, 127), decoded->bgr.at<cv::Vec3b>(0, 1));
  EXPECT_EQ(cv::Vec3b(10, 20, 30), decoded->bgr.at<cv::Vec3b>(5, 5));
}

TEST(PngDecoder, AnAlphaChannelThatHidesNothingIsNotOdd) {
  const auto decoded = decode_picture(encoded(cv::Mat(40, 40, CV_8UC4, cv::Scalar(1, 2, 3, 255)), ".png"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->oddities, IsEmpty());
}

TEST(PngDecoder, PaletteWithATransparentColour) {
  const std::string rows = std::string("\0\0\1\2", 4) + std::string("\0\2\1\0", 4);
  const Bytes png = to_bytes(
      png_header(3, 2, 8, 3) + png_chunk("PLTE", std::string("\xFF\0\0\0\xFF\0\0\0\xFF", 9)) +
      png_chunk("tRNS", std::string("\0", 1)) + png_chunk("IDAT", zlib_stored(rows)) + png_chunk("IEND", ""));
  const auto decoded = decode_picture(png);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_THAT(decoded->oddities, ElementsAre("palette", "alpha", "tiny"));
  EXPECT_EQ(cv::Vec3b(255, 255, 255), decoded->bgr.at<cv::Vec3b>(0, 0));  // red, but transparent
  EXPECT_EQ(cv::Vec3b(0, 255, 0), decoded->bgr.at<cv::Vec3b>(0, 1));
  EXPECT_EQ(cv::Vec3b(255, 0, 0), decoded->bgr.at<cv::Vec3b>(1, 0));
}

TEST(PngDecoder, AnimationGivesItsStillPicture) {
  const cv::Mat picture = textured(40, 40);
  const Bytes png =
      with_png_chunks(encoded(picture, ".png"), png_chunk("acTL", big_endian(2, 4) + big_endian(0, 4)));
  const auto decoded = decode_picture(png);
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->oddities, ElementsAre("animated"));
  EXPECT_EQ(0, largest_difference(picture, decoded->bgr));
}

TEST(PngDecoder, ExifTurnsUpright) {
  const cv::Mat picture = textured(60, 40);
  const auto decoded =
      decode_picture(with_png_chunks(encoded(picture, ".png"), png_chunk("eXIf", exif_block(6))));
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->oddities, ElementsAre("exif-rotated"));
  cv::Mat turned;
  cv::rotate(picture, turned, cv::ROTATE_90_CLOCKWISE);
  EXPECT_EQ(0, largest_difference(turned, decoded->bgr));
}

TEST(PngDecoder, EveryTruncationIsAnError) {
  const Bytes whole = encoded(textured(24, 20), ".png");
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto decoded = decode_picture(std::span(whole).first(size));
    ASSERT_FALSE(decoded.ok()) << size << " of " << whole.size();
    EXPECT_EQ(ErrorCode::kCorrupt, decoded.error().code);
    if (size >= 8) {
      EXPECT_THAT(decoded.error().message, HasSubstr("end early")) << size;
    }
  }
}

TEST(PngDecoder, EveryDamagedByteOfThePictureDataIsAnError) {
  const Bytes whole = encoded(textured(16, 16), ".png");
  const std::string text = to_text(whole);
  const size_t data = text.find("IDAT");
  for (size_t i = data + 4; i < text.find("IEND") - 4; ++i) {
    Bytes damaged = whole;
    damaged[i] ^= std::byte{0x10};
    EXPECT_FALSE(decode_picture(damaged).ok()) << i;
  }
}

TEST(PngDecoder, DamagedDataAreNotPrintedAbout) {
  const Bytes whole = encoded(textured(24, 24), ".png");
  // A colour profile that makes libpng warn, data that make it fail.
  const Bytes odd_profile = with_png_chunks(whole, png_chunk("iCCP", "x"));
  Bytes damaged = whole;
  damaged[damaged.size() / 2] ^= std::byte{1};
  ::testing::internal::CaptureStderr();
  const bool read = decode_picture(odd_profile).ok();
  const bool read_damaged = decode_picture(damaged).ok();
  EXPECT_EQ("", ::testing::internal::GetCapturedStderr());
  EXPECT_TRUE(read);
  EXPECT_FALSE(read_damaged);
}

}  // namespace
}  // namespace sleeve
