// SPDX-License-Identifier: Apache-2.0
#include "image/augment.h"

#include <set>

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

namespace sleeve {
namespace {

constexpr AugmentOptions kNothing{0, 0, 0, 0, 0, 0, 0, 0, 100};

// A ramp to the right in blue, downward in red, with an edge.
Picture ramp() {
  cv::Mat bgr(80, 120, CV_8UC3);
  for (int y = 0; y < bgr.rows; ++y) {
    for (int x = 0; x < bgr.cols; ++x) {
      bgr.at<cv::Vec3b>(y, x) = {static_cast<uint8_t>(2 * x), static_cast<uint8_t>(x > 60 ? 180 : 60),
                                 static_cast<uint8_t>(3 * y)};
    }
  }
  return picture_from_pixels(bgr);
}

Picture copy_of(const AugmentOptions& options, int number = 1, std::string_view name = "cover") {
  auto made = augmented(ramp(), sha256(name), {options, number});
  EXPECT_TRUE(made.ok()) << made.error().message;
  return std::move(made).value();
}

bool same(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && cv::norm(a, b, cv::NORM_INF) == 0.0;
}

TEST(Augment, NothingAskedForLeavesThePixelsAlone) {
  EXPECT_TRUE(same(copy_of(kNothing).bgr, ramp().bgr));
  EXPECT_TRUE(same(copy_of(kNothing).grey, ramp().grey));
}

TEST(Augment, ACopyIsTheSameEveryTimeAndAnotherForAnotherNumberOrCover) {
  EXPECT_TRUE(same(copy_of({}).bgr, copy_of({}).bgr));
  EXPECT_FALSE(same(copy_of({}).bgr, copy_of({}, 2).bgr));
  EXPECT_FALSE(same(copy_of({}).bgr, copy_of({}, 1, "other").bgr));
}

TEST(Augment, AFlipMirrorsLeftToRight) {
  AugmentOptions options = kNothing;
  options.flip = 1.0;
  cv::Mat mirrored;
  cv::flip(ramp().bgr, mirrored, 1);
  EXPECT_TRUE(same(copy_of(options).bgr, mirrored));
  options.flip = 0.5;
  int count = 0;
  for (int number = 1; number <= 200; ++number) count += same(copy_of(options, number).bgr, mirrored) ? 1 : 0;
  EXPECT_NEAR(count, 100, 30);
}

TEST(Augment, EachStepAloneChangesThePictureAsFarAsItMay) {
  const auto with = [](auto change) {
    AugmentOptions options = kNothing;
    change(options);
    return options;
  };
  const AugmentOptions steps[] = {
      with([](AugmentOptions& o) { o.crop = 0.2; }),       with([](AugmentOptions& o) { o.rotate = 10; }),
      with([](AugmentOptions& o) { o.brightness = 0.2; }), with([](AugmentOptions& o) { o.contrast = 0.3; }),
      with([](AugmentOptions& o) { o.saturation = 0.5; }), with([](AugmentOptions& o) { o.hue = 30; }),
      with([](AugmentOptions& o) { o.blur = 0.02; }),      with([](AugmentOptions& o) { o.jpeg = 30; })};
  for (size_t i = 0; i < std::size(steps); ++i) {
    std::set<int> widths;
    bool changed = false;
    for (int number = 1; number <= 10; ++number) {
      const Picture copy = copy_of(steps[i], number);
      widths.insert(copy.width());
      EXPECT_GE(copy.width(), 96);
      EXPECT_GE(copy.height(), 64);
      changed = changed || !same(copy.bgr, ramp().bgr);
      if (copy.width() != 120) continue;
      const double mean = cv::mean(copy.grey)[0] - cv::mean(ramp().grey)[0];
      EXPECT_LT(std::abs(mean), 0.2 * 255 + 1) << i;
    }
    EXPECT_TRUE(changed) << i;
    EXPECT_EQ(widths.size() > 1, i == 0) << i;
  }
}

TEST(Augment, GreyStaysGreyWhenColoursTurn) {
  AugmentOptions options = kNothing;
  options.hue = 180;
  options.saturation = 1;
  const Picture grey = picture_from_pixels(cv::Mat(20, 20, CV_8UC3, cv::Scalar::all(77)));
  const auto made = augmented(grey, sha256("grey"), {options, 1});
  ASSERT_TRUE(made.ok());
  EXPECT_LE(cv::norm(made->bgr, grey.bgr, cv::NORM_INF), 1.0);
}

TEST(Augment, OneStepsOptionChangesNothingOfTheOthers) {
  AugmentOptions only_flip = kNothing;
  only_flip.flip = 1.0;
  AugmentOptions both = only_flip;
  both.crop = 0.2;
  const cv::Mat cut = copy_of(both).bgr;
  AugmentOptions only_crop = kNothing;
  only_crop.crop = 0.2;
  // The same part of the mirrored picture as of the other.
  EXPECT_EQ(cut.size(), copy_of(only_crop).bgr.size());
}

TEST(Augment, WorksOnOddPictures) {
  AugmentOptions strong{0.5, 0.5, 45, 1, 1, 1, 180, 0.1, 1};
  for (const auto& size : {cv::Size(1, 1), cv::Size(1, 300), cv::Size(300, 1), cv::Size(17, 3)}) {
    const Picture picture = picture_from_pixels(cv::Mat(size, CV_8UC3, cv::Scalar(1, 99, 250)));
    for (int number = 1; number <= 5; ++number) {
      const auto made = augmented(picture, sha256("odd"), {strong, number});
      ASSERT_TRUE(made.ok()) << made.error().message;
      EXPECT_FALSE(made->bgr.empty());
      EXPECT_EQ(made->bgr.size(), made->grey.size());
    }
  }
}

TEST(Augment, ItsNameSaysWhatIsUnusual) {
  EXPECT_EQ((AugmentedCopy{{}, 3}.text()), "augment/1 3");
  AugmentOptions options;
  options.rotate = 0;
  EXPECT_NE((AugmentedCopy{options, 3}.text()), "augment/1 3");
  EXPECT_NE((AugmentedCopy{options, 3}.text()).find("rotate=0"), std::string::npos);
}

}  // namespace
}  // namespace sleeve
