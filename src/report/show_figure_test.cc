// SPDX-License-Identifier: Apache-2.0
#include "report/show_figure.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "feature/network_list.h"
#include "report/feature_panel.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

const std::filesystem::path kPictures = std::filesystem::path(SLEEVE_SOURCE_DIR) / "tests/golden/pictures";

// Small ones of tests/golden/make_networks.py stand for the published networks.
class SmallNetworks : public testing::Environment {
 public:
  void SetUp() override { ::setenv("SLEEVE_NETWORKS", SLEEVE_SOURCE_DIR "/tests/golden/networks", 1); }
};
const auto* const kEnvironment = testing::AddGlobalTestEnvironment(new SmallNetworks);

Result<Drawing> shown(const std::string& picture, const std::string& features) {
  const auto report = show_cover(kPictures / picture, *parse_feature_set(features));
  if (!report.ok()) return report.error();
  return show_figure(*report);
}

auto polylines(const Drawing& drawing) {
  return std::ranges::count_if(drawing.shapes(),
                               [](const Shape& shape) { return std::holds_alternative<Polyline>(shape); });
}

std::string every_descriptor() {
  std::string set;
  for (const DescriptorEntry& entry : descriptor_registry()) {
    if (entry.make(Json::object()).ok()) set += (set.empty() ? "" : "+") + std::string(entry.name);
  }
  return set;
}

TEST(ShowFigure, HasAPanelForEveryDescriptorAndEveryPicture) {
  const std::string set = every_descriptor();
  const FeatureSet features = *parse_feature_set(set);
  for (const char* picture : {"coffee_wide.jpg", "tiny.png", "flat_black.png"}) {
    const auto drawing = shown(picture, set);
    ASSERT_TRUE(drawing.ok()) << drawing.error().message;
    const std::string svg = to_svg(*drawing);
    for (const DescriptorId& id : features.descriptors) EXPECT_THAT(svg, HasSubstr(">" + id.name + "<"));
    EXPECT_THAT(svg, testing::Not(HasSubstr("nan,")));
    EXPECT_THAT(svg, testing::Not(HasSubstr("\"nan\"")));
    EXPECT_THAT(svg, testing::Not(HasSubstr("inf\"")));
  }
}

TEST(ShowFigure, PanelsFollowTheDescriptorsOptions) {
  const auto drawing = shown("coffee_300.jpg",
                             "hog:cell=10:block=3+hsv:bins=4+lbp:points=8:radius=2+palette:colours=2+hsv_"
                             "pyramid:levels=1+lab_pyramid:levels=4:"
                             "colour=3+gist:grid=3:scales=2+wavelets:grid=1+hog_pyramid:levels=1+lbp_multi:"
                             "radii=4:grid=2+text:letters=9+region_covariance:scales=1:orientations=4");
  ASSERT_TRUE(drawing.ok()) << drawing.error().message;
  const std::string svg = to_svg(*drawing);
  EXPECT_THAT(svg, HasSubstr("edges in 10 × 10 cells"));
  EXPECT_THAT(svg, HasSubstr("4 bins of each"));
  EXPECT_THAT(svg, HasSubstr("36 bins in 8 × 8 cells"));
  EXPECT_THAT(svg, HasSubstr("25 maps"));
}

TEST(ShowFigure, FramesTheFaceAndTheLettering) {
  const auto face = shown("astronaut_face.jpg", "faces");
  ASSERT_TRUE(face.ok()) << face.error().message;
  EXPECT_THAT(to_svg(*face), HasSubstr(">1 face<"));
  const auto label = shown("advisory.jpg", "advisory"), none = shown("coffee_300.jpg", "advisory");
  ASSERT_TRUE(label.ok() && none.ok());
  EXPECT_THAT(to_svg(*label), HasSubstr("label (likeness of its letters 0.59)"));
  EXPECT_THAT(to_svg(*none), HasSubstr("no label (likeness of its letters 0.08)"));
  const auto text = shown("lettering.png", "text");
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(to_svg(*text), HasSubstr("lines of lettering"));
}

TEST(ShowFigure, FramesWhatYunetTakesForFaces) {
  cv::Mat squares(640, 640, CV_8UC3, cv::Scalar::all(0));
  squares(cv::Rect(64, 128, 64, 64)).setTo(cv::Scalar(0, 0, 255));
  squares(cv::Rect(512, 512, 64, 64)).setTo(cv::Scalar(0, 0, 255));
  const std::string file = testing::TempDir() + "squares.png";
  ASSERT_TRUE(cv::imwrite(file, squares));
  const auto drawing = shown(file, "faces_yunet");
  ASSERT_TRUE(drawing.ok()) << drawing.error().message;
  EXPECT_THAT(to_svg(*drawing), HasSubstr(">2 faces<"));
  EXPECT_EQ(polylines(*drawing), 4);  // each frame has a light one beneath it
}

TEST(ShowFigure, CirclesTheKeypoints) {
  const auto drawing = shown("coffee_300.jpg", "sift:keypoints=7");
  ASSERT_TRUE(drawing.ok()) << drawing.error().message;
  EXPECT_THAT(to_svg(*drawing), HasSubstr(">7 keypoints<"));
  EXPECT_EQ(polylines(*drawing), 14);  // a circle and its direction
  const auto flat = shown("flat_black.png", "orb");
  ASSERT_TRUE(flat.ok());
  EXPECT_THAT(to_svg(*flat), HasSubstr(">0 keypoints<"));
}

TEST(ShowFigure, MapsWhatLayersOfANetworkAnswer) {
  const auto drawing = shown("coffee_wide.jpg", "embedding:layers=all");
  ASSERT_TRUE(drawing.ok()) << drawing.error().message;
  const auto entry = find_network(networks_folder(), "mobilenetv2-12");
  const auto maps = std::ranges::count_if(entry->layers, &NetworkLayer::spatial);
  const auto images = std::ranges::count_if(
      drawing->shapes(), [](const Shape& shape) { return std::holds_alternative<Image>(shape); });
  EXPECT_EQ(images, 1 + maps);  // and the cover
  for (const NetworkLayer& layer : entry->layers) {
    EXPECT_THAT(to_svg(*drawing), HasSubstr(">" + layer.name + "<"));
  }
}

// The cover's colours have to arrive where they belong, in the PNG as in the SVG.
TEST(ShowFigure, ThePngShowsTheCoverItself) {
  const auto drawing = shown("flat_card.png", "palette");
  ASSERT_TRUE(drawing.ok());
  const auto png = to_png(*drawing, 1);
  ASSERT_TRUE(png.ok());
  const std::vector<uint8_t> bytes(reinterpret_cast<const uint8_t*>(png->data()),
                                   reinterpret_cast<const uint8_t*>(png->data()) + png->size());
  const cv::Mat sheet = cv::imdecode(bytes, cv::IMREAD_COLOR);
  ASSERT_FALSE(sheet.empty());
  EXPECT_EQ(sheet.at<cv::Vec3b>(140, 150), cv::Vec3b(30, 90, 210));
  EXPECT_EQ(sheet.at<cv::Vec3b>(330, 150), cv::Vec3b(200, 90, 20));
  EXPECT_THAT(to_svg(*drawing), HasSubstr("href=\"data:image/png;base64,iVBOR"));
}

TEST(FindPanel, DescriptorsWithoutOneGetBars) {
  EXPECT_EQ(find_panel("no such descriptor"), draw_bars);
  EXPECT_NE(find_panel("hog"), draw_bars);
  Drawing drawing(300, 300, "bars");
  const std::vector<float> values = {0.0F, -1.0F, 2.0F};
  const std::vector<std::string> names = {"a", "b", "c"};
  const Picture picture = picture_from_pixels(cv::Mat(4, 4, CV_8UC3, cv::Scalar(1, 2, 3)));
  const auto descriptor = *(*find_descriptor("hsv"))->make(Json::object());
  const auto caption =
      draw_bars(drawing, {10, 10, 200, 200}, {picture, *descriptor, Json::object(), values, names});
  ASSERT_TRUE(caption.ok());
  EXPECT_EQ(*caption, "3 values from -1 to 2");
  EXPECT_EQ(drawing.shapes().size(), 3U);  // two bars and the line of zero
}

}  // namespace
}  // namespace sleeve
