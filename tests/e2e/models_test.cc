// SPDX-License-Identifier: Apache-2.0
//
// `sleeve models` and what is computed with networks, on the small ones of tests/golden/networks.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <signal.h>

#include "e2e/sandbox.h"
#include "net/testing/fake_server.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kSmall = fs::path(SLEEVE_SOURCE_DIR) / "tests/golden/networks";

class Models : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    ::setenv("SLEEVE_NETWORKS", at("nets").c_str(), 1);
    fs::create_directories(at("nets"));
    // Under the names of the published ones: what descriptors take by default.
    fs::copy_file(kSmall / "networks.json", at("nets/networks.json"));
    for (const auto& file : fs::directory_iterator(kSmall)) {
      if (file.path().extension() == ".onnx") {
        (file.path().filename().native().starts_with("yunet") ? faces_ : image_) = file.path();
      }
    }
  }
  void TearDown() override {
    ::unsetenv("SLEEVE_NETWORKS");
    Sandbox::TearDown();
  }
  void pull_both() {
    ASSERT_EQ(sleeve({"models", "pull", "mobilenetv2-12", "--from", image_.native()}).status, 0);
    ASSERT_EQ(sleeve({"models", "pull", "yunet-2023mar", "--from", faces_.native()}).status, 0);
  }
  std::string state_of(const std::string& name) {
    const Json report = sleeve({"models", "list", "--json"}).json();
    for (const Json& network : report["networks"]) {
      if (network["name"] == name) return network["state"].get<std::string>();
    }
    return "unknown";
  }
  // One file in a folder, whose name begins so.
  std::string content_of_matrix(const std::string& workspace, const std::string& beginning) {
    for (const auto& file : fs::directory_iterator(at(workspace) / "features")) {
      const std::string name = file.path().filename();
      if (name.starts_with(beginning)) return read(workspace + "/features/" + name);
    }
    return {};
  }

  fs::path image_;
  fs::path faces_;
};

TEST_F(Models, ArePulledListedVerifiedAndRemoved) {
  EXPECT_EQ(state_of("mobilenetv2-12"), "missing");
  pull_both();
  EXPECT_EQ(state_of("mobilenetv2-12"), "installed");
  const Outcome listed = sleeve({"models", "list"});
  EXPECT_THAT(listed.output, testing::AllOf(HasSubstr("Apache-2.0"), HasSubstr("late (6 maps)")));
  EXPECT_EQ(sleeve({"models", "verify"}).status, 0);

  const Json again = sleeve({"models", "pull", "mobilenetv2-12", "--from", image_.native(), "--json"}).json();
  EXPECT_TRUE(again["pulled"][0]["was_there"].get<bool>());

  for (const auto& file : fs::directory_iterator(at("nets"))) {
    if (file.path().extension() == ".onnx") write("nets/" + file.path().filename().native(), "overwritten");
  }
  const Outcome altered = sleeve({"models", "verify"});
  EXPECT_EQ(altered.status, 1);
  EXPECT_THAT(altered.output, HasSubstr("altered"));
  EXPECT_EQ(sleeve({"models", "remove", "mobilenetv2-12", "yunet"}).status, 1);
  EXPECT_EQ(state_of("mobilenetv2-12"), "altered") << "of names that aren't all known none is removed";
  EXPECT_EQ(sleeve({"models", "remove", "mobilenetv2-12", "yunet-2023mar"}).status, 0);
  EXPECT_EQ(sleeve({"models", "verify", "mobilenetv2-12"}).status, 1);   // named, but missing
  EXPECT_THAT(sleeve({"models", "list"}).output, HasSubstr("14.0 MB"));  // sleeve's own entry is back
}

TEST_F(Models, MistakesAreExplained) {
  const Outcome unknown = sleeve({"models", "pull", "mobilenet-v2"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("mobilenetv2-12"));
  const Outcome wrong = sleeve({"models", "pull", "mobilenetv2-12", "--from", faces_.native()});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.errors, HasSubstr("bytes instead of"));
  write("nets/networks.json", "{\"format\": 1, \"networks\": [{\"name\": \"x\"}]}");
  const Outcome broken = sleeve({"models", "list"});
  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.errors, testing::AllOf(HasSubstr("networks.json"), HasSubstr("kind")));
}

TEST_F(Models, OfOnesOwnAreLookedAtAndAdded) {
  const Outcome inspected = sleeve({"models", "inspect", image_.native(), "--size", "32x24"});
  EXPECT_EQ(inspected.status, 0) << inspected.errors;
  EXPECT_THAT(inspected.output,
              testing::AllOf(HasSubstr("onnx_node!relu2"), HasSubstr("ReLU#2"), HasSubstr("1×6×6×8")));
  const Outcome added = sleeve({"models", "add", image_.native(), "--name", "mine", "--licence", "MIT",
                                "--size", "32x24", "--prepare", "unit", "--layer", "style=relu1"});
  EXPECT_EQ(added.status, 0) << added.errors;
  EXPECT_THAT(added.output, HasSubstr("--features embedding:network=mine"));
  EXPECT_EQ(state_of("mine"), "installed");

  write("half.onnx", std::string("\x08\x06\x12\x06sleeve:\xff\xff\xff\x7f", 15));
  const Outcome hostile = sleeve({"models", "add", "half.onnx", "--name", "half", "--licence", "MIT"});
  EXPECT_EQ(hostile.status, 1);
  EXPECT_THAT(hostile.errors, HasSubstr("half.onnx"));
  EXPECT_EQ(state_of("half"), "unknown");
  EXPECT_EQ(
      sleeve({"models", "add", image_.native(), "--name", "x", "--licence", "MIT", "--mean", "1,2"}).status,
      2);
}

TEST_F(Models, APullThatIsStoppedGoesOnWithTheSameCommand) {
  std::atomic<bool> slow = true;
  std::ifstream file(image_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  FakeServer server([&](const FakeRequest&) {
    FakeReply reply;
    reply.body = bytes;
    if (slow) reply.cut_at = 800;
    reply.stall = slow;
    return reply;
  });
  ASSERT_EQ(sleeve({"models", "add", image_.native(), "--name", "mine", "--licence", "MIT", "--size", "32x24",
                    "--address", server.url() + "/mine.onnx"})
                .status,
            0);
  for (const auto& installed : fs::directory_iterator(at("nets"))) {
    if (installed.path().filename().native().starts_with("mine-")) fs::remove(installed);
  }
  const pid_t process = start({"models", "pull", "mine"});
  while (server.requests() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ::kill(process, SIGINT);
  const Outcome stopped = finish(process);
  EXPECT_EQ(stopped.status, 3);
  EXPECT_THAT(stopped.errors, HasSubstr("the same command goes on"));
  EXPECT_EQ(state_of("mine"), "missing");
  slow = false;
  EXPECT_EQ(sleeve({"models", "pull", "mine"}).status, 0);
  EXPECT_EQ(state_of("mine"), "installed");
}

TEST_F(Models, AreWhatCoversAreDescribedAndJudgedBy) {
  pull_both();
  draw("drawn", {"--artists", "10", "--albums", "3", "--side", "64"});
  const std::string features = "embedding+faces_yunet";
  for (const char* threads : {"1", "2"}) {
    const std::string workspace = std::string("ws") + threads;
    const std::vector<std::string> where = {"-w", workspace, "--threads", threads};
    const auto with = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.end(), where.begin(), where.end());
      return arguments;
    };
    ASSERT_EQ(sleeve(with({"import", "csv", "drawn/covers/manifest.csv"})).status, 0);
    const Outcome extracted = sleeve(with({"extract", "--features", features}));
    ASSERT_EQ(extracted.status, 0) << extracted.errors;
  }
  // The same bits from one thread as from two.
  EXPECT_FALSE(content_of_matrix("ws1", "embedding-1").empty());
  EXPECT_EQ(content_of_matrix("ws1", "embedding-1"), content_of_matrix("ws2", "embedding-1"));
  EXPECT_EQ(content_of_matrix("ws1", "faces_yunet-1"), content_of_matrix("ws2", "faces_yunet-1"));

  const Outcome trained =
      sleeve({"-w", "ws1", "train", "--features", features, "--model", "logistic", "--out", "m.sleeve"});
  ASSERT_EQ(trained.status, 0) << trained.errors;
  std::string cover;
  for (const auto& file : fs::recursive_directory_iterator(at("drawn/covers"))) {
    if (file.path().extension() == ".jpg") cover = file.path();
  }
  ASSERT_EQ(sleeve({"predict", "--model", "m.sleeve", cover}).status, 0);

  // Another file under the network's name, and none at all: the model says what it needs.
  ASSERT_EQ(
      sleeve({"models", "add", image_.native(), "--name", "mobilenetv2-12", "--licence", "MIT", "--size",
              "32x24", "--prepare", "unit", "--layer", "late=relu2", "--layer", "logits=logits"})
          .status,
      0);
  const Outcome other = sleeve({"predict", "--model", "m.sleeve", cover});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.errors, testing::AllOf(HasSubstr("m.sleeve"), HasSubstr("print")));
  fs::remove_all(at("nets"));
  fs::create_directories(at("nets"));
  fs::copy_file(kSmall / "networks.json", at("nets/networks.json"));
  const Outcome missing = sleeve({"predict", "--model", "m.sleeve", cover});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.errors,
              testing::AllOf(HasSubstr("m.sleeve"), HasSubstr("sleeve models pull mobilenetv2-12")));
}

}  // namespace
}  // namespace sleeve
