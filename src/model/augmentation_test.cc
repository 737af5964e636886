// SPDX-License-Identifier: Apache-2.0
#include "model/augmentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using ::testing::HasSubstr;

TEST(Augmentation, CopiesAreWrittenWithTheOptionsThatDiffer) {
  EXPECT_EQ(parse_copies("3")->copies, 3);
  EXPECT_EQ(parse_copies("3")->options, AugmentOptions{});
  const auto wanted = parse_copies("2:rotate=0:jpeg=100");
  ASSERT_TRUE(wanted.ok());
  EXPECT_EQ(wanted->copies, 2);
  EXPECT_EQ(wanted->options.rotate, 0.0);
  EXPECT_EQ(wanted->options.jpeg, 100);
  EXPECT_EQ(wanted->options.crop, AugmentOptions{}.crop);
}

TEST(Augmentation, WhatIsNoNumberOfCopiesIsRefused) {
  for (const char* text : {"", "many", "-1", "1.5", "101", "rotate=0"}) {
    const auto wanted = parse_copies(text);
    ASSERT_FALSE(wanted.ok()) << text;
    EXPECT_EQ(wanted.error().code, ErrorCode::kUsage);
  }
  EXPECT_THAT(parse_copies("2:rotate=99").error().message, HasSubstr("rotate"));
  EXPECT_THAT(parse_copies("2:turn=9").error().message, HasSubstr("turn"));
}

TEST(Augmentation, MoreThanHalfOfTheMemoryIsRefusedBeforeAnythingIsComputed) {
  Augmentation augmentation;
  EXPECT_TRUE(check_fits(1000, 500, augmentation, 4e6).ok());  // 2 MB
  EXPECT_THAT(check_fits(1001, 500, augmentation, 4e6).error().message, HasSubstr("smaller descriptors"));
  augmentation.train = 2;
  augmentation.test = 3;
  EXPECT_TRUE(check_fits(250, 500, augmentation, 4e6).ok());
  const Status refused = check_fits(251, 500, augmentation, 4e6);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(refused.error().message, HasSubstr("251 covers and 3 altered copies of each"));
}

TEST(Augmentation, ConfigurationsTellItAndAreUntouchedWithoutCopies) {
  Json config = Json::object();
  Augmentation augmentation;
  augmentation.options.flip = 1.0;
  put_augmentation(config, augmentation);
  EXPECT_TRUE(config.empty());
  EXPECT_TRUE(augmentation_of(config)->none());
  augmentation.train = 2;
  augmentation.test = 4;
  put_augmentation(config, augmentation);
  EXPECT_EQ(*augmentation_of(config), augmentation);
  config["augmentation"]["train"] = 1000;
  EXPECT_EQ(augmentation_of(config).error().code, ErrorCode::kCorrupt);
  config["augmentation"] = 7;
  EXPECT_EQ(augmentation_of(config).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace sleeve
