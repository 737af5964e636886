// SPDX-License-Identifier: Apache-2.0
#include "net/download.h"

#include <atomic>
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "net/testing/fake_server.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() {
    std::string name = fs::path(::testing::TempDir()) / "sleeve_download_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    Rng rng(1);
    for (int i = 0; i < 100'000; ++i) content_ += static_cast<char>(rng.below(256));
  }
  ~DownloadTest() override { fs::remove_all(folder_); }

  FakeReply answer(const FakeRequest& request) {
    ++requests_;
    FakeReply reply;
    reply.body = content_;
    if (!etag_.empty()) reply.headers.emplace_back("ETag", etag_);
    const std::string range = request.header("range");
    if (!range.empty() && ranges_ && request.header("if-range") == etag_) {
      const size_t from = std::stoul(range.substr(6));
      if (from >= content_.size()) {
        reply.status = 416;
        reply.body.clear();
      } else {
        reply.status = 206;
        reply.body = content_.substr(from);
        reply.headers.emplace_back("Content-Range",
                                   fmt::format("bytes {}-{}/{}", from, content_.size() - 1, content_.size()));
      }
    }
    if (requests_ <= faults_) reply.cut_at = cut_;
    return reply;
  }

  Result<DownloadReport> download() {
    HttpOptions options;
    options.private_hosts = {"127.0.0.1"};
    options.default_limit.interval = 0;
    HttpClient client(options, 1000);
    DownloadRequest request;
    request.url = server_.url() + "/model.onnx";
    request.path = folder_ / "models" / "model.onnx";
    request.bytes = bytes_;
    request.sha256 = hash_;
    return download_file(client, request, {});
  }
  std::string result() { return read_text_file(folder_ / "models" / "model.onnx").value(); }

  fs::path folder_;
  std::string content_;
  std::string etag_ = "\"v1\"";
  bool ranges_ = true;
  int faults_ = 0;
  int requests_ = 0;
  size_t cut_ = 30'000;
  std::optional<uint64_t> bytes_;
  std::optional<Sha256> hash_;
  FakeServer server_{[this](const FakeRequest& request) { return answer(request); }};
};

TEST_F(DownloadTest, AFileComesWholeAndNothingElseStays) {
  hash_ = sha256(content_);
  const auto report = download();
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(result(), content_);
  EXPECT_EQ(report->fetched, content_.size());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "models"), fs::directory_iterator()), 1);
  EXPECT_TRUE(download()->was_there);
  EXPECT_EQ(requests_, 1);
}

TEST_F(DownloadTest, DroppedConnectionsGoOnWhereTheyWere) {
  faults_ = 3;
  const auto report = download();
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(result(), content_);
  EXPECT_EQ(report->fetched, content_.size());  // no byte came twice
  EXPECT_EQ(requests_, 4);
}

TEST_F(DownloadTest, AnotherProcessGoesOnWhereThisOneWas) {
  faults_ = 1000;
  cut_ = 300;  // few bytes behind the head
  EXPECT_FALSE([&] {
    HttpOptions options;
    options.private_hosts = {"127.0.0.1"};
    HttpClient client(options, 1000);
    std::atomic<bool> stop{true};
    return download_file(client, {server_.url() + "/model.onnx", folder_ / "models" / "model.onnx", {}, {}},
                         WorkContext(nullptr, &stop))
        .ok();
  }());
  faults_ = 0;
  // What a killed process leaves: a part and its note.
  fs::create_directories(folder_ / "models");
  ASSERT_TRUE(
      write_file_atomic(folder_ / "models" / "model.onnx.part", std::string_view(content_).substr(0, 777))
          .ok());
  ASSERT_TRUE(write_file_atomic(folder_ / "models" / "model.onnx.part.json",
                                std::string_view("{\"url\":\"" + server_.url() +
                                                 "/model.onnx\",\"version\":\"\\\"v1\\\"\"}"))
                  .ok());
  const auto report = download();
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->resumed_at, 777U);
  EXPECT_EQ(report->fetched, content_.size() - 777);
  EXPECT_EQ(result(), content_);
}

TEST_F(DownloadTest, AChangedFileIsNotGluedToTheOldPart) {
  fs::create_directories(folder_ / "models");
  ASSERT_TRUE(write_file_atomic(folder_ / "models" / "model.onnx.part", std::string_view("old bytes")).ok());
  ASSERT_TRUE(write_file_atomic(folder_ / "models" / "model.onnx.part.json",
                                std::string_view("{\"url\":\"" + server_.url() +
                                                 "/model.onnx\",\"version\":\"\\\"v0\\\"\"}"))
                  .ok());
  ASSERT_TRUE(download().ok());
  EXPECT_EQ(result(), content_);
}

TEST_F(DownloadTest, AServerWithoutVersionsOrRangesIsAskedForTheWhole) {
  etag_.clear();
  ranges_ = false;
  faults_ = 2;
  const auto report = download();
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(result(), content_);
}

TEST_F(DownloadTest, AServerThatNeverGetsFurtherIsGivenUp) {
  etag_.clear();
  faults_ = 1000;
  EXPECT_FALSE(download().ok());
  EXPECT_LT(requests_, 20);
}

TEST_F(DownloadTest, WhatIsNotAsWantedIsRefused) {
  hash_ = sha256("something else");
  auto report = download();
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(report.error().message, HasSubstr("SHA-256"));
  hash_.reset();
  bytes_ = 99'999;
  report = download();
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::kCorrupt);
  bytes_ = 100'001;
  EXPECT_EQ(download().error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(fs::exists(folder_ / "models" / "model.onnx"));
  EXPECT_FALSE(fs::exists(folder_ / "models" / "model.onnx.part"));
}

}  // namespace
}  // namespace sleeve
