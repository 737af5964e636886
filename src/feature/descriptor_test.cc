// SPDX-License-Identifier: Apache-2.0
//
// What every descriptor of the registry promises.
#include "feature/descriptor.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "base/rng.h"
#include "feature/faces.h"
#include "feature/feature_set.h"
#include "feature/golden_testing.h"
#include "image/picture.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

cv::Mat random_pixels(int height, int width, uint64_t seed) {
  cv::Mat bgr(height, width, CV_8UC3);
  Rng rng(seed);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) bgr.at<cv::Vec3b>(y, x)[c] = static_cast<uint8_t>(rng.below(256));
    }
  }
  return bgr;
}

// Pictures that break careless code.
std::vector<Picture> odd_pictures() {
  std::vector<Picture> pictures;
  for (const auto& [height, width] :
       {std::pair{1, 1}, {1, 300}, {300, 1}, {2, 2}, {3, 1500}, {1500, 3}, {99, 101}}) {
    pictures.push_back(picture_from_pixels(random_pixels(height, width, 7)));
  }
  for (const int value : {0, 1, 127, 255}) {
    pictures.push_back(picture_from_pixels(cv::Mat(120, 130, CV_8UC3, cv::Scalar::all(value))));
  }
  return pictures;
}

class DescriptorTest : public testing::TestWithParam<std::string> {
 protected:
  static const DescriptorEntry& entry() { return **find_descriptor(GetParam()); }
  static std::unique_ptr<Descriptor> make(const Json& options = Json::object()) {
    auto made = entry().make(options);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? std::move(made).value() : nullptr;
  }
  static std::vector<float> values(Descriptor& descriptor, const Picture& picture) {
    std::vector<float> out(descriptor.size(), NAN);
    EXPECT_TRUE(descriptor.describe(picture, out).ok());
    return out;
  }
};

TEST_P(DescriptorTest, HasOneDistinctNamePerValue) {
  const auto descriptor = make();
  const auto names = descriptor->value_names();
  EXPECT_EQ(names.size(), descriptor->size());
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_EQ(*entry().size(Json::object()), descriptor->size());
}

TEST_P(DescriptorTest, GivesFiniteValuesForEveryPicture) {
  const auto descriptor = make();
  for (const Picture& picture : odd_pictures()) {
    for (const float value : values(*descriptor, picture)) {
      ASSERT_TRUE(std::isfinite(value)) << picture.width() << " × " << picture.height();
    }
  }
}

TEST_P(DescriptorTest, RemembersNothingOfThePicturesBefore) {
  const auto used = make();
  const std::vector<Picture> pictures = odd_pictures();
  std::vector<std::vector<float>> first;
  for (const Picture& picture : pictures) first.push_back(values(*used, picture));
  for (size_t i = pictures.size(); i-- > 0;) {
    EXPECT_EQ(values(*used, pictures[i]), first[i]);
    EXPECT_EQ(values(*make(), pictures[i]), first[i]);
  }
}

TEST_P(DescriptorTest, DoesNotCareHowThePixelsLieInMemory) {
  const cv::Mat large = random_pixels(90, 140, 3);
  const Picture part = picture_from_pixels(large(cv::Rect(11, 5, 77, 60)));
  const Picture copy = picture_from_pixels(large(cv::Rect(11, 5, 77, 60)).clone());
  const auto descriptor = make();
  EXPECT_EQ(values(*descriptor, part), values(*descriptor, copy));
}

TEST_P(DescriptorTest, OptionsSurviveTheWayThroughJson) {
  const auto complete = entry().complete(Json::object());
  ASSERT_TRUE(complete.ok());
  EXPECT_EQ(complete->size(), entry().options().size());
  const auto again = entry().complete(*complete);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *complete);
  const Picture picture = picture_from_pixels(random_pixels(64, 48, 1));
  EXPECT_EQ(values(*make(*complete), picture), values(*make(), picture));
}

TEST_P(DescriptorTest, EachOptionIsCheckedAgainstItsRange) {
  for (const OptionInfo& option : entry().options()) {
    if (option.type != "integer" && option.type != "number") continue;
    for (const double bad : {option.range.low - 1, option.range.high + 1}) {
      const Json json = {{option.name, bad}};
      const auto made = entry().make(json);
      ASSERT_FALSE(made.ok()) << option.name << " " << bad;
      EXPECT_EQ(made.error().code, ErrorCode::kUsage);
      EXPECT_THAT(made.error().message, HasSubstr(option.name));
      EXPECT_FALSE(entry().complete(json).ok());
    }
  }
}

TEST_P(DescriptorTest, RefusesUnknownOptions) {
  const auto made = entry().make({{"no_such_option", 1}});
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("no_such_option"));
}

TEST_P(DescriptorTest, WorksAtTheEndsOfEachOptionsRange) {
  const Picture picture = picture_from_pixels(random_pixels(40, 50, 9));
  for (const OptionInfo& option : entry().options()) {
    if (option.type != "integer" && option.type != "number") continue;
    for (const double end : {option.range.low, option.range.high}) {
      const Json json = {{option.name, end}};
      auto made = entry().make(json);
      if (!made.ok()) {  // may not fit the other options' defaults, but then says so
        EXPECT_EQ(made.error().code, ErrorCode::kUsage) << made.error().message;
        continue;
      }
      EXPECT_EQ(*entry().size(json), (*made)->size());
      for (const float value : values(**made, picture)) ASSERT_TRUE(std::isfinite(value)) << option.name;
    }
  }
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const DescriptorEntry& entry : descriptor_registry()) names.emplace_back(entry.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Registry, DescriptorTest, testing::ValuesIn(all_names()),
                         [](const auto& test) { return test.param; });

TEST(DescriptorRegistry, NamesAreDistinctAndEverythingIsDescribed) {
  const auto names = all_names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const DescriptorEntry& entry : descriptor_registry()) {
    EXPECT_GE(entry.version, 1);
    EXPECT_FALSE(entry.summary.empty());
    EXPECT_FALSE(entry.source.empty());
  }
}

TEST(DescriptorRegistry, AWrongNameIsAnsweredWithTheNearest) {
  const auto found = find_descriptor("hgo");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUsage);
  EXPECT_THAT(found.error().message, HasSubstr("hog"));
}

TEST(HogDescriptor, RefusesCellsThatDoNotFillABlock) {
  const auto made = (*find_descriptor("hog"))->make({{"cell", 60}});
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::kUsage);
  EXPECT_THAT(made.error().message, HasSubstr("block"));
  EXPECT_FALSE((*find_descriptor("hog"))->make({{"cell", 2}, {"side", 512}, {"block", 8}}).ok());
}

// A straight edge between left and right: every gradient lies in the first bin, none is lost to
// a rounding error that makes its angle 180°.
TEST(HogDescriptor, AStraightEdgeFallsIntoOneBin) {
  for (const int side : {100, 230, 640}) {
    cv::Mat bgr(side, side, CV_8UC3, cv::Scalar(10, 200, 30));
    bgr.colRange(side * 3 / 10, side).setTo(cv::Scalar(90, 40, 220));
    auto hog = *(*find_descriptor("hog"))->make(Json::object());
    std::vector<float> out(hog->size());
    ASSERT_TRUE(hog->describe(picture_from_pixels(bgr), out).ok());
    for (size_t i = 0; i < out.size(); ++i) {
      if (i % 9 != 0) {
        ASSERT_EQ(out[i], 0.0F) << side << ": " << hog->value_names()[i];
      }
    }
  }
}

TEST(HogDescriptor, AFlatPictureHasNoGradients) {
  auto hog = *(*find_descriptor("hog"))->make(Json::object());
  std::vector<float> out(hog->size());
  ASSERT_TRUE(
      hog->describe(picture_from_pixels(cv::Mat(333, 217, CV_8UC3, cv::Scalar(1, 77, 201))), out).ok());
  EXPECT_THAT(out, testing::Each(0.0F));
}

TEST(FacesDescriptor, SaysWhatToInstallWhereTheCascadeIsMissing) {
  const auto loaded = FacesDescriptor::load({}, "/no/such/cascade.xml");
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(loaded.error().message, HasSubstr("opencv-data"));
}

TEST(FacesDescriptor, RefusesAFileThatIsNoCascade) {
  const auto loaded = FacesDescriptor::load({}, std::filesystem::path(SLEEVE_SOURCE_DIR) / "VERSION");
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
}

TEST(FacesDescriptor, FindsTheFaceWhereItIs) {
  const Picture picture = golden_picture("astronaut_face.jpg");
  auto faces = FacesDescriptor::load({}, haar_cascade_path());
  ASSERT_TRUE(faces.ok()) << faces.error().message;
  const auto boxes = (*faces)->find(picture);
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_TRUE(boxes[0].contains({145, 115})) << boxes[0];  // between the eyes
}

}  // namespace
}  // namespace sleeve
