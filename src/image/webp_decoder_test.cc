// SPDX-License-Identifier: Apache-2.0
#include "image/webp_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/picture_testing.h"

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace sleeve::testing;

constexpr int kLossless = 101;  // OpenCV's quality above 100

// An extended WebP: canvas flags, then the chunks.
Bytes extended_webp(uint32_t flags, int width, int height, const std::string& chunks) {
  const std::string canvas = little_endian(flags, 4) + little_endian(static_cast<uint32_t>(width - 1), 3) +
                             little_endian(static_cast<uint32_t>(height - 1), 3);
  return to_bytes(riff_chunk("RIFF", "WEBP" + riff_chunk("VP8X", canvas) + chunks));
}

// The picture chunks of a plain WebP.
std::string chunks_of(const Bytes& webp) { return to_text(webp).substr(12); }

TEST(WebpDecoder, LosslessComesOutAsItWentIn) {
  const cv::Mat picture = textured(61, 43);
  const auto decoded = decode_picture(encoded(picture, ".webp", {cv::IMWRITE_WEBP_QUALITY, kLossless}));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(PictureFormat::kWebp, decoded->format);
  EXPECT_EQ(0, largest_difference(picture, decoded->bgr));
  EXPECT_THAT(decoded->oddities, IsEmpty());
}

TEST(WebpDecoder, LossyIsWhatOpenCvReads) {
  const Bytes webp = encoded(textured(61, 43), ".webp", {cv::IMWRITE_WEBP_QUALITY, 80});
  const auto decoded = decode_picture(webp);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(0, largest_difference(decoded->bgr, opencv_decoded(webp)));
}

TEST(WebpDecoder, AlphaIsCompositedOnWhite) {
  cv::Mat picture(40, 40, CV_8UC4, cv::Scalar(10, 20, 30, 255));
  picture.rowRange(0, 20).setTo(cv::Scalar(0, 0, 0, 0));
  const auto decoded = decode_picture(encoded(picture, ".webp", {cv::IMWRITE_WEBP_QUALITY, kLossless}));
  ASSERT_TRUE(decoded.ok());
  EXPECT_THAT(decoded->oddities, ElementsAre("alpha"));
  EXPECT_EQ(cv::Vec3b(255, 255, 255), decoded->bgr.at<cv::Vec3b>(3, 3));
  EXPECT_EQ(cv::Vec3b(10, 20, 30), decoded->bgr.at<cv::Vec3b>(30, 3));
}

TEST(WebpDecoder, AnimationGivesItsFirstFrameOnWhite) {
  const cv::Mat picture = textured(40, 36);
  const std::string frame = little_endian(2, 3) + little_endian(3, 3) + little_endian(39, 3) +
                            little_endian(35, 3) + little_endian(50, 3) + std::string(1, '\0') +
                            chunks_of(encoded(picture, ".webp", {cv::IMWRITE_WEBP_QUALITY, kLossless}));
  const Bytes webp =
      extended_webp(0x02, 50, 50, riff_chunk("ANIM", std::string(6, '\0')) + riff_chunk("ANMF", frame));
  const auto decoded = decode_picture(webp);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_TRUE(has_oddity(*decoded, "animated"));
  ASSERT_EQ(cv::Size(50, 50), decoded->bgr.size());
  EXPECT_EQ(0, largest_difference(picture, decoded->bgr(cv::Rect(4, 6, 40, 36)).clone()));
  EXPECT_EQ(cv::Vec3b(255, 255, 255), decoded->bgr.at<cv::Vec3b>(0, 0));
}

TEST(WebpDecoder, AFrameOutsideOfItsCanvasIsAnError) {
  const std::string frame = little_endian(20, 3) + little_endian(0, 3) + little_endian(39, 3) +
                            little_endian(39, 3) + little_endian(50, 3) + std::string(1, '\0') +
                            chunks_of(encoded(textured(40, 40), ".webp"));
  const auto decoded = decode_picture(extended_webp(0x02, 50, 50, riff_chunk("ANMF", frame)));
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(decoded.error().message, HasSubstr("damaged WebP"));
}

TEST(WebpDecoder, ExifTurnsUpright) {
  const cv::Mat picture = textured(60, 40);
  const std::string picture_chunks =
      chunks_of(encoded(picture, ".webp", {cv::IMWRITE_WEBP_QUALITY, kLossless}));
  cv::Mat turned;
  cv::rotate(picture, turned, cv::ROTATE_180);
  for (const std::string& prefix : {std::string(), std::string("Exif\0\0", 6)}) {
    const auto decoded = decode_picture(
        extended_webp(0x08, 60, 40, picture_chunks + riff_chunk("EXIF", prefix + exif_block(3))));
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    EXPECT_THAT(decoded->oddities, ElementsAre("exif-rotated"));
    EXPECT_EQ(0, largest_difference(turned, decoded->bgr));
  }
}

TEST(WebpDecoder, EveryTruncationIsAnError) {
  for (const int quality : {60, kLossless}) {
    const Bytes whole = encoded(textured(32, 32, 4, CV_8UC4), ".webp", {cv::IMWRITE_WEBP_QUALITY, quality});
    for (size_t size = 0; size < whole.size(); ++size) {
      const auto decoded = decode_picture(std::span(whole).first(size));
      ASSERT_FALSE(decoded.ok()) << size << " of " << whole.size();
      EXPECT_EQ(ErrorCode::kCorrupt, decoded.error().code);
      if (size >= 12) {
        EXPECT_THAT(decoded.error().message, HasSubstr("end early")) << size;
      }
    }
  }
}

TEST(WebpDecoder, AFrameSmallerThanItsCanvasSaysIsAnError) {
  const std::string chunks = chunks_of(encoded(textured(40, 40), ".webp"));
  const auto decoded = decode_picture(extended_webp(0, 60, 40, chunks));
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(decoded.error().message, HasSubstr("damaged WebP"));
}

}  // namespace
}  // namespace sleeve
