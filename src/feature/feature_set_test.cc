// SPDX-License-Identifier: Apache-2.0
#include "feature/feature_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "image/picture.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

TEST(FeatureSet, NothingNamedMeansTheDefaultSet) {
  const auto set = parse_feature_set("");
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->text(), "hog+hsv+lbp+faces");
}

TEST(FeatureSet, TextIsReadBack) {
  for (const char* text :
       {"hog", "hsv+hog", "hog:cell=10+hsv", "hog+hog:cell=10:sqrt=false", "faces:scale=1.1"}) {
    const auto set = parse_feature_set(text);
    ASSERT_TRUE(set.ok()) << set.error().message;
    EXPECT_EQ(set->text(), text);
  }
}

TEST(FeatureSet, OptionsWithTheirDefaultValueAreNotShown) {
  const auto set = parse_feature_set("hog:cell=20");
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->text(), "hog");
  EXPECT_EQ(*set, *parse_feature_set("hog"));
}

TEST(FeatureSet, IdsNameVersionAndUnusualOptions) {
  const auto set = parse_feature_set("hog+hog:cell=10+hog:cell=25");
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->descriptors[0].text(), "hog/1");
  EXPECT_EQ(set->descriptors[0].file_stem(), "hog-1");
  EXPECT_EQ(set->descriptors[1].text(), "hog/1:cell=10");
  EXPECT_THAT(set->descriptors[1].file_stem(), testing::MatchesRegex("hog-1-[0-9a-f]+"));
  EXPECT_NE(set->descriptors[1].file_stem(), set->descriptors[2].file_stem());
}

TEST(FeatureSet, RefusesWhatItCannotMean) {
  for (const auto& [text, reason] : {std::pair{"hgo", "hog"},
                                     {"hog+", "does not start with a name"},
                                     {"hog+hsv+hog", "stands twice"},
                                     {"hog+hog:cell=20", "stands twice"},
                                     {"hog:cell=0", "outside"},
                                     {"hog:cel=10", "cell"},
                                     {"hog:cell", "key=value"}}) {
    const auto set = parse_feature_set(text);
    ASSERT_FALSE(set.ok()) << text;
    EXPECT_EQ(set.error().code, ErrorCode::kUsage) << text;
    EXPECT_THAT(set.error().message, HasSubstr(reason));
  }
}

TEST(FeatureSet, SurvivesJson) {
  const auto set = parse_feature_set("hog:cell=10+hsv+faces:scale=1.3");
  ASSERT_TRUE(set.ok());
  const auto text = dump_json(to_json(*set));
  const auto back = feature_set_from_json(*parse_json(text));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, *set);
}

TEST(FeatureSet, AnotherVersionOrAnUnknownDescriptorIsUnsupported) {
  Json json = to_json(*parse_feature_set("hog"));
  json[0]["version"] = 99;
  auto set = feature_set_from_json(json);
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(set.error().message, HasSubstr("hog/99"));
  json[0]["name"] = "cnn";
  set = feature_set_from_json(json);
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().code, ErrorCode::kUnsupported);
}

TEST(FeatureSet, DamagedJsonIsAnErrorNotACrash) {
  for (const char* text :
       {"{}", "[]", "[1]", "[{}]", R"([{"name":1,"version":1,"options":{}}])",
        R"([{"name":"hog","version":"x","options":{}}])", R"([{"name":"hog","version":1}])",
        R"([{"name":"hog","version":1,"options":[]}])"}) {
    EXPECT_FALSE(feature_set_from_json(*parse_json(text)).ok()) << text;
  }
}

TEST(Extractor, JoinsTheDescriptorsInTheSetsOrder) {
  cv::Mat bgr(50, 60, CV_8UC3);
  cv::randu(bgr, 0, 256);
  const Picture picture = picture_from_pixels(bgr);
  auto joined = Extractor::make(*parse_feature_set("hsv:bins=2+lbp"));
  auto hsv = Extractor::make(*parse_feature_set("hsv:bins=2"));
  auto lbp = Extractor::make(*parse_feature_set("lbp"));
  ASSERT_TRUE(joined.ok() && hsv.ok() && lbp.ok());
  EXPECT_EQ(joined->sizes(), (std::vector<size_t>{8, 26}));
  EXPECT_EQ(joined->value_names().size(), 34U);
  EXPECT_EQ(joined->value_names()[8], "lbp: uniform, 0 of 24 not darker");
  std::vector<float> all(34), first(8), second(26);
  ASSERT_TRUE(joined->describe(picture, all).ok());
  ASSERT_TRUE(hsv->describe(picture, first).ok());
  ASSERT_TRUE(lbp->describe(picture, second).ok());
  first.insert(first.end(), second.begin(), second.end());
  EXPECT_EQ(all, first);
  EXPECT_EQ(*descriptor_sizes(*parse_feature_set("hsv:bins=2+lbp")), joined->sizes());
}

}  // namespace
}  // namespace sleeve
