// SPDX-License-Identifier: Apache-2.0
#include "stage/networks.h"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "net/testing/fake_server.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kSmall = fs::path(SLEEVE_SOURCE_DIR) / "tests/golden/networks";
constexpr const char* kName = "small";

class Networks : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::path(testing::TempDir()) / "sleeve_networks_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    const auto known = find_network(kSmall, "mobilenetv2-12");
    ASSERT_TRUE(known.ok());
    entry_ = *known;
    entry_.name = kName;
    original_ = network_file(kSmall, *known);
    content_ = *read_text_file(original_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // The user's list, with the small network at these addresses.
  void register_at(std::vector<std::string> addresses) {
    entry_.addresses = std::move(addresses);
    ASSERT_TRUE(write_file_atomic(networks_file(folder_), networks_text(std::span(&entry_, 1))).ok());
  }
  NetworkState state() { return (*verify_networks(folder_, {kName})).networks.at(0).state; }
  [[nodiscard]] fs::path installed() const { return network_file(folder_, entry_); }

  fs::path folder_;
  fs::path original_;
  std::string content_;
  NetworkEntry entry_;
};

TEST_F(Networks, AreInstalledFromAFile) {
  register_at({});
  EXPECT_EQ(state(), NetworkState::kMissing);
  const auto without = pull_network(folder_, kName, {}, {});
  ASSERT_FALSE(without.ok());
  EXPECT_EQ(without.error().code, ErrorCode::kUsage);
  EXPECT_THAT(without.error().message, HasSubstr("--from"));

  const auto pulled = pull_network(folder_, kName, {original_, ""}, {});
  ASSERT_TRUE(pulled.ok()) << pulled.error().message;
  EXPECT_FALSE(pulled->was_there);
  EXPECT_EQ(state(), NetworkState::kVerified);
  EXPECT_EQ(*read_text_file(installed()), content_);
  EXPECT_TRUE(pull_network(folder_, kName, {original_, ""}, {})->was_there);
}

TEST_F(Networks, AWrongFileIsNotInstalled) {
  register_at({});
  for (std::string wrong : {content_ + "x", std::string(content_.size(), 'x')}) {
    ASSERT_TRUE(write_file_atomic(folder_ / "wrong.onnx", wrong).ok());
    const auto pulled = pull_network(folder_, kName, {folder_ / "wrong.onnx", ""}, {});
    ASSERT_FALSE(pulled.ok());
    EXPECT_EQ(pulled.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(pulled.error().message, HasSubstr("wrong.onnx"));
    EXPECT_EQ(state(), NetworkState::kMissing);
  }
}

TEST_F(Networks, WhatWasAlteredIsNoticedAndReplaced) {
  register_at({});
  ASSERT_TRUE(pull_network(folder_, kName, {original_, ""}, {}).ok());
  ASSERT_TRUE(write_file_atomic(installed(), std::string(content_.size(), '\0')).ok());
  EXPECT_EQ((*list_networks(folder_)).networks.back().state, NetworkState::kInstalled);  // the size is right
  EXPECT_EQ(state(), NetworkState::kAltered);
  ASSERT_TRUE(pull_network(folder_, kName, {original_, ""}, {}).ok());
  EXPECT_EQ(state(), NetworkState::kVerified);
}

TEST_F(Networks, AreFetchedFromTheFirstAddressThatHasThem) {
  FakeServer server([&](const FakeRequest& request) {
    FakeReply reply;
    if (request.path == "/gone.onnx") reply.status = 404;
    if (request.path == "/other.onnx") reply.body = "a page that says something else";
    if (request.path == "/network.onnx") reply.body = content_;
    return reply;
  });
  register_at({server.url() + "/gone.onnx", server.url() + "/other.onnx", server.url() + "/network.onnx"});
  const auto pulled = pull_network(folder_, kName, {}, {});
  ASSERT_TRUE(pulled.ok()) << pulled.error().message;
  EXPECT_EQ(pulled->source, server.url() + "/network.onnx");
  EXPECT_EQ(pulled->fetched, content_.size());
  EXPECT_EQ(state(), NetworkState::kVerified);
}

TEST_F(Networks, WhereNoAddressHasThemAllReasonsAreTold) {
  FakeServer server([](const FakeRequest& request) {
    FakeReply reply;
    reply.status = request.path == "/gone.onnx" ? 404 : 403;
    return reply;
  });
  register_at({server.url() + "/gone.onnx", server.url() + "/forbidden.onnx"});
  const auto pulled = pull_network(folder_, kName, {}, {});
  ASSERT_FALSE(pulled.ok());
  EXPECT_THAT(pulled.error().message,
              testing::AllOf(HasSubstr("gone.onnx"), HasSubstr("forbidden.onnx"), HasSubstr("--from")));
  EXPECT_EQ(state(), NetworkState::kMissing);
}

TEST_F(Networks, AnInterruptedPullGoesOnWhereItWas) {
  FakeServer server([&](const FakeRequest& request) {
    FakeReply reply;
    reply.headers.emplace_back("ETag", "\"v1\"");
    const std::string range = request.header("range");
    const size_t from = range.empty() ? 0 : std::stoul(range.substr(6));
    reply.body = content_.substr(from);
    if (from > 0) {
      reply.status = 206;
      reply.headers.emplace_back("Content-Range", "bytes " + std::to_string(from) + "-" +
                                                      std::to_string(content_.size() - 1) + "/" +
                                                      std::to_string(content_.size()));
    }
    return reply;
  });
  register_at({server.url() + "/network.onnx"});
  fs::path part = installed();
  part += ".part";
  // The state that a killed process leaves: some bytes, and the note of what they are part of.
  ASSERT_TRUE(write_file_atomic(part, content_.substr(0, 700)).ok());
  fs::path note = part;
  note += ".json";
  ASSERT_TRUE(
      write_file_atomic(note, dump_json(Json{{"url", server.url() + "/network.onnx"}, {"version", "\"v1\""}}))
          .ok());
  const auto pulled = pull_network(folder_, kName, {}, {});
  ASSERT_TRUE(pulled.ok()) << pulled.error().message;
  EXPECT_EQ(pulled->resumed_at, 700U);
  EXPECT_EQ(pulled->fetched, content_.size() - 700);
  EXPECT_EQ(state(), NetworkState::kVerified);
}

TEST_F(Networks, AnUnknownNameIsAnsweredWithTheNearest) {
  for (const ErrorCode code : {pull_network(folder_, "mobilenetv2", {}, {}).error().code,
                               verify_networks(folder_, {"mobilenetv2"}).error().code,
                               remove_network(folder_, "mobilenetv2").error().code}) {
    EXPECT_EQ(code, ErrorCode::kNotFound);
  }
}

#if defined(__SANITIZE_THREAD__)
constexpr bool kForks = false;  // ThreadSanitizer can't follow the process in which a new file is tried
#else
constexpr bool kForks = true;
#endif

AddOptions add_options() {
  AddOptions options;
  options.name = "mine";
  options.licence = "MIT";
  options.input.width = 32;
  options.input.height = 24;
  return options;
}

TEST_F(Networks, OfOnesOwnAreTriedRegisteredAndRemoved) {
  if (!kForks) GTEST_SKIP() << "ThreadSanitizer can't follow a fork";
  AddOptions options = add_options();
  const auto added = add_network(folder_, original_, options);
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_EQ(added->entry.layers.size(), 3U);
  EXPECT_EQ((*verify_networks(folder_, {"mine"})).networks.at(0).state, NetworkState::kVerified);

  // Again with other settings: the same file may be registered anew, another one may not take its name.
  options.layers = {{"style", "relu1"}};
  const auto again = add_network(folder_, original_, options);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(find_network(folder_, "mine")->default_layers, std::vector<std::string>{"style"});
  const fs::path squares = network_file(kSmall, *find_network(kSmall, "yunet-2023mar"));
  EXPECT_EQ(add_network(folder_, squares, options).error().code, ErrorCode::kConflict);
  AddOptions taken = add_options();
  taken.name = "mobilenetv2-12";
  EXPECT_EQ(add_network(folder_, original_, taken).error().code, ErrorCode::kConflict);

  const auto removed = remove_network(folder_, "mine");
  ASSERT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_TRUE(removed->file_removed);
  EXPECT_TRUE(removed->entry_removed);
  EXPECT_FALSE(fs::exists(added->file));
  EXPECT_EQ(find_network(folder_, "mine").error().code, ErrorCode::kNotFound);
}

TEST_F(Networks, WhatCannotBeUsedIsNotRegistered) {
  if (!kForks) GTEST_SKIP() << "ThreadSanitizer can't follow a fork";
  ASSERT_TRUE(write_file_atomic(folder_ / "half.onnx", content_.substr(0, 1000)).ok());
  const auto half = add_network(folder_, folder_ / "half.onnx", add_options());
  ASSERT_FALSE(half.ok());
  EXPECT_THAT(half.error().message, HasSubstr("half.onnx"));

  AddOptions options = add_options();
  options.layers = {{"style", "no_such_layer"}};
  EXPECT_EQ(add_network(folder_, original_, options).error().code, ErrorCode::kNotFound);
  options = add_options();
  options.name = "../escape";
  EXPECT_EQ(add_network(folder_, original_, options).error().code, ErrorCode::kUsage);
  options = add_options();
  options.kind = NetworkKind::kFaces;  // it is none
  EXPECT_FALSE(add_network(folder_, original_, options).ok());
  EXPECT_FALSE(fs::exists(networks_file(folder_)));
}

TEST_F(Networks, OneProcessAtATimeChangesThem) {
  register_at({});
  const auto other = FileLock::acquire(folder_ / ".lock");
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(pull_network(folder_, kName, {original_, ""}, {}).error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace sleeve
