// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

std::string logged(const std::string& level) {
  EXPECT_TRUE(set_log_level(level).ok());
  ::testing::internal::CaptureStderr();
  log_debug("one");
  log_info("two");
  log_warning("three {}");  // braces are text
  std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(set_log_level("warn").ok());
  return text;
}

TEST(Log, LevelsLetThroughWhatTheySay) {
  EXPECT_EQ("sleeve: warning: three {}\n", logged("warn"));
  EXPECT_EQ("sleeve: debug: one\nsleeve: info: two\nsleeve: warning: three {}\n", logged("debug"));
  EXPECT_EQ("", logged("error"));
  EXPECT_EQ("", logged("off"));
}

TEST(Log, AnUnknownLevelIsAUsageError) {
  const Status status = set_log_level("warnn");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ("unknown log level 'warnn'; did you mean 'warn'?", status.error().message);
}

}  // namespace
}  // namespace sleeve
