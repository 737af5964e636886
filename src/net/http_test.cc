// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/address.h"
#include "net/testing/fake_server.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kFast = 1000;  // times as fast as real time

HttpOptions local_options() {
  HttpOptions options;
  options.user_agent = user_agent_of("test@example.org");
  options.private_hosts = {"127.0.0.1"};
  options.default_limit = {0, 8, "", "", 10};
  options.stall_seconds = 1;
  return options;
}

FakeReply text_reply(std::string body, int status = 200) {
  FakeReply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

// Answers the first requests from a list, all others with "fine".
FakeServer::Handler first(std::vector<FakeReply> replies) {
  return [replies = std::move(replies), next = size_t{0}](const FakeRequest&) mutable {
    return next < replies.size() ? replies[next++] : text_reply("fine");
  };
}

TEST(Http, GivesWhatTheServerSays) {
  FakeRequest seen;
  FakeServer server([&](const FakeRequest& request) {
    seen = request;
    FakeReply reply = text_reply("hello", 404);
    reply.headers.emplace_back("X-Thing", "1");
    return reply;
  });
  HttpClient client(local_options(), kFast);
  const HttpReply reply = client.get(server.url() + "/a%20b?q=%22x%22", {});
  EXPECT_EQ(reply.fate, HttpFate::kAnswered);
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.header("x-thing"), "1");
  EXPECT_EQ(reply.calls, 1);
  EXPECT_EQ(reply.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(seen.argument("q"), "\"x\"");
  EXPECT_THAT(seen.header("user-agent"), HasSubstr("( test@example.org )"));
}

TEST(Http, PostsABodyOfAnyBytes) {
  std::string body;
  FakeServer server([&](const FakeRequest& request) {
    body = request.body;
    return text_reply(request.header("content-type"));
  });
  HttpClient client(local_options(), kFast);
  HttpRequest request;
  request.url = server.url() + "/1/popularity";
  request.method = "POST";
  request.content_type = "application/json";
  request.body = std::string("{\"a\":\0}", 7);
  EXPECT_EQ(client.perform(request, {}).body, "application/json");
  EXPECT_EQ(body, request.body);
}

TEST(Http, PassingFaultsAreTriedAgain) {
  FakeReply cut = text_reply("a longer body than what comes");
  cut.cut_at = 60;
  FakeReply closed = text_reply("");
  closed.cut_at = 0;
  FakeReply wrong_length = text_reply("short");
  wrong_length.claimed_length = 500;
  FakeServer server(first({text_reply("", 503), text_reply("", 429), cut, closed, wrong_length}));
  HttpClient client(local_options(), kFast);
  const HttpReply reply = client.get(server.url(), {});
  EXPECT_EQ(reply.body, "fine");
  EXPECT_EQ(reply.calls, 6);
}

TEST(Http, AFaultThatStaysIsGivenUpAfterGrowingWaits) {
  FakeServer server([](const FakeRequest&) { return text_reply("", 500); });
  HttpClient client(local_options(), kFast);
  const HttpReply reply = client.get(server.url(), {});
  EXPECT_EQ(reply.fate, HttpFate::kUnreachable);
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(server.requests(), 6U);
  // 1 + 2 + 4 + 8 + 16 seconds, and up to half as much of jitter.
  EXPECT_GE(client.clock().now(), 31);
  EXPECT_THAT(reply.error().message, HasSubstr("answers 500, 6 times"));
}

TEST(Http, WaitsAsLongAsTheServiceAsks) {
  FakeReply busy = text_reply("", 429);
  busy.headers.emplace_back("Retry-After", "90");
  FakeServer server(first({busy}));
  HttpClient client(local_options(), kFast);
  EXPECT_TRUE(client.get(server.url(), {}).ok());
  EXPECT_GE(client.clock().now(), 90);
}

TEST(Http, AWaitOfHoursIsReportedRatherThanSlept) {
  FakeReply busy = text_reply("", 429);
  busy.headers.emplace_back("Retry-After", "48925");
  FakeServer server(first({busy}));
  HttpClient client(local_options(), kFast);
  const HttpReply reply = client.get(server.url(), {});
  EXPECT_EQ(reply.fate, HttpFate::kLater);
  EXPECT_EQ(reply.wait_seconds, 48925);
  EXPECT_LT(client.clock().now(), 40000);
  EXPECT_THAT(reply.error().message, HasSubstr("come back later"));
}

TEST(Http, AServiceMayHideItsFaultsInA200) {
  FakeServer server(first({text_reply("busy"), text_reply("quota")}));
  HttpClient client(local_options(), kFast);
  HttpRequest request;
  request.url = server.url();
  request.judge = [](const HttpReply& reply) -> std::optional<HttpVerdict> {
    if (reply.body == "busy") return HttpVerdict::kRetry;
    if (reply.body == "quota") return HttpVerdict::kLater;
    return std::nullopt;
  };
  const HttpReply reply = client.perform(request, {});
  EXPECT_EQ(reply.fate, HttpFate::kLater);
  EXPECT_EQ(reply.calls, 2);
  EXPECT_EQ(client.perform(request, {}).body, "fine");
}

TEST(Http, ThreadsShareAHostsLimit) {
  std::atomic<int> at_once{0};
  std::atomic<int> most{0};
  FakeServer server([&](const FakeRequest&) {
    most = std::max(most.load(), ++at_once);
    --at_once;
    return text_reply("fine");
  });
  HttpOptions options = local_options();
  options.limits[parse_address(server.url())->authority] = {1.1, 2, "", "", 10};
  HttpClient client(options, 100);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 5; ++k) EXPECT_TRUE(client.get(server.url(), {}).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(client.clock().now(), 19 * 1.1);
}

TEST(Http, WhatTheServiceSaysOfItsLimitIsObeyed) {
  FakeReply last = text_reply("last one");
  last.headers = {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset-In", "7"}};
  FakeServer server(first({last}));
  HttpOptions options = local_options();
  options.default_limit = {0, 4, "x-ratelimit-remaining", "x-ratelimit-reset-in", 10};
  HttpClient client(options, kFast);
  EXPECT_TRUE(client.get(server.url(), {}).ok());
  EXPECT_TRUE(client.get(server.url(), {}).ok());
  EXPECT_GE(client.clock().now(), 7);
}

TEST(Http, RedirectsAreFollowedWithoutTheKeys) {
  FakeRequest seen;
  FakeServer target([&](const FakeRequest& request) {
    seen = request;
    return text_reply("picture");
  });
  FakeServer server([&](const FakeRequest& request) {
    if (request.path == "/first") return redirect_reply("/second", 307);
    EXPECT_EQ(request.header("authorization"), "Token abc");
    return redirect_reply(target.url() + "/there");
  });
  HttpClient client(local_options(), kFast);
  HttpRequest request;
  request.url = server.url() + "/first";
  request.headers = {{"authorization", "Token abc"}};
  const HttpReply reply = client.perform(request, {});
  EXPECT_EQ(reply.body, "picture");
  EXPECT_EQ(reply.url, target.url() + "/there");
  EXPECT_EQ(reply.calls, 1);
  EXPECT_EQ(seen.path, "/there");
  EXPECT_EQ(seen.header("authorization"), "");
}

TEST(Http, RedirectsThatLeadAstrayAreRefusedAtOnce) {
  std::string location;
  FakeServer server([&](const FakeRequest&) { return redirect_reply(location); });
  HttpClient client(local_options(), kFast);
  const auto refusal = [&](const std::string& to) {
    location = to;
    const size_t before = server.requests();
    const HttpReply reply = client.get(server.url() + "/", {});
    EXPECT_EQ(reply.fate, HttpFate::kRefused) << to;
    EXPECT_EQ(server.requests() - before, to == "/" ? 7U : 1U) << to;
    return reply.reason;
  };
  EXPECT_THAT(refusal("/"), HasSubstr("redirects more than 6 times"));
  EXPECT_THAT(refusal("file:///etc/passwd"), HasSubstr("is not an address of http or https"));
  EXPECT_THAT(refusal("https://example.org/"), HasSubstr("redirects from http to https"));
  EXPECT_THAT(refusal("http://10.0.0.1/"), HasSubstr("only https is allowed"));
  EXPECT_THAT(refusal(""), HasSubstr("redirects to nowhere"));
}

TEST(Http, LoopbackIsForConfiguredServicesOnly) {
  FakeServer server(first({}));
  HttpOptions options = local_options();
  options.private_hosts.clear();
  HttpClient client(options, kFast);
  EXPECT_THAT(client.get(server.url(), {}).reason, HasSubstr("only https is allowed"));
  EXPECT_THAT(client.get("https://127.0.0.1:1/", {}).reason, HasSubstr("is not a public address"));
  EXPECT_THAT(client.get("https://localhost:1/", {}).reason, HasSubstr("is not a public address"));
  EXPECT_THAT(client.get("https://169.254.169.254/", {}).reason, HasSubstr("is not a public address"));
  EXPECT_EQ(server.requests(), 0U);
}

TEST(Http, ANameThatLeadsInsideIsSeenWhenTheConnectionIsMade) {
  FakeServer server(first({}));
  const std::string port = server.url().substr(server.url().rfind(':'));
  HttpOptions options = local_options();
  options.resolve = {"music.example.org" + port + ":127.0.0.1", "v6.example.org" + port + ":[::1]"};
  HttpClient client(options, kFast);
  for (const char* name : {"music", "v6"}) {
    const HttpReply reply = client.get("https://" + std::string(name) + ".example.org" + port + "/", {});
    EXPECT_EQ(reply.fate, HttpFate::kRefused);
    EXPECT_THAT(reply.reason, HasSubstr("leads to a loopback or private address"));
  }
  EXPECT_EQ(server.requests(), 0U);
}

TEST(Http, AnswersAreBounded) {
  FakeServer server([](const FakeRequest&) { return text_reply(std::string(1 << 20, 'x')); });
  HttpClient client(local_options(), kFast);
  HttpRequest request;
  request.url = server.url();
  request.max_bytes = 1000;
  const HttpReply reply = client.perform(request, {});
  EXPECT_EQ(reply.fate, HttpFate::kTooLarge);
  EXPECT_EQ(server.requests(), 1U);
}

TEST(Http, AServerThatFallsSilentIsLeft) {
  FakeReply stuck = text_reply("half of it");
  stuck.cut_at = 45;
  stuck.stall = true;
  FakeServer server(first({stuck}));
  HttpClient client(local_options(), kFast);
  EXPECT_EQ(client.get(server.url(), {}).body, "fine");
}

TEST(Http, StoppingEndsAWaitAndATransfer) {
  FakeReply busy = text_reply("", 429);
  busy.headers.emplace_back("Retry-After", "100");
  FakeReply stuck = text_reply("half of it");
  stuck.cut_at = 45;
  stuck.stall = true;
  for (const FakeReply& hindrance : {busy, stuck}) {
    FakeServer server([&](const FakeRequest&) { return hindrance; });
    HttpOptions options = local_options();
    options.stall_seconds = 60;
    HttpClient client(options, 1.0);
    std::atomic<bool> stop{false};
    std::thread later([&] {
      while (server.requests() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      stop = true;
    });
    const HttpReply reply = client.get(server.url(), WorkContext(nullptr, &stop));
    later.join();
    EXPECT_EQ(reply.fate, HttpFate::kStopped);
    EXPECT_EQ(reply.error().code, ErrorCode::kCancelled);
  }
}

TEST(Http, AnUnreachableServerIsNamedWithoutKeys) {
  std::string url;
  {
    FakeServer server(first({}));
    url = server.url();
  }
  HttpClient client(local_options(), kFast);
  client.hide("hidden-token");
  const HttpReply reply = client.get(url + "/hidden-token?api_key=abc&q=1", {});
  EXPECT_EQ(reply.fate, HttpFate::kUnreachable);
  EXPECT_EQ(reply.status, 0);
  EXPECT_THAT(reply.reason, HasSubstr("/…?api_key=…&q=1"));
  EXPECT_THAT(reply.reason, Not(HasSubstr("hidden-token")));
}

TEST(Http, RetryAfterIsANumberOrADate) {
  EXPECT_EQ(parse_retry_after("12", 0), 12);
  EXPECT_EQ(parse_retry_after("-5", 0), 0);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:02:00 GMT", 20), 100);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:02:00 GMT", 1000), 0);
  EXPECT_EQ(parse_retry_after("soon", 0), std::nullopt);
  EXPECT_EQ(parse_retry_after("", 0), std::nullopt);
}

}  // namespace
}  // namespace sleeve
