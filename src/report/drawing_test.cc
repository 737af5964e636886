// SPDX-License-Identifier: Apache-2.0
#include "report/drawing.h"

#include <cmath>
#include <fstream>
#include <iterator>
#include <numeric>

#include <gmock/gmock.h>
#include <opencv2/imgcodecs.hpp>

#include "report/axis.h"
#include "report/font.h"
#include "report/raster.h"

namespace sleeve {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Colour kBlack{0, 0, 0};
constexpr Colour kWhite{255, 255, 255};

// How much of the white paper is black, in pixels.
double black_area(Raster& raster) {
  double sum = 0;
  for (const uint8_t value : raster.pixels()) sum += (255 - value) / 255.0;
  return sum / 3;
}

std::vector<Point> square(double left, double top, double side) {
  return {{left, top}, {left + side, top}, {left + side, top + side}, {left, top + side}};
}

cv::Mat pixels_of(const Drawing& drawing, double scale = 1) {
  const Bytes png = to_png(drawing, scale).value();
  return cv::imdecode(cv::Mat(1, static_cast<int>(png.size()), CV_8UC1, const_cast<std::byte*>(png.data())),
                      cv::IMREAD_COLOR);
}

TEST(Raster, PaintsAPixelByTheShareThatIsCovered) {
  Raster raster(4, 3, kWhite);
  raster.fill({square(1.25, 1, 1)}, kBlack);
  const auto grey = [&](int x, int y) { return raster.pixels()[static_cast<size_t>(y * 4 + x) * 3]; };
  EXPECT_EQ(grey(0, 1), 255);
  EXPECT_NEAR(grey(1, 1), 255 * 0.25, 1);
  EXPECT_NEAR(grey(2, 1), 255 * 0.75, 1);
  EXPECT_EQ(grey(3, 1), 255);
  EXPECT_EQ(grey(1, 0), 255);
  EXPECT_EQ(grey(1, 2), 255);
}

TEST(Raster, AreasOfAnyShapeAreRight) {
  Raster triangle(60, 50, kWhite);
  triangle.fill({{{3.2, 4.1}, {55.7, 11.3}, {20.9, 44.6}}}, kBlack);
  EXPECT_NEAR(black_area(triangle), 0.5 * std::abs(52.5 * 40.5 - 7.2 * 17.7), 3);
  Raster overlapping(60, 50, kWhite);
  overlapping.fill({square(5, 5, 20), square(15, 15, 20)}, kBlack);
  EXPECT_NEAR(black_area(overlapping), 400 + 400 - 100, 1e-6) << "painted once where they overlap";
  Raster ring(60, 50, kWhite);
  std::vector<Point> hole = square(10, 10, 10);
  std::reverse(hole.begin(), hole.end());
  ring.fill({square(5, 5, 20), hole}, kBlack);
  EXPECT_NEAR(black_area(ring), 400 - 100, 1e-6);
}

TEST(Raster, WhatLiesOutsideIsCutOff) {
  Raster raster(10, 10, kWhite);
  raster.fill({square(-50, -50, 55)}, kBlack);
  EXPECT_NEAR(black_area(raster), 25, 1e-6);
  raster.fill({square(5, 5, 1e6)}, kBlack);
  EXPECT_NEAR(black_area(raster), 50, 1e-6);
  raster.fill({square(200, 3, 10)}, kBlack);
  EXPECT_NEAR(black_area(raster), 50, 1e-6);
}

TEST(Font, WidthsAreThoseOfDejaVuSans) {
  // Advances of the font's own table: A 1401, space 651 of 2048 units.
  EXPECT_NEAR(text_width("A", 2048), 1401, 1e-9);
  EXPECT_NEAR(text_width("A ", 20.48), 14.01 + 6.51, 1e-9);
  EXPECT_EQ(text_width("", 12), 0);
  EXPECT_GT(text_width("Žďár", 12), text_width("Ždá", 12)) << "letters beyond ASCII have outlines, too";
  EXPECT_EQ(text_outlines(" ", 12).size(), 0U);
  EXPECT_EQ(text_outlines("ö", 12).size(), 4U) << "ring, its hole, two dots";
  EXPECT_GT(text_width("\xFF\xC3", 12), 0) << "invalid UTF-8 is drawn as something";
}

TEST(Font, LongTextsAreShortenedAndWrapped) {
  EXPECT_EQ(fitted("short", 12, 500), "short");
  const std::string cut = fitted("a pipeline whose name is long", 12, 80);
  EXPECT_THAT(cut, testing::EndsWith("…"));
  EXPECT_LE(text_width(cut, 12), 80);
  const auto lines = wrapped("sqrt > pca:components=100:whiten=true > svm:c=10:kernel=rbf", 12, 200, 3);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0] + lines[1] + lines[2], "sqrt > pca:components=100:whiten=true > svm:c=10:kernel=rbf");
  EXPECT_EQ(wrapped("x", 12, 100, 3), std::vector<std::string>{"x"});
  for (const std::string& line : wrapped(std::string(500, 'W'), 12, 100, 2))
    EXPECT_LE(text_width(line, 12), 100);
}

TEST(Svg, TextIsEscapedAndStaysText) {
  Drawing drawing(100, 50, "a & b");
  drawing.text({1, 2}, "<script>alert('Déjà \"vu\" & more')</script>\x01\xFF\xEF\xBF\xBF", {});
  const std::string svg = to_svg(drawing);
  EXPECT_THAT(svg, HasSubstr("&lt;script&gt;alert(&#39;Déjà &quot;vu&quot; &amp; more&#39;)&lt;/script&gt;"));
  EXPECT_THAT(svg, HasSubstr("<title>a &amp; b</title>"));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_THAT(svg, Not(HasSubstr("\x01")));
  EXPECT_THAT(svg, Not(HasSubstr("\xFF")));
  EXPECT_THAT(svg, Not(HasSubstr("\xEF\xBF\xBF")));
}

TEST(Png, DrawsWhereTheSvgSays) {
  Drawing drawing(60, 40, "");
  drawing.rectangle({10, 5}, 20, 10, {255, 0, 0});
  drawing.disc({45, 25}, 6, {0, 0, 255});
  drawing.line({0, 35}, {60, 35}, {0, 255, 0}, 2);
  const cv::Mat picture = pixels_of(drawing, 2);
  ASSERT_EQ(picture.size(), cv::Size(120, 80));
  EXPECT_EQ(picture.at<cv::Vec3b>(20, 40), cv::Vec3b(0, 0, 255));
  EXPECT_EQ(picture.at<cv::Vec3b>(50, 90), cv::Vec3b(255, 0, 0));
  EXPECT_EQ(picture.at<cv::Vec3b>(70, 3), cv::Vec3b(0, 255, 0));
  EXPECT_EQ(picture.at<cv::Vec3b>(2, 2), cv::Vec3b(255, 255, 255));
}

TEST(Png, DashesLeaveGapsAndTranslucentPaintMixes) {
  Drawing drawing(60, 20, "");
  drawing.line({0, 5}, {60, 5}, kBlack, 2, true);
  drawing.rectangle({0, 10}, 60, 10, faded(kBlack, 0.5));
  const cv::Mat picture = pixels_of(drawing);
  EXPECT_EQ(picture.at<cv::Vec3b>(5, 3)[0], 0);
  EXPECT_EQ(picture.at<cv::Vec3b>(5, 8)[0], 255);
  EXPECT_EQ(picture.at<cv::Vec3b>(5, 13)[0], 0);
  EXPECT_NEAR(picture.at<cv::Vec3b>(15, 30)[0], 127, 1);
}

TEST(Png, TextIsSetByItsAnchor) {
  const auto centre_of = [](Anchor anchor, bool upwards) {
    Drawing drawing(200, 200, "");
    drawing.text({100, 100}, "nnnn", {20, kBlack, anchor, upwards});
    const cv::Mat picture = pixels_of(drawing);
    double x = 0, y = 0, mass = 0;
    for (int row = 0; row < picture.rows; ++row) {
      for (int column = 0; column < picture.cols; ++column) {
        const double ink = 255 - picture.at<cv::Vec3b>(row, column)[0];
        x += ink * column;
        y += ink * row;
        mass += ink;
      }
    }
    return Point{x / mass, y / mass};
  };
  const double half = text_width("nnnn", 20) / 2;
  EXPECT_NEAR(centre_of(Anchor::kStart, false).x, 100 + half, 1.5);
  EXPECT_NEAR(centre_of(Anchor::kMiddle, false).x, 100, 1.5);
  EXPECT_NEAR(centre_of(Anchor::kEnd, false).x, 100 - half, 1.5);
  EXPECT_LT(centre_of(Anchor::kStart, false).y, 100);
  EXPECT_NEAR(centre_of(Anchor::kStart, true).y, 100 - half, 1.5);
  EXPECT_LT(centre_of(Anchor::kStart, true).x, 100);
}

TEST(Png, AFigureOfAbsurdSizeIsRefused) {
  EXPECT_EQ(to_png(Drawing(1e6, 1e6, "")).error().code, ErrorCode::kTooLarge);
}

TEST(DrawingFile, FormatFollowsTheEnding) {
  const std::filesystem::path folder = testing::TempDir();
  const Drawing drawing(10, 10, "");
  const auto beginning = [](const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {}).substr(0, 5);
  };
  ASSERT_TRUE(write_drawing(drawing, folder / "drawing_test.SVG").ok());
  EXPECT_EQ(beginning(folder / "drawing_test.SVG"), "<?xml");
  ASSERT_TRUE(write_drawing(drawing, folder / "drawing_test.png").ok());
  EXPECT_EQ(beginning(folder / "drawing_test.png"), "\x89PNG\r");
  const Status refused = write_drawing(drawing, folder / "drawing_test.pdf");
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message, HasSubstr(".svg or .png"));
}

TEST(Ticks, AreRoundAndHoldTheRange) {
  const Ticks accuracy = round_ticks(0.213, 0.371, 6);
  EXPECT_EQ(accuracy.text(accuracy.values.front()), "0.20");
  EXPECT_EQ(accuracy.text(accuracy.values.back()), "0.40");
  const Ticks covers = round_ticks(0, 3548, 6);
  EXPECT_EQ(covers.text(covers.values[1]), "1,000");
  EXPECT_EQ(round_ticks(-0.12, 0.03, 5).text(-0.0), "0.00");
  for (const auto& [low, high] :
       std::vector<std::pair<double, double>>{{0.5, 0.5}, {0, 0}, {0, 1}, {-3, 1e6}}) {
    for (int wanted = 2; wanted < 12; ++wanted) {
      const Ticks ticks = round_ticks(low, high, wanted);
      ASSERT_GE(ticks.values.size(), 2U);
      ASSERT_LE(ticks.values.size(), 3U * static_cast<size_t>(wanted));
      EXPECT_LE(ticks.values.front(), low);
      EXPECT_GE(ticks.values.back(), high);
      EXPECT_NE(ticks.text(ticks.values[0]), ticks.text(ticks.values[1]));
    }
  }
}

}  // namespace
}  // namespace sleeve
