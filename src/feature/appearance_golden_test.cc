// SPDX-License-Identifier: Apache-2.0
//
// The descriptors of colour, composition, lettering, structure and texture against the same definitions
// written in NumPy (tests/golden/make_appearance.py).
#include <cmath>
#include <cstring>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "base/file.h"
#include "base/json.h"
#include "feature/feature_set.h"
#include "feature/golden_testing.h"
#include "feature/palette.h"
#include "feature/portable_math.h"
#include "feature/saliency.h"
#include "feature/text.h"
#include "image/picture.h"

namespace sleeve {
namespace {

// The largest absolute difference that is allowed. GIST and wavelets compute their coarse scales at half the
// size.
const std::map<std::string, float> kBounds = {
    {"colour", 1e-6F},      {"hsv_pyramid", 1e-6F},       {"lab_pyramid", 1e-6F}, {"text", 1e-6F},
    {"composition", 1e-5F}, {"hog_pyramid", 1e-5F},       {"lbp_multi", 1e-6F},   {"gist", 1e-2F},
    {"wavelets", 1e-3F},    {"region_covariance", 1e-4F},
};

struct Appearance {
  std::string picture, descriptor;
  std::vector<float> theirs;
};

std::vector<Appearance> read_appearance() {
  std::vector<Appearance> all;
  const auto text = read_text_file(kGoldenFolder / "appearance.json");
  const auto bytes = read_file(kGoldenFolder / "appearance.f32");
  if (!text.ok() || !bytes.ok()) return all;
  const auto json = parse_json(*text);
  if (!json.ok()) return all;
  size_t offset = 0;
  for (const Json& picture : (*json)["pictures"]) {
    for (const Json& descriptor : (*json)["descriptors"]) {
      Appearance golden{picture.get<std::string>(), descriptor["name"].get<std::string>(),
                        std::vector<float>(descriptor["values"].get<size_t>())};
      const size_t size = golden.theirs.size() * sizeof(float);
      if (offset + size > bytes->size()) return {};
      std::memcpy(golden.theirs.data(), bytes->data() + offset, size);
      offset += size;
      all.push_back(std::move(golden));
    }
  }
  return all;
}

std::vector<float> compute(const std::string& descriptor, const Picture& picture) {
  auto extractor = Extractor::make(*parse_feature_set(descriptor));
  EXPECT_TRUE(extractor.ok());
  std::vector<float> values(extractor->size());
  EXPECT_TRUE(extractor->describe(picture, values).ok());
  return values;
}

TEST(AppearanceGolden, ValuesAreThoseOfTheDefinitionsInNumPy) {
  const std::vector<Appearance> all = read_appearance();
  ASSERT_EQ(all.size(), 8 * (kBounds.size() + 1));
  for (const Appearance& golden : all) {
    if (golden.descriptor == "palette") continue;
    const std::vector<float> ours = compute(golden.descriptor, golden_picture(golden.picture));
    ASSERT_EQ(ours.size(), golden.theirs.size());
    float largest = 0.0F;
    for (size_t i = 0; i < ours.size(); ++i)
      largest = std::max(largest, std::abs(ours[i] - golden.theirs[i]));
    EXPECT_LE(largest, kBounds.at(golden.descriptor)) << golden.descriptor << " of " << golden.picture;
  }
}

// k-means ends in a local minimum; ours has to be about as good as the best of scikit-learn's ten.
TEST(AppearanceGolden, ThePaletteIsAsNearToThePixelsAsScikitLearns) {
  for (const Appearance& golden : read_appearance()) {
    if (golden.descriptor != "palette") continue;
    const Palette palette = find_palette(golden_picture(golden.picture), {});
    EXPECT_LE(palette.spread, 1.03 * golden.theirs[0] + 0.01) << golden.picture;
  }
}

TEST(Palette, NamesTheColoursOfACardByTheirShare) {
  cv::Mat card(100, 100, CV_8UC3, cv::Scalar(255, 255, 255));
  card.rowRange(0, 25).setTo(cv::Scalar(0, 0, 0));
  card(cv::Rect(0, 75, 50, 25)).setTo(cv::Scalar(0, 0, 255));
  const Palette palette = find_palette(picture_from_pixels(card), {.colours = 3});
  ASSERT_EQ(palette.colours.size(), 3U);
  EXPECT_NEAR(palette.colours[0].share, 0.625, 0.01);
  EXPECT_NEAR(palette.colours[1].share, 0.25, 0.01);
  EXPECT_NEAR(palette.colours[2].share, 0.125, 0.01);
  EXPECT_NEAR(palette.colours[0].lab[0], 255, 1);       // white
  EXPECT_NEAR(palette.colours[1].lab[0], 0, 1);         // black
  EXPECT_NEAR(palette.colours[2].lab[1], 128 + 80, 2);  // red
}

TEST(Palette, APictureOfOneColourHasOne) {
  const Picture flat = picture_from_pixels(cv::Mat(40, 40, CV_8UC3, cv::Scalar(9, 80, 200)));
  const Palette palette = find_palette(flat, {.colours = 5});
  ASSERT_EQ(palette.colours.size(), 1U);
  EXPECT_EQ(palette.colours[0].share, 1.0);
  EXPECT_EQ(palette.spread, 0.0);
}

TEST(Colour, GreyPicturesHaveNoColourAndRedOnesHaveOneHue) {
  const auto grey = compute("colour", picture_from_pixels(cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(128))));
  EXPECT_EQ(grey[0], 0.0F);  // colourfulness
  EXPECT_EQ(grey[6], 1.0F);  // share of grey
  EXPECT_EQ(grey[7], 0.0F);  // entropy
  const auto red = compute("colour", picture_from_pixels(cv::Mat(64, 64, CV_8UC3, cv::Scalar(0, 0, 255))));
  EXPECT_EQ(red[7], 0.0F);
  EXPECT_FLOAT_EQ(red[8], 1.0F);  // hue cosine
  EXPECT_NEAR(red[0], 0.3 * std::sqrt(255.0 * 255.0 + 127.5 * 127.5) / 100.0, 1e-5);
}

// 1, 1/4 + 4 × 1/4 … : every cell's histogram sums to its level's weight.
TEST(ColourPyramid, EachCellSumsToItsLevelsWeight) {
  const Picture picture = golden_picture("coffee_300.jpg");
  const std::map<std::string, double> sums = {
      {"lab_pyramid:levels=1", 1.0},
      {"lab_pyramid:levels=2", 0.5 + 4 * 0.5},
      {"lab_pyramid", 0.25 + 4 * 0.25 + 16 * 0.5},
      {"hsv_pyramid:levels=4", 0.125 + 4 * 0.125 + 16 * 0.25 + 64 * 0.5},
  };
  for (const auto& [set, expected] : sums) {
    double sum = 0.0;
    for (const float value : compute(set, picture)) sum += static_cast<double>(value);
    EXPECT_NEAR(sum, expected, 1e-4) << set;
  }
}

TEST(Composition, KnowsMirroredPicturesAndWhereSomethingStandsOut) {
  cv::Mat bgr(128, 128, CV_8UC3, cv::Scalar::all(200));
  cv::circle(bgr, {100, 28}, 8, cv::Scalar(20, 20, 20), -1);
  const auto values = compute("composition", picture_from_pixels(bgr));
  const auto names = (*(*find_descriptor("composition"))->make(Json::object()))->value_names();
  std::map<std::string, float> named;
  for (size_t i = 0; i < names.size(); ++i) named[names[i]] = values[i];
  EXPECT_GT(named["saliency 0,2"], 0.5F);
  EXPECT_GT(named["saliency centre across"], 0.6F);
  EXPECT_LT(named["saliency centre down"], 0.4F);
  EXPECT_LT(named["symmetry left-right"], 0.1F);
  cv::Mat mirrored;
  cv::flip(bgr, mirrored, 1);
  const auto both = compute("composition", picture_from_pixels(cv::min(bgr, mirrored)));
  EXPECT_FLOAT_EQ(both[19], 1.0F);
}

TEST(Saliency, SumsToOneAndIsEvenWhereNothingStandsOut) {
  const cv::Mat flat = spectral_saliency(cv::Mat(64, 64, CV_8UC1, cv::Scalar(90)));
  EXPECT_NEAR(cv::sum(flat)[0], 1.0, 1e-9);
  double low = 0.0, high = 0.0;
  cv::minMaxLoc(flat, &low, &high);
  EXPECT_NEAR(low, high, 1e-9);
  EXPECT_NEAR(cv::sum(spectral_saliency(cv::Mat(64, 64, CV_8UC1, cv::Scalar(0))))[0], 1.0, 1e-9);
}

TEST(Text, FindsTheLinesOfLettering) {
  const std::vector<TextLine> lines = find_text(golden_picture("lettering.png"), {});
  ASSERT_GE(lines.size(), 3U);
  const auto near = [&](cv::Point point) {
    return std::ranges::any_of(lines, [&](const TextLine& line) { return line.box.contains(point); });
  };
  EXPECT_TRUE(near({60, 50}));    // THE WALKING
  EXPECT_TRUE(near({125, 105}));  // HOUSE
  EXPECT_TRUE(near({130, 225}));  // greatest hits
  EXPECT_FALSE(near({128, 170}));
}

TEST(Text, FindsNoneInWhatHasNone) {
  for (const char* file : {"flat_grey.png", "ramp.png", "disc.png", "blur.jpg"}) {
    EXPECT_THAT(find_text(golden_picture(file), {}), testing::IsEmpty()) << file;
  }
}

TEST(PortableMath, AgreesWithTheLibrary) {
  for (double x = 1e-12; x < 1e12; x *= 3.7) {
    EXPECT_NEAR(portable_log(x), std::log(x), 1e-13 * (1.0 + std::abs(std::log(x))));
    EXPECT_NEAR(portable_cbrt(-x), -std::cbrt(x), 1e-14 * std::cbrt(x));
  }
  for (double x = -50.0; x <= 50.0; x += 0.37) EXPECT_NEAR(portable_exp(x), std::exp(x), 1e-11 * std::exp(x));
  EXPECT_EQ(portable_cbrt(0.0), 0.0);
  EXPECT_EQ(portable_log(1.0), 0.0);
}

}  // namespace
}  // namespace sleeve
