// SPDX-License-Identifier: Apache-2.0
#include "net/reply_cache.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "net/testing/fake_server.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ReplyCacheTest : public ::testing::Test {
 protected:
  ReplyCacheTest() {
    std::string name = fs::path(::testing::TempDir()) / "sleeve_cache_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~ReplyCacheTest() override { fs::remove_all(folder_); }

  static HttpOptions options() {
    HttpOptions options;
    options.user_agent = user_agent_of("test@example.org");
    options.private_hosts = {"127.0.0.1"};
    options.default_limit.interval = 0;
    return options;
  }

  FakeReply answer(const FakeRequest& request) {
    FakeReply reply;
    reply.status = status_;
    reply.body = body_;
    if (!etag_.empty()) {
      reply.headers.emplace_back("ETag", etag_);
      if (request.header("if-none-match") == etag_) reply.status = 304;
    }
    return reply;
  }

  Fetched fetch(CachePolicy policy = {}, const CachedHttp::Keep& keep = {}) {
    CachedHttp http(client_, ReplyCache(folder_), policy);
    HttpRequest request;
    request.url = server_.url() + "/thing?api_key=" + key_;
    auto fetched = http.fetch(request, {}, keep);
    EXPECT_TRUE(fetched.ok());
    return std::move(*fetched);
  }

  fs::path folder_;
  int status_ = 200;
  std::string body_ = "one";
  std::string etag_;
  std::string key_ = "abc";
  FakeServer server_{[this](const FakeRequest& request) { return answer(request); }};
  HttpClient client_{options(), 1000};
};

TEST_F(ReplyCacheTest, NothingIsAskedTwice) {
  EXPECT_FALSE(fetch().from_cache);
  body_ = "two";
  const Fetched again = fetch();
  EXPECT_TRUE(again.from_cache);
  EXPECT_EQ(again.reply.body, "one");
  EXPECT_EQ(again.reply.calls, 0);
  EXPECT_EQ(server_.requests(), 1U);
}

TEST_F(ReplyCacheTest, WhatIsNotThereIsRememberedAndFaultsAreNot) {
  status_ = 404;
  fetch();
  EXPECT_EQ(fetch().reply.status, 404);
  EXPECT_EQ(server_.requests(), 1U);
  key_ = "abc&other=1";
  status_ = 403;
  fetch();
  fetch();
  EXPECT_EQ(server_.requests(), 3U);
}

TEST_F(ReplyCacheTest, ASourceMayDeclineToKeepAnAnswer) {
  const auto never = [](const HttpReply&) { return false; };
  fetch({}, never);
  fetch({}, never);
  EXPECT_EQ(server_.requests(), 2U);
}

TEST_F(ReplyCacheTest, KeysAreNeitherKeptNorPartOfTheQuestion) {
  fetch();
  key_ = "another";
  EXPECT_TRUE(fetch().from_cache);
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(*read_text_file(entry.path()), ::testing::Not(HasSubstr("abc")));
  }
}

TEST_F(ReplyCacheTest, RefreshingAsksWhetherItChanged) {
  etag_ = "\"v1\"";
  fetch();
  body_ = "not sent";
  const CachePolicy later{false, unix_time() + 10};
  const Fetched same = fetch(later);
  EXPECT_FALSE(same.from_cache);
  EXPECT_EQ(same.reply.status, 200);
  EXPECT_EQ(same.reply.body, "one");
  EXPECT_EQ(same.reply.calls, 1);
  etag_ = "\"v2\"";
  body_ = "two";
  EXPECT_EQ(fetch(later).reply.body, "two");
  EXPECT_EQ(fetch().reply.body, "two");
}

TEST_F(ReplyCacheTest, OfflineAsksNobody) {
  const Fetched missing = fetch({true, 0});
  EXPECT_EQ(missing.reply.fate, HttpFate::kOffline);
  EXPECT_THAT(missing.reply.reason, HasSubstr("--offline"));
  fetch();
  EXPECT_EQ(fetch({true, unix_time() + 10}).reply.body, "one");
  EXPECT_EQ(server_.requests(), 1U);
}

TEST_F(ReplyCacheTest, ADamagedFileIsAskedForAgain) {
  CachedReply reply{"https://a.org/", 200, 5, "\"e\"", "", "text/plain", "a body\nof lines\n"};
  const std::string bytes = cache_file_bytes(reply);
  ASSERT_TRUE(parse_cache_file(bytes));
  EXPECT_EQ(parse_cache_file(bytes)->body, reply.body);
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(parse_cache_file(std::string_view(bytes).substr(0, i))) << i;
  }
  std::string damaged = bytes;
  damaged.back() = 'x';
  EXPECT_FALSE(parse_cache_file(damaged));
}

}  // namespace
}  // namespace sleeve
