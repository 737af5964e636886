// SPDX-License-Identifier: Apache-2.0
#include "report/picture_sheet.h"

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "image/picture.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

class PictureSheetTest : public testing::Test {
 protected:
  void SetUp() override {
    // Of each test its own: tests may run side by side.
    folder_ = fs::path(testing::TempDir()) /
              (std::string("picture_sheet_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    cv::imwrite((folder_ / "blue.png").native(), cv::Mat(40, 40, CV_8UC3, cv::Scalar(200, 30, 20)));
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

size_t count_colour(const cv::Mat& sheet, const cv::Vec3b& colour) {
  size_t count = 0;
  for (const auto& pixel : cv::Mat_<cv::Vec3b>(sheet)) count += pixel == colour ? 1 : 0;
  return count;
}

TEST_F(PictureSheetTest, ShowsTheCoverAndWhetherThePredictionIsRight) {
  const fs::path out = folder_ / "sheet.png";
  const std::vector<SheetCell> cells = {{folder_ / "blue.png", "ember", "ember", 0.9},
                                        {folder_ / "blue.png", "ember", "tidal", 0.4}};
  ASSERT_TRUE(write_sheet(cells, {}, out).ok());
  const cv::Mat sheet = cv::imread(out.native());
  ASSERT_FALSE(sheet.empty());
  EXPECT_GE(count_colour(sheet, {200, 30, 20}), 2U * 150 * 150);  // both covers, enlarged
  EXPECT_GE(count_colour(sheet, {76, 142, 46}), 150U);            // the bar of the right one
  EXPECT_GE(count_colour(sheet, {48, 52, 196}), 150U);            // the bar of the wrong one
}

TEST_F(PictureSheetTest, UnreadableCoverLeavesAFrameAndTheOthers) {
  const fs::path out = folder_ / "sheet.png";
  const std::vector<SheetCell> cells = {{folder_ / "gone.jpg", "ember", {}, 0.5},
                                        {folder_ / "blue.png", "ëmber", {}, 0.5}};
  ASSERT_TRUE(write_sheet(cells, {}, out).ok());
  EXPECT_GE(count_colour(cv::imread(out.native()), {200, 30, 20}), 150U * 150);
}

TEST_F(PictureSheetTest, SaysHowManyCoversAreLeftOut) {
  SheetOptions options;
  options.max_cells = 3;
  options.columns = 3;
  const std::vector<SheetCell> cells(5, {folder_ / "blue.png", "ember", {}, 0.5});
  const fs::path out = folder_ / "sheet.png";
  ASSERT_TRUE(write_sheet(cells, options, out).ok());
  EXPECT_LT(cv::imread(out.native()).rows, 400);  // one row of covers, not two
}

TEST_F(PictureSheetTest, NothingToShowIsAnError) {
  const Status status = write_sheet({}, {}, folder_ / "sheet.png");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kNoData);
  EXPECT_FALSE(fs::exists(folder_ / "sheet.png"));
}

}  // namespace
}  // namespace sleeve
