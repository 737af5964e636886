// SPDX-License-Identifier: Apache-2.0
#include "net/secrets.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class SecretsTest : public ::testing::Test {
 protected:
  SecretsTest() {
    std::string name = fs::path(::testing::TempDir()) / "sleeve_keys_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~SecretsTest() override {
    ::unsetenv("SLEEVE_TEST_TOKEN");
    fs::remove_all(folder_);
  }
  void write(std::string_view text, fs::perms perms = fs::perms::owner_read | fs::perms::owner_write) {
    ASSERT_TRUE(write_file_atomic(folder_ / "keys", text).ok());
    fs::permissions(folder_ / "keys", perms);
  }
  KeyRing ring() { return {folder_ / "keys", false}; }

  fs::path folder_;
};

TEST_F(SecretsTest, TheEnvironmentComesFirstThenTheFile) {
  write("# keys\ntest_token = from file \nother=x=y\n");
  EXPECT_EQ((*ring().find("test_token"))->reveal(), "from file");
  EXPECT_EQ((*ring().find("other"))->reveal(), "x=y");
  ::setenv("SLEEVE_TEST_TOKEN", "from environment", 1);
  EXPECT_EQ((*ring().find("test_token"))->reveal(), "from environment");
  EXPECT_FALSE(ring().find("missing")->has_value());
}

TEST_F(SecretsTest, AFileThatOthersMayReadIsRefused) {
  write("test_token = abc", fs::perms::owner_read | fs::perms::group_read);
  const auto found = ring().find("test_token");
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().message, HasSubstr("chmod 600"));
}

TEST_F(SecretsTest, AnUnreadableLineIsNamedButNotShown) {
  write("test_token = abc\nsecretword\n");
  const auto found = ring().find("test_token");
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().message, HasSubstr(":2:"));
  EXPECT_THAT(found.error().message, Not(HasSubstr("secretword")));
}

TEST_F(SecretsTest, WhoLacksAKeyIsToldHowToGiveIt) {
  const auto found = ring().need("test_token", "a test token");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUsage);
  EXPECT_THAT(found.error().message, HasSubstr("SLEEVE_TEST_TOKEN"));
  EXPECT_THAT(found.error().message, HasSubstr((folder_ / "keys").native()));
}

TEST_F(SecretsTest, TheSystemsKeyringIsAskedLast) {
  // A keyring of our own, found in front of the real one.
  ASSERT_TRUE(
      write_file_atomic(folder_ / "secret-tool",
                        std::string_view("#!/bin/sh\n[ \"$*\" = 'lookup service sleeve key test_token' ] || "
                                         "exit 1\nprintf 'from keyring'\n"))
          .ok());
  fs::permissions(folder_ / "secret-tool", fs::perms::owner_all);
  const std::string path = ::getenv("PATH");
  ::setenv("PATH", (folder_.native() + ":" + path).c_str(), 1);
  KeyRing keys(folder_ / "keys", true);
  EXPECT_EQ((*keys.find("test_token"))->reveal(), "from keyring");
  EXPECT_FALSE(keys.find("missing")->has_value());
  ::setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace sleeve
