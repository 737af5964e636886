// SPDX-License-Identifier: Apache-2.0
#include "feature/local_features.h"

#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "base/file.h"
#include "feature/feature_set.h"
#include "feature/golden_testing.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

std::vector<std::string> bag_names() {
  std::vector<std::string> names;
  for (const DescriptorEntry& entry : descriptor_registry()) {
    if (entry.bag(Json::object()).value()) names.emplace_back(entry.name);
  }
  return names;
}

struct Described {
  BagLayout layout;
  std::vector<float> row;
  [[nodiscard]] BagRow bag() const { return {layout, row}; }
  [[nodiscard]] std::vector<int> vector(size_t i) const {
    std::vector<uint8_t> bytes(layout.bytes);
    bag().unpack(i, bytes);
    return {bytes.begin(), bytes.end()};
  }
};

Described described(const std::string& name, const Json& options, const Picture& picture) {
  const DescriptorEntry& entry = **find_descriptor(name);
  auto descriptor = entry.make(options);
  EXPECT_TRUE(descriptor.ok()) << descriptor.error().message;
  Described result{*entry.bag(options).value(), std::vector<float>((*descriptor)->size())};
  EXPECT_TRUE((*descriptor)->describe(picture, result.row).ok());
  return result;
}

TEST(LocalFeatures, EqualWhatOpenCvsPythonFinds) {
  const auto text = read_text_file(kGoldenFolder / "local_features.json");
  ASSERT_TRUE(text.ok());
  const Json golden = *parse_json(*text);
  ASSERT_EQ(golden["cases"].size(), 25U);
  for (const Json& expected : golden["cases"]) {
    const auto name = expected["descriptor"].get<std::string>();
    SCOPED_TRACE(name + " of " + expected["picture"].get<std::string>());
    const Json options = name == "dense_sift"
                             ? Json{{"grid", 4}}
                             : Json{{"keypoints", golden["keypoints"]}, {"side", golden["side"]}};
    const Described found = described(name, options, golden_picture(expected["picture"]));
    ASSERT_EQ(found.bag().count(), expected["count"].get<size_t>());
    for (size_t i = 0; i < expected["places"].size(); ++i) {
      const ItemPlace place = found.bag().place(i);
      EXPECT_NEAR(place.x, expected["places"][i][0].get<float>(), 1e-5);
      EXPECT_NEAR(place.y, expected["places"][i][1].get<float>(), 1e-5);
      EXPECT_NEAR(place.scale, expected["places"][i][2].get<float>(), 1e-5);
      const auto vector = found.vector(i);
      const auto bytes = expected["vectors"][i].get<std::vector<int>>();
      ASSERT_EQ(vector.size(), bytes.size());
      // Another CPU's vector instructions may round one value otherwise.
      for (size_t at = 0; at < bytes.size(); ++at) ASSERT_NEAR(vector[at], bytes[at], 1) << i << " " << at;
    }
  }
}

class BagDescriptor : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registry, BagDescriptor, testing::ValuesIn(bag_names()),
                         [](const auto& test) { return test.param; });

TEST_P(BagDescriptor, ItemsLieInThePictureAndBehindThemIsNothing) {
  const Described found = described(GetParam(), Json::object(), golden_picture("coffee_300.jpg"));
  const size_t count = found.bag().count();
  EXPECT_GT(count, 20U);
  for (size_t i = 0; i < count; ++i) {
    const ItemPlace place = found.bag().place(i);
    EXPECT_TRUE(place.x >= 0.0F && place.x <= 1.0F && place.y >= 0.0F && place.y <= 1.0F);
    EXPECT_TRUE(place.scale > 0.0F && place.scale <= 1.0F);
    const auto vector = found.vector(i);
    EXPECT_NE(std::ranges::count(vector, 0), static_cast<std::ptrdiff_t>(vector.size())) << i;
  }
  const auto behind = std::span(found.row).subspan(found.layout.columns(count));
  EXPECT_TRUE(std::ranges::all_of(behind, [](float value) { return value == 0.0F; }));
}

TEST_P(BagDescriptor, FewerKeypointsAreTheFirstOfMore) {
  if (GetParam() == "dense_sift" || GetParam() == "orb") return;  // a grid; ORB shares its number over sizes
  const Picture picture = golden_picture("coffee_300.jpg");
  const Described few = described(GetParam(), {{"keypoints", 10}}, picture);
  const Described more = described(GetParam(), {{"keypoints", 20}}, picture);
  ASSERT_EQ(few.bag().count(), 10U);
  EXPECT_TRUE(
      std::ranges::equal(std::span(few.row).subspan(1), std::span(more.row).subspan(1, few.row.size() - 1)));
}

TEST_P(BagDescriptor, TheKeypointsToDrawAreThoseInTheBag) {
  const Picture picture = golden_picture("astronaut_640.jpg");
  auto made = (*find_descriptor(GetParam()))->make(Json::object());
  auto* local = dynamic_cast<LocalFeatures*>(made->get());
  ASSERT_NE(local, nullptr);
  const auto drawn = local->keypoints(picture);
  const Described found = described(GetParam(), Json::object(), picture);
  ASSERT_EQ(drawn.size(), found.bag().count());
  for (size_t i = 0; i < drawn.size(); ++i) {
    EXPECT_NEAR(drawn[i].centre.x, found.bag().place(i).x * static_cast<float>(picture.width()), 0.01);
    EXPECT_NEAR(drawn[i].centre.y, found.bag().place(i).y * static_cast<float>(picture.height()), 0.01);
  }
}

TEST(DenseSift, StandsOnAGridScaleByScale) {
  const Described found =
      described("dense_sift", {{"grid", 3}, {"scales", 2}}, golden_picture("coffee_300.jpg"));
  ASSERT_EQ(found.bag().count(), 18U);
  for (size_t i = 0; i < 18; ++i) {
    const ItemPlace place = found.bag().place(i);
    EXPECT_NEAR(place.x, (static_cast<float>(i % 3) + 0.5F) / 3.0F, 1e-5) << i;
    EXPECT_NEAR(place.y, (static_cast<float>(i / 3 % 3) + 0.5F) / 3.0F, 1e-5) << i;
    EXPECT_NEAR(place.scale, (i < 9 ? 4.0F : 8.0F) / 192.0F, 1e-5) << i;
  }
  EXPECT_FALSE((*find_descriptor("dense_sift"))->make({{"side", 32}, {"cell", 64}}).ok());
}

TEST(LocalFeatures, TinyPicturesHaveNone) {
  for (const std::string& name : bag_names()) {
    const Picture tiny = picture_from_pixels(cv::Mat(15, 400, CV_8UC3, cv::Scalar(1, 200, 50)));
    EXPECT_EQ(described(name, Json::object(), tiny).bag().count(), 0U) << name;
  }
}

TEST(LocalFeatures, OrdinaryDescriptorsAreNoBags) {
  for (const char* name : {"hog", "hsv", "lbp", "faces"}) {
    EXPECT_FALSE((*find_descriptor(name))->bag(Json::object()).value()) << name;
  }
}

#ifndef SLEEVE_HAS_SURF
TEST(Surf, SaysWhatItNeedsWhereOpenCvHasNone) {
  const auto found = parse_feature_set("surf");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUsage);
  EXPECT_THAT(found.error().message, HasSubstr("OPENCV_ENABLE_NONFREE"));
}
#endif

}  // namespace
}  // namespace sleeve
