// SPDX-License-Identifier: Apache-2.0
//
// Labels are drawn here a second time, with another font and in other proportions than those that are
// searched for; tests/golden/make_advisory.py has the search itself a second time.
#include "feature/advisory.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "base/file.h"
#include "base/json.h"
#include "feature/feature_set.h"
#include "feature/golden_testing.h"

namespace sleeve {
namespace {

constexpr int kSide = 320;

// A cover of large soft shapes, so that nothing but the label has letters.
cv::Mat plain_cover(int side = kSide) {
  cv::Mat cover(side, side, CV_8UC3, cv::Scalar(90, 120, 60));
  cv::circle(cover, {side / 3, side / 3}, side / 4, {40, 160, 220}, cv::FILLED, cv::LINE_AA);
  cv::ellipse(cover, {2 * side / 3, side / 2}, {side / 5, side / 3}, 30, 0, 360, {180, 60, 90}, cv::FILLED,
              cv::LINE_AA);
  return cover;
}

void write_word(cv::Mat& on, const std::string& text, const cv::Rect& place, const cv::Scalar& ink,
                const cv::Scalar& paper) {
  const int stroke = 9;
  const cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_DUPLEX, 3, stroke, nullptr);
  cv::Mat drawn(size.height + 40, size.width + 40, CV_8UC3, paper);
  cv::putText(drawn, text, {20, size.height + 20}, cv::FONT_HERSHEY_DUPLEX, 3, ink, stroke, cv::LINE_AA);
  cv::Mat grey, word;
  cv::cvtColor(drawn, grey, cv::COLOR_BGR2GRAY);
  cv::resize(drawn(cv::boundingRect(grey != static_cast<int>(paper[0]))), word, place.size(), 0, 0,
             cv::INTER_AREA);
  word.copyTo(on(place));
}

// As the label looks on covers: letters apart from each other, and a thin white frame.
cv::Mat label_of(int width) {
  const cv::Scalar white = cv::Scalar::all(255), black = cv::Scalar::all(0);
  cv::Mat label(640, 1000, CV_8UC3, black);
  cv::rectangle(label, {12, 12}, {987, 627}, white, 8);
  label(cv::Rect(20, 180, 960, 260)).setTo(white);
  const auto spread = [&](const std::string& text, int left, int right, int top, int height, double share,
                          const cv::Scalar& ink, const cv::Scalar& paper) {
    const double pitch = static_cast<double>(right - left) / static_cast<double>(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == ' ') continue;
      const double wide = pitch * share * (text[i] == 'I' ? 0.35 : 1.0);
      const double middle = left + pitch * (static_cast<double>(i) + 0.5);
      write_word(label, text.substr(i, 1), {cvRound(middle - wide / 2), top, cvRound(wide), height}, ink,
                 paper);
    }
  };
  spread("PARENTAL", 40, 960, 55, 90, 0.55, white, black);
  spread("ADVISORY", 40, 960, 212, 196, 0.75, black, white);
  spread("EXPLICIT CONTENT", 40, 960, 485, 100, 0.7, white, black);
  cv::Mat small;
  cv::resize(label, small, {width, width * 64 / 100}, 0, 0, cv::INTER_AREA);
  return small;
}

cv::Mat cover_with_label(int width, cv::Point at, int side = kSide) {
  cv::Mat cover = plain_cover(side);
  const cv::Mat label = label_of(width);
  label.copyTo(cover(cv::Rect(at, label.size())));
  return cover;
}

std::vector<float> values_of(const Picture& picture, const std::string& features = "advisory") {
  auto extractor = Extractor::make(*parse_feature_set(features));
  EXPECT_TRUE(extractor.ok());
  std::vector<float> values(extractor->size());
  EXPECT_TRUE(extractor->describe(picture, values).ok());
  return values;
}

struct Case {
  int width;  // px of the label
  cv::Point at;
};

class AdvisoryLabels : public testing::TestWithParam<Case> {};

TEST_P(AdvisoryLabels, AreFoundWhereTheyAre) {
  const auto [width, at] = GetParam();
  const Picture picture = picture_from_pixels(cover_with_label(width, at));
  const AdvisoryMatch match = find_advisory(picture);
  EXPECT_GT(match.lettering, 0.4);
  const cv::Rect2d truth(at.x, at.y, width, width * 0.64);
  EXPECT_GT((match.box & truth).area() / (match.box | truth).area(), 0.7) << match.box << " for " << truth;
  const std::vector<float> values = values_of(picture);
  EXPECT_GT(values[0], 0.9F);
  EXPECT_NEAR(values[1], static_cast<float>(width) / kSide, 0.03F);
}

INSTANTIATE_TEST_SUITE_P(SizesAndPlaces, AdvisoryLabels,
                         testing::Values(Case{28, {280, 295}}, Case{36, {270, 280}}, Case{45, {8, 270}},
                                         Case{60, {130, 20}}, Case{78, {100, 200}}),
                         [](const auto& one) { return std::to_string(one.param.width) + "px"; });

TEST(Advisory, IsFoundOnLargeCoversAndOnesThatAreNotSquare) {
  const Picture large = picture_from_pixels(cover_with_label(96, {500, 560}, 640));
  EXPECT_GT(values_of(large)[0], 0.9F);
  EXPECT_NEAR(find_advisory(large).box.x, 500, 8);
  cv::Mat wide(300, 420, CV_8UC3, cv::Scalar(30, 60, 200));
  const cv::Mat label = label_of(60);
  label.copyTo(wide(cv::Rect({340, 250}, label.size())));
  EXPECT_GT(values_of(picture_from_pixels(wide))[0], 0.9F);
}

TEST(Advisory, IsNotSeenInBarsLettersAndNothing) {
  EXPECT_LT(values_of(picture_from_pixels(plain_cover()))[0], 0.1F);
  cv::Mat bars = plain_cover();  // the label's bands without its letters
  bars(cv::Rect(240, 260, 60, 36)).setTo(cv::Scalar::all(0));
  bars(cv::Rect(240, 270, 60, 15)).setTo(cv::Scalar::all(255));
  EXPECT_LT(values_of(picture_from_pixels(bars))[0], 0.1F);
  cv::Mat title = plain_cover();
  cv::putText(title, "GREATEST HITS", {20, 290}, cv::FONT_HERSHEY_DUPLEX, 1, {255, 255, 255}, 2, cv::LINE_AA);
  EXPECT_LT(values_of(picture_from_pixels(title))[0], 0.3F);
}

TEST(Advisory, KnowsNoLabelWhereThereIsNoRoomForOne) {
  for (const cv::Size size : {cv::Size(1, 1), cv::Size(15, 200), cv::Size(200, 9), cv::Size(3, 2000)}) {
    const Picture picture = picture_from_pixels(cv::Mat(size, CV_8UC3, cv::Scalar(10, 200, 30)));
    const AdvisoryMatch match = find_advisory(picture);
    EXPECT_EQ(match.score, 0.0) << size;
    EXPECT_LT(values_of(picture)[0], 1e-3F) << size;
  }
}

TEST(Advisory, AsksForMoreWhenTold) {
  const Picture picture = picture_from_pixels(cover_with_label(45, {8, 270}));
  EXPECT_LT(values_of(picture, "advisory:lettering=0.95")[0], 0.5F);
}

TEST(Advisory, ValuesAreThoseOfTheDefinitionInNumPy) {
  const auto text = read_text_file(kGoldenFolder / "advisory.json");
  ASSERT_TRUE(text.ok()) << text.error().message;
  const auto golden = parse_json(*text);
  ASSERT_TRUE(golden.ok()) << golden.error().message;
  ASSERT_GE(golden->size(), 8U);
  size_t with_label = 0;
  for (const Json& one : *golden) {
    const Picture picture = golden_picture(one["picture"].get<std::string>());
    const AdvisoryMatch match = find_advisory(picture);
    EXPECT_NEAR(match.likeness, one["likeness"].get<double>(), 1e-5) << one;
    EXPECT_NEAR(match.lettering, one["lettering"].get<double>(), 1e-5) << one;
    EXPECT_NEAR(match.score, one["score"].get<double>(), 1e-5) << one;
    const std::vector<float> values = values_of(picture);
    EXPECT_NEAR(values[0], one["values"][0].get<double>(), 1e-4) << one;
    EXPECT_NEAR(values[1], one["values"][1].get<double>(), 1e-4) << one;
    with_label += values[0] > 0.5F ? 1 : 0;
  }
  EXPECT_GE(with_label, 1U);
}

}  // namespace
}  // namespace sleeve
