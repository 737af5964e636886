// SPDX-License-Identifier: Apache-2.0
#include "image/picture.h"

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parallel.h"
#include "image/picture_testing.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace sleeve::testing;

class PictureFile : public ::testing::Test {
 protected:
  PictureFile() : folder_(fs::path(::testing::TempDir()) / ("sleeve_picture_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~PictureFile() override { fs::remove_all(folder_); }
  fs::path write(const std::string& name, const Bytes& bytes) {
    EXPECT_TRUE(write_file_atomic(folder_ / name, bytes).ok());
    return folder_ / name;
  }
  fs::path folder_;
};

TEST_F(PictureFile, ErrorsNameThePathAndTheReason) {
  const auto empty = read_picture(write("empty.jpg", {}));
  EXPECT_THAT(empty.error().message, StartsWith((folder_ / "empty.jpg").string()));
  EXPECT_THAT(empty.error().message, HasSubstr("the file is empty"));
  const auto page = read_picture(write("page.jpg", to_bytes("<!DOCTYPE html>")));
  EXPECT_EQ(ErrorCode::kCorrupt, page.error().code);
  EXPECT_THAT(page.error().message, HasSubstr("is not a picture (looks like HTML)"));
  EXPECT_EQ(ErrorCode::kNotFound, read_picture(folder_ / "nowhere.jpg").error().code);
  EXPECT_THAT(read_picture(folder_).error().message, HasSubstr("is a folder"));
}

TEST_F(PictureFile, ABrokenLinkIsNotFound) {
  fs::create_symlink(folder_ / "gone.jpg", folder_ / "link.jpg");
  EXPECT_EQ(ErrorCode::kNotFound, read_picture(folder_ / "link.jpg").error().code);
}

TEST_F(PictureFile, AnUnreadableFileIsAnIoError) {
  const fs::path path = write("secret.jpg", encoded(textured(40, 40), ".jpg"));
  ::chmod(path.c_str(), 0);
  if (::access(path.c_str(), R_OK) == 0) GTEST_SKIP() << "this user may read everything";
  EXPECT_EQ(ErrorCode::kIo, read_picture(path).error().code);
}

TEST_F(PictureFile, AFifoIsRefusedWithoutWaiting) {
  ASSERT_EQ(0, ::mkfifo((folder_ / "fifo.jpg").c_str(), 0600));
  EXPECT_THAT(read_picture(folder_ / "fifo.jpg").error().message, HasSubstr("not a regular file"));
}

TEST_F(PictureFile, ARenamedPictureIsReadAndNoted) {
  const Bytes png = encoded(textured(40, 40), ".png");
  EXPECT_THAT(read_picture(write("cover.JPG", png))->oddities, ElementsAre("renamed"));
  EXPECT_THAT(read_picture(write("cover.gif", png))->oddities, ElementsAre("renamed"));
  // Endings that promise nothing are not odd.
  for (const char* name : {"cover.PNG", "cover", "cover.part", "9f86d08.1"}) {
    EXPECT_THAT(read_picture(write(name, png))->oddities, ElementsAre()) << name;
  }
}

TEST_F(PictureFile, TheFileSizeIsLimited) {
  const fs::path path = write("cover.png", encoded(textured(40, 40), ".png"));
  const auto picture = read_picture(path, {.max_file_bytes = 100});
  EXPECT_EQ(ErrorCode::kTooLarge, picture.error().code);
  EXPECT_THAT(picture.error().message, HasSubstr("100"));
  const auto decoded = decode_picture(encoded(textured(40, 40), ".png"), {.max_file_bytes = 100});
  EXPECT_EQ(ErrorCode::kTooLarge, decoded.error().code);
}

TEST(Picture, ADecompressionBombIsRefusedByItsHeader) {
  // 30,000 × 30,000 pixels in a few bytes; there are no pixel data to decode at all.
  const auto bomb = decode_picture(to_bytes(png_header(30'000, 30'000, 8, 2)));
  EXPECT_EQ(ErrorCode::kTooLarge, bomb.error().code);
  EXPECT_EQ("30,000 × 30,000 pixels, over the limit of 20,000 a side", bomb.error().message);
  const auto wide = decode_picture(to_bytes(png_header(10'000, 10'000, 8, 2)));
  EXPECT_EQ("10,000 × 10,000 pixels, over the limit of 64,000,000 in all", wide.error().message);
}

TEST(Picture, TheLimitsHoldForEveryFormat) {
  const cv::Mat picture = textured(50, 40);
  for (const char* ending : {".jpg", ".png", ".webp", ".bmp", ".tiff"}) {
    const Bytes bytes = encoded(picture, ending);
    EXPECT_TRUE(decode_picture(bytes, {.max_pixels = 2000, .max_side = 50}).ok()) << ending;
    EXPECT_EQ(ErrorCode::kTooLarge, decode_picture(bytes, {.max_pixels = 1999}).error().code) << ending;
    EXPECT_EQ(ErrorCode::kTooLarge, decode_picture(bytes, {.max_side = 49}).error().code) << ending;
  }
}

TEST(Picture, OnePixelIsAPicture) {
  for (const char* ending : {".jpg", ".png", ".webp", ".bmp", ".tiff"}) {
    const auto picture = decode_picture(encoded(cv::Mat(1, 1, CV_8UC3, cv::Scalar(9, 9, 9)), ending));
    ASSERT_TRUE(picture.ok()) << ending << ": " << picture.error().message;
    EXPECT_EQ(cv::Size(1, 1), picture->bgr.size());
    EXPECT_TRUE(has_oddity(*picture, "tiny"));
  }
}

TEST(Picture, GreyIsOpenCvsGrey) {
  const cv::Mat pixels = textured(40, 40);
  const Picture picture = picture_from_pixels(pixels);
  cv::Mat expected;
  cv::cvtColor(pixels, expected, cv::COLOR_BGR2GRAY);
  EXPECT_EQ(0, largest_difference(expected, picture.grey));
}

TEST(Picture, EveryFormatHasItsName) {
  EXPECT_EQ("JPEG", name_of(PictureFormat::kJpeg));
  EXPECT_EQ("PNG", name_of(PictureFormat::kPng));
  EXPECT_EQ("WebP", name_of(PictureFormat::kWebp));
  EXPECT_EQ("BMP", name_of(PictureFormat::kBmp));
  EXPECT_EQ("TIFF", name_of(PictureFormat::kTiff));
}

TEST(Picture, ManyThreadsDecodeAtOnce) {
  std::vector<Bytes> files;
  std::vector<cv::Mat> expected;
  for (const char* ending : {".jpg", ".png", ".webp", ".bmp", ".tiff"}) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      files.push_back(encoded(textured(50 + static_cast<int>(seed), 40, seed), ending));
      expected.push_back(decode_picture(files.back())->bgr);
    }
  }
  files.push_back(Bytes(files[0].begin(), files[0].begin() + 300));  // an error among them
  std::vector<int> good(400);
  const ThreadLimit limit(4);
  parallel_for(good.size(), [&](size_t i) {
    const size_t file = i % files.size();
    const auto picture = decode_picture(files[file]);
    good[i] = file < expected.size() ? picture.ok() && largest_difference(picture->bgr, expected[file]) == 0
                                     : !picture.ok();
  });
  EXPECT_THAT(good, ::testing::Each(1));
}

TEST(Picture, DamageNeitherCrashesNorPrints) {
  ::testing::internal::CaptureStderr();
  for (const char* ending : {".jpg", ".png", ".webp", ".bmp", ".tiff"}) {
    const Bytes whole = encoded(textured(40, 36), ending);
    Rng rng(11);
    for (int round = 0; round < 300; ++round) {
      Bytes damaged = whole;
      for (int i = 0; i < 3; ++i) damaged[rng.below(damaged.size())] = static_cast<std::byte>(rng.below(256));
      const auto picture = decode_picture(damaged, {.max_pixels = 1'000'000});
      if (!picture.ok()) {
        EXPECT_FALSE(picture.error().message.empty());
      }
    }
  }
  EXPECT_EQ("", ::testing::internal::GetCapturedStderr());
}

// The real covers, where they are at hand.
TEST(Picture, EverySharedCoverDecodes) {
  const char* given = std::getenv("SLEEVE_SHARED");
  const fs::path shared = given != nullptr ? fs::path(given) : fs::path(SLEEVE_SOURCE_DIR) / "../shared";
  const fs::path covers = shared / "data/covers640";
  if (!fs::is_directory(covers)) GTEST_SKIP() << "no covers at " << covers << "; set SLEEVE_SHARED";
  size_t read = 0;
  for (const auto& entry : fs::recursive_directory_iterator(covers)) {
    if (entry.path().extension() != ".jpg") continue;
    const auto picture = read_picture(entry.path());
    ASSERT_TRUE(picture.ok()) << picture.error().message;
    EXPECT_EQ(0, largest_difference(picture->bgr, cv::imread(entry.path().string())));
    ++read;
  }
  EXPECT_GT(read, 100U);
}

}  // namespace
}  // namespace sleeve
