// SPDX-License-Identifier: Apache-2.0
#include "image/picture_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/picture_testing.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;
using namespace sleeve::testing;

Error error_for(const std::string& text) {
  const Bytes bytes = to_bytes(text);
  const auto format = recognise_picture(ByteView(bytes));
  EXPECT_FALSE(format.ok()) << text;
  return format.ok() ? Error{ErrorCode::kUsage, ""} : format.error();
}

TEST(PictureKind, FormatsAreKnownByTheirBytes) {
  const cv::Mat picture = textured(40, 40);
  const std::pair<std::string, PictureFormat> cases[] = {{".jpg", PictureFormat::kJpeg},
                                                         {".png", PictureFormat::kPng},
                                                         {".webp", PictureFormat::kWebp},
                                                         {".bmp", PictureFormat::kBmp},
                                                         {".tiff", PictureFormat::kTiff}};
  for (const auto& [ending, format] : cases) {
    const auto header = read_picture_header(encoded(picture, ending));
    ASSERT_TRUE(header.ok()) << ending;
    EXPECT_EQ(format, header->format) << ending;
    EXPECT_EQ(40, header->width) << ending;
    EXPECT_EQ(40, header->height) << ending;
  }
}

TEST(PictureKind, OtherPictureFormatsAreNamedWithWhatToDo) {
  const std::pair<std::string, std::string> cases[] = {
      {"GIF89a", "GIF"},
      {std::string("\0\0\0\x1C", 4) + "ftypavif", "AVIF"},
      {std::string("\0\0\0\x18", 4) + "ftypheic", "HEIC"},
      {"8BPS", "PSD"},
      {"%PDF-1.7", "PDF"},
      {std::string("\0\0\1\0", 4), "ICO"},
      {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG"},
      {"<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<svg/>", "SVG"},
      {std::string("II+\0", 4), "BigTIFF"},
      {std::string("\0\0\0\x0CJXL ", 8), "JPEG XL"},
  };
  for (const auto& [text, name] : cases) {
    const Error error = error_for(text);
    EXPECT_EQ(ErrorCode::kUnsupported, error.code) << name;
    EXPECT_THAT(error.message, HasSubstr(name));
    EXPECT_THAT(error.message, HasSubstr("convert it to PNG or JPEG"));
  }
}

TEST(PictureKind, WhatIsNoPictureIsNamed) {
  const std::pair<std::string, std::string> cases[] = {
      {"\r\n<!DOCTYPE html><html>404</html>", "looks like HTML"},
      {"<html><svg></svg></html>", "looks like HTML"},
      {"\xEF\xBB\xBF<HTML>", "looks like HTML"},
      {"<?xml version=\"1.0\"?><error/>", "looks like XML"},
      {"{\"error\": \"not found\"}", "looks like JSON"},
      {"Not found\n", "looks like text"},
      {"BM25 is a ranking function", "looks like text"},
      {"PK\3\4", "a ZIP archive"},
      {std::string("RIFF\1\0\0\0WAVE", 12), "RIFF"},
      {std::string(500, '\0'), "begins with zeros"},
      {"\xDE\xAD\xBE\xEF", "no known format"},
  };
  for (const auto& [text, words] : cases) {
    const Error error = error_for(text);
    EXPECT_EQ(ErrorCode::kCorrupt, error.code) << words;
    EXPECT_THAT(error.message, HasSubstr("is not a picture"));
    EXPECT_THAT(error.message, HasSubstr(words));
  }
}

TEST(PictureKind, AnEmptyFileIsSaidToBeEmpty) { EXPECT_THAT(error_for("").message, HasSubstr("empty")); }

}  // namespace
}  // namespace sleeve
