// SPDX-License-Identifier: Apache-2.0
#include "image/jpeg_decoder.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>

#include "image/picture_testing.h"

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace sleeve::testing;

// A JPEG by TurboJPEG, which writes kinds that OpenCV can't.
Bytes turbo_encoded(const cv::Mat& picture, int pixel_format, int subsampling, int flags = 0) {
  const std::unique_ptr<void, int (*)(void*)> handle(tjInitCompress(), tjDestroy);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(0, tjCompress2(handle.get(), picture.data, picture.cols, static_cast<int>(picture.step[0]),
                           picture.rows, pixel_format, &buffer, &size, subsampling, 90, flags));
  const auto* begin = reinterpret_cast<const std::byte*>(buffer);
  Bytes bytes(begin, begin + size);
  tjFree(buffer);
  return bytes;
}

TEST(JpegDecoder, PixelsAreThoseOfOpenCvBitForBit) {
  const cv::Mat picture = textured(203, 157);  // no multiple of a block: edges count
  for (const int subsampling : {TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440, TJSAMP_411}) {
    for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
      const Bytes jpeg = turbo_encoded(picture, TJPF_BGR, subsampling, flags);
      const auto decoded = decode_picture(jpeg);
      ASSERT_TRUE(decoded.ok()) << decoded.error().message;
      EXPECT_EQ(0, largest_difference(decoded->bgr, opencv_decoded(jpeg))) << subsampling << " " << flags;
      EXPECT_THAT(decoded->oddities, IsEmpty());
    }
  }
}

TEST(JpegDecoder, GreyComesOutInThreeEqualChannels) {
  const Bytes jpeg = encoded(textured(64, 48, 3, CV_8UC1), ".jpg");
  const auto decoded = decode_picture(jpeg);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(0, largest_difference(decoded->bgr, opencv_decoded(jpeg)));
  EXPECT_EQ(0, largest_difference(decoded->grey, opencv_decoded(jpeg, cv::IMREAD_GRAYSCALE)));
  EXPECT_THAT(decoded->oddities, ElementsAre("grey"));
}

TEST(JpegDecoder, CmykIsConverted) {
  // TurboJPEG writes Adobe's inverted kind, as YCCK; OpenCV's own conversion is the judge.
  const cv::Mat ink = textured(64, 64, 5, CV_8UC4);
  const Bytes jpeg = turbo_encoded(ink, TJPF_CMYK, TJSAMP_444);
  const auto decoded = decode_picture(jpeg);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_THAT(decoded->oddities, ElementsAre("cmyk"));
  EXPECT_LE(largest_difference(decoded->bgr, opencv_decoded(jpeg)), 2);
  // No ink at all is white, black ink alone black.
  const auto white =
      decode_picture(turbo_encoded(cv::Mat(40, 40, CV_8UC4, cv::Scalar::all(255)), TJPF_CMYK, TJSAMP_444));
  EXPECT_EQ(cv::Vec3b(255, 255, 255), white->bgr.at<cv::Vec3b>(20, 20));
  const auto black = decode_picture(
      turbo_encoded(cv::Mat(40, 40, CV_8UC4, cv::Scalar(255, 255, 255, 0)), TJPF_CMYK, TJSAMP_444));
  EXPECT_EQ(cv::Vec3b(0, 0, 0), black->bgr.at<cv::Vec3b>(20, 20));
}

TEST(JpegDecoder, EveryTruncationIsAnError) {
  for (const int progressive : {0, 1}) {
    const Bytes whole = encoded(textured(40, 40), ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, progressive});
    ASSERT_TRUE(decode_picture(whole).ok());
    for (size_t size = 0; size < whole.size(); ++size) {
      const auto decoded = decode_picture(std::span(whole).first(size));
      ASSERT_FALSE(decoded.ok()) << size << " of " << whole.size();
      EXPECT_EQ(ErrorCode::kCorrupt, decoded.error().code);
      if (size > 4) {
        EXPECT_THAT(decoded.error().message, HasSubstr("end early")) << size;
      }
    }
  }
}

TEST(JpegDecoder, DamagedDataAreAnError) {
  Bytes jpeg = encoded(textured(80, 80), ".jpg", {cv::IMWRITE_JPEG_RST_INTERVAL, 2});
  // A marker in the middle of the picture data ends them before all blocks are there.
  jpeg[jpeg.size() / 2] = std::byte{0xFF};
  jpeg[jpeg.size() / 2 + 1] = std::byte{0xD9};
  const auto decoded = decode_picture(jpeg);
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(decoded.error().message, HasSubstr("damaged JPEG"));
}

TEST(JpegDecoder, HarmlessOddBytesAreAccepted) {
  const Bytes jpeg = encoded(textured(40, 40), ".jpg");
  // Stray bytes between the picture data and the end marker, and some behind it, as old tools leave.
  std::string text = to_text(jpeg);
  text.insert(text.size() - 2, std::string(3, '\x55'));
  text += "garbage";
  const auto decoded = decode_picture(to_bytes(text));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_EQ(0, largest_difference(decoded->bgr, opencv_decoded(jpeg)));
}

TEST(JpegDecoder, AHarmlessWarningDoesNotHideATruncation) {
  // libjpeg reports only its first warning; here that is the odd JFIF version.
  std::string text = to_text(encoded(textured(40, 40), ".jpg"));
  const size_t version = text.find(std::string("JFIF\0", 5)) + 5;
  text[version] = 9;
  ASSERT_TRUE(decode_picture(to_bytes(text)).ok());
  const auto decoded = decode_picture(to_bytes(text.substr(0, text.size() - 40)));
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(decoded.error().message, HasSubstr("end early"));
}

TEST(JpegDecoder, KindsThatCannotBeReadSaySo) {
  Bytes jpeg = encoded(textured(40, 40), ".jpg");
  const std::string text = to_text(jpeg);
  const size_t frame = text.find(std::string("\xFF\xC0", 2));
  ASSERT_NE(std::string::npos, frame);
  std::string lossless = text;
  lossless[frame + 1] = '\xC3';
  auto decoded = decode_picture(to_bytes(lossless));
  EXPECT_EQ(ErrorCode::kUnsupported, decoded.error().code);
  EXPECT_THAT(decoded.error().message, HasSubstr("lossless"));
  std::string deep = text;
  deep[frame + 4] = 12;
  decoded = decode_picture(to_bytes(deep));
  EXPECT_EQ(ErrorCode::kUnsupported, decoded.error().code);
  EXPECT_THAT(decoded.error().message, HasSubstr("12 bits"));
}

TEST(JpegDecoder, ScanBombIsStopped) {
  // Thousands of empty scans over the same picture would each cost a pass over all of it.
  const std::string text = to_text(encoded(textured(32, 32), ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  const size_t last = text.rfind(std::string("\xFF\xDA", 2));
  const std::string scan = text.substr(last, text.size() - 2 - last);
  std::string bomb = text.substr(0, text.size() - 2);
  for (int i = 0; i < 2000; ++i) bomb += scan;
  bomb += text.substr(text.size() - 2);
  const auto decoded = decode_picture(to_bytes(bomb));
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(decoded.error().message, HasSubstr("damaged JPEG"));
}

TEST(JpegDecoder, ExifTurnsUprightAsOpenCvDoes) {
  const Bytes plain = encoded(textured(60, 40), ".jpg");
  for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
    const Bytes jpeg = with_jpeg_segment(plain, 0xE1, std::string("Exif\0\0", 6) + exif_block(orientation));
    const auto decoded = decode_picture(jpeg);
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(0, largest_difference(decoded->bgr, opencv_decoded(jpeg))) << orientation;
    EXPECT_EQ(orientation != 1, has_oddity(*decoded, "exif-rotated")) << orientation;
    EXPECT_EQ(orientation >= 5 ? 40 : 60, decoded->width());
  }
}

}  // namespace
}  // namespace sleeve
