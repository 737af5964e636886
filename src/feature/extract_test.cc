// SPDX-License-Identifier: Apache-2.0
#include "feature/extract.h"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "base/file.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "feature/matrix_file.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// Counts steps and asks for a stop after some of them.
class StoppingProgress final : public Progress {
 public:
  explicit StoppingProgress(size_t stop_after) : stop_after_(stop_after) {}
  void begin(std::string_view /*what*/, size_t total) override { total_ = total; }
  void step(size_t count) override {
    if ((steps_ += count) >= stop_after_) stop_ = true;
  }
  void end() override { ended_ = true; }

  size_t stop_after_, total_ = 0;
  std::atomic<size_t> steps_ = 0;
  std::atomic<bool> stop_ = false;
  bool ended_ = false;
};

class ExtractTest : public testing::Test {
 protected:
  ExtractTest() {
    std::string name = (fs::temp_directory_path() / "sleeve_extract_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    features_ = folder_ / "features";
  }
  ~ExtractTest() override { fs::remove_all(folder_); }

  CoverFile add_file(const std::string& name, std::span<const std::byte> content) {
    const fs::path path = folder_ / name;
    EXPECT_TRUE(write_file_atomic(path, content).ok());
    return {sha256(content), path};
  }
  CoverFile add_cover(uint64_t seed) {
    Rng rng(seed);
    cv::Mat bgr(20 + static_cast<int>(rng.below(60)), 20 + static_cast<int>(rng.below(60)), CV_8UC3);
    for (int y = 0; y < bgr.rows; ++y) {
      for (int x = 0; x < bgr.cols; ++x) {
        for (int c = 0; c < 3; ++c) bgr.at<cv::Vec3b>(y, x)[c] = static_cast<uint8_t>(rng.below(256));
      }
    }
    std::vector<uint8_t> encoded;
    EXPECT_TRUE(cv::imencode(".png", bgr, encoded));
    return add_file(std::to_string(seed) + ".png", std::as_bytes(std::span(encoded)));
  }
  std::vector<CoverFile> add_covers(size_t count) {
    std::vector<CoverFile> covers;
    for (size_t i = 0; i < count; ++i) covers.push_back(add_cover(1000 + i));
    return covers;
  }
  static FeatureSet set(const char* text) { return *parse_feature_set(text); }
  static std::vector<Sha256> keys(const std::vector<CoverFile>& covers) {
    std::vector<Sha256> result;
    for (const CoverFile& cover : covers) result.push_back(cover.sha256);
    return result;
  }

  fs::path folder_;
  fs::path features_;
};

TEST_F(ExtractTest, ValuesAreThoseOfTheExtractorInTheOrderAsked) {
  const auto covers = add_covers(7);
  const auto report = extract_features(covers, set("hog+hsv+lbp"), features_);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->done, 7U);
  EXPECT_EQ(report->skipped, 0U);
  EXPECT_TRUE(report->failed.empty());
  EXPECT_FALSE(report->cancelled);

  auto order = keys(covers);
  std::ranges::reverse(order);
  const auto rows = load_features(order, set("lbp+hog"), features_);  // another order than on disk
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->columns, 26U + 576U);
  ASSERT_EQ(rows->present.size(), 7U);
  auto extractor = Extractor::make(set("lbp+hog"));
  ASSERT_TRUE(extractor.ok());
  for (size_t i = 0; i < 7; ++i) {
    std::vector<float> expected(rows->columns);
    ASSERT_TRUE(extractor->describe(*read_picture(covers[6 - i].path), expected).ok());
    const auto row = std::span(rows->values).subspan(i * rows->columns, rows->columns);
    EXPECT_EQ(std::vector<float>(row.begin(), row.end()), expected);
  }
}

TEST_F(ExtractTest, CopiesHaveFilesOfTheirOwn) {
  const auto covers = add_covers(3);
  const FeatureSet features = set("hog");
  const DescriptorId& hog = features.descriptors[0];
  ASSERT_TRUE(extract_features(covers, features, features_).ok());
  const Bytes before = *read_file(matrix_path(features_, hog), 1 << 20);
  const AugmentedCopy second{{}, 2};
  ExtractOptions options;
  options.copy = second;
  const auto report = extract_features(covers, features, features_, options);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->done, 3U);
  EXPECT_EQ(extract_features(covers, features, features_, options)->skipped, 3U);
  EXPECT_EQ(*read_file(matrix_path(features_, hog), 1 << 20), before);
  AugmentedCopy straight = second;
  straight.options.rotate = 0;
  EXPECT_NE(matrix_path(features_, hog, second), matrix_path(features_, hog, straight));
  EXPECT_NE(matrix_text(hog, second), matrix_text(hog, straight));
  EXPECT_EQ(load_features(keys(covers), features, features_, straight)->missing.size(), 3U);

  const auto rows = load_features(keys(covers), features, features_, second);
  ASSERT_EQ(rows->present.size(), 3U);
  auto extractor = Extractor::make(features);
  std::vector<float> expected(rows->columns);
  const auto copy = augmented(*read_picture(covers[1].path), covers[1].sha256, second);
  ASSERT_TRUE(extractor->describe(*copy, expected).ok());
  const auto row = std::span(rows->values).subspan(rows->columns, rows->columns);
  EXPECT_TRUE(std::ranges::equal(row, expected));
}

TEST_F(ExtractTest, TheFilesBytesDoNotDependOnTheNumberOfThreads) {
  const auto covers = add_covers(60);
  std::vector<Bytes> files;
  for (const size_t threads : {1U, 2U, 5U}) {
    const ThreadLimit limit(threads);
    const fs::path folder = folder_ / std::to_string(threads);
    ASSERT_TRUE(extract_features(covers, set("hog+hsv+lbp"), folder).ok());
    for (const DescriptorId& id : set("hog+hsv+lbp").descriptors) {
      files.push_back(*read_file(matrix_path(folder, id)));
    }
  }
  for (size_t i = 3; i < files.size(); ++i) EXPECT_EQ(files[i], files[i % 3]);
}

TEST_F(ExtractTest, ASecondRunDoesOnlyWhatIsMissing) {
  auto covers = add_covers(6);
  ASSERT_TRUE(extract_features(std::span(covers).first(4), set("hsv"), features_).ok());
  const auto hsv_before = *read_file(matrix_path(features_, set("hsv").descriptors[0]));

  auto report = extract_features(covers, set("hsv+lbp"), features_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->done, 6U);
  const auto hsv_after = *read_file(matrix_path(features_, set("hsv").descriptors[0]));
  ASSERT_GT(hsv_after.size(), hsv_before.size()) << "two covers were added";
  EXPECT_EQ(Bytes(hsv_after.begin(), hsv_after.begin() + static_cast<std::ptrdiff_t>(hsv_before.size())),
            hsv_before);
  EXPECT_EQ((hsv_after.size() - hsv_before.size()) % 2, 0U);

  fs::remove(covers[0].path);  // not even read again
  report = extract_features(covers, set("hsv+lbp"), features_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->done, 0U);
  EXPECT_EQ(report->skipped, 6U);
  EXPECT_TRUE(report->failed.empty());
  EXPECT_EQ(*read_file(matrix_path(features_, set("hsv").descriptors[0])), hsv_after);
}

TEST_F(ExtractTest, ADamagedRowIsComputedAgain) {
  const auto covers = add_covers(3);
  ASSERT_TRUE(extract_features(covers, set("lbp"), features_).ok());
  const auto whole = *load_features(keys(covers), set("lbp"), features_);
  const fs::path path = matrix_path(features_, set("lbp").descriptors[0]);
  Bytes bytes = *read_file(path);
  bytes[64 + 50] ^= std::byte{16};
  ASSERT_TRUE(write_file_atomic(path, bytes).ok());
  EXPECT_THAT(load_features(keys(covers), set("lbp"), features_)->missing, ElementsAre(0));

  const auto report = extract_features(covers, set("lbp"), features_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->done, 1U);
  EXPECT_EQ(load_features(keys(covers), set("lbp"), features_)->values, whole.values);
}

TEST_F(ExtractTest, ACoverThatFailsIsReportedWithItsReasonAndTheRestIsDone) {
  auto covers = add_covers(5);
  const std::string text = "this is no picture";
  covers.insert(covers.begin() + 1,
                add_file("words.jpg", std::as_bytes(std::span(text.data(), text.size()))));
  fs::remove(covers[3].path);
  ASSERT_TRUE(write_file_atomic(covers[4].path, *read_file(covers[5].path)).ok());  // another picture now

  const auto report = extract_features(covers, set("hsv"), features_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->done, 3U);
  ASSERT_EQ(report->failed.size(), 3U);
  EXPECT_EQ(report->failed[0].cover.path, covers[1].path);
  EXPECT_EQ(report->failed[0].reason.code, ErrorCode::kCorrupt);
  EXPECT_THAT(report->failed[0].reason.message, HasSubstr("words.jpg"));
  EXPECT_EQ(report->failed[1].reason.code, ErrorCode::kNotFound);
  EXPECT_EQ(report->failed[2].reason.code, ErrorCode::kConflict);
  EXPECT_THAT(report->failed[2].reason.message, HasSubstr("import it again"));
  EXPECT_THAT(load_features(keys(covers), set("hsv"), features_)->missing, ElementsAre(1, 3, 4));
}

TEST_F(ExtractTest, TheSameCoverTwiceInTheListIsComputedOnce) {
  auto covers = add_covers(2);
  covers.push_back(covers[0]);
  const auto report = extract_features(covers, set("hsv"), features_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->done, 2U);
  EXPECT_EQ(report->skipped, 1U);
  EXPECT_EQ(load_features(keys(covers), set("hsv"), features_)->present.size(), 3U);
}

TEST_F(ExtractTest, AStopKeepsWhatIsDoneAndTheNextRunGoesOn) {
  const auto covers = add_covers(80);
  const ThreadLimit limit(2);
  StoppingProgress progress(10);
  const auto report =
      extract_features(covers, set("hsv"), features_, {}, WorkContext(&progress, &progress.stop_));
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->cancelled);
  EXPECT_TRUE(progress.ended_);
  EXPECT_EQ(progress.total_, 80U);
  EXPECT_GE(report->done, 10U);
  EXPECT_LE(report->done, 10U + 4U) << "only what was in flight is finished";
  EXPECT_EQ(load_features(keys(covers), set("hsv"), features_)->present.size(), report->done);

  const auto rest = extract_features(covers, set("hsv"), features_);
  ASSERT_TRUE(rest.ok());
  EXPECT_FALSE(rest->cancelled);
  EXPECT_EQ(rest->skipped, report->done);
  EXPECT_EQ(rest->done, 80U - report->done);
}

TEST_F(ExtractTest, NothingToDoIsNotCancelledEvenWhenStopping) {
  const auto covers = add_covers(1);
  ASSERT_TRUE(extract_features(covers, set("hsv"), features_).ok());
  StoppingProgress progress(0);
  progress.stop_ = true;
  const auto report =
      extract_features(covers, set("hsv"), features_, {}, WorkContext(&progress, &progress.stop_));
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->cancelled);
}

TEST_F(ExtractTest, AMatrixFileOfSomethingElseEndsTheRunBeforeItBegins) {
  const auto covers = add_covers(2);
  ASSERT_TRUE(extract_features(covers, set("hsv"), features_).ok());
  fs::copy_file(matrix_path(features_, set("hsv").descriptors[0]),
                matrix_path(features_, set("lbp").descriptors[0]));
  const auto report = extract_features(covers, set("lbp"), features_);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
  EXPECT_EQ(load_features(keys(covers), set("lbp"), features_).error().code, ErrorCode::kConflict);
}

TEST_F(ExtractTest, LoadingWithoutFilesFindsEverythingMissing) {
  const auto covers = add_covers(2);
  const auto rows = load_features(keys(covers), set("hsv"), features_);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->columns, 512U);
  EXPECT_TRUE(rows->values.empty());
  EXPECT_THAT(rows->missing, ElementsAre(0, 1));
}

TEST_F(ExtractTest, APictureOverTheLimitIsRefused) {
  const auto covers = add_covers(1);
  ExtractOptions options;
  options.limits.max_pixels = 100;
  const auto report = extract_features(covers, set("hsv"), features_, options);
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->failed.size(), 1U);
  EXPECT_EQ(report->failed[0].reason.code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace sleeve
