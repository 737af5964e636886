// SPDX-License-Identifier: Apache-2.0
// Stopping at any moment loses nothing that was done, and starting again goes on where it was.
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Interruption : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "15", "--albums", "4", "--side", "200"});
  }
  static void wait_ms(int64_t milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  }
  // Until the program in "ws" is at work on this descriptor: how long it takes to start depends on the
  // machine.
  void wait_for_work_on(const std::string& descriptor) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    const auto at_work = [&] {
      std::error_code code;
      for (const fs::directory_entry& entry : fs::recursive_directory_iterator(at("ws/features"), code)) {
        if (entry.path().string().find(descriptor) != std::string::npos) return true;
      }
      return false;
    };
    while (!at_work()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end)
          << "no extraction of " << descriptor << " within a minute";
      wait_ms(2);
    }
  }
};

TEST_F(Interruption, KillingExtractAtAnyMomentLosesAtMostWhatIsInFlight) {
  ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  Rng rng(5);
  double delay = 100;  // milliseconds; follows the machine, so that kills hit an extraction at work
  int killed_midway = 0;
  size_t last = 0;
  for (int i = 0; i < 120 && killed_midway < 12; ++i) {
    const pid_t process = start({"extract", "--features", "hog+hsv+lbp", "--quiet", "--threads", "1"});
    wait_ms(static_cast<int64_t>(delay * rng.uniform(0.6, 1.4)));
    ::kill(process, SIGKILL);
    finish(process);
    const Json counts = sleeve({"status", "--json"}).json()["descriptors"];
    const size_t now = counts["hog/1"];
    ASSERT_GE(now, last) << "kill " << i << " lost covers that had been written";
    // A cover's descriptors are written one behind the other: at most the cover at hand lacks some.
    ASSERT_LE(now - counts["lbp/1"].get<size_t>(), 1U);
    if (now == last) delay *= 1.2;
    if (now == 240) delay *= 0.8;
    killed_midway += now > last && now < 240 ? 1 : 0;
    last = now;
    if (now > 200) {  // too little left to be interrupted: begin anew
      fs::remove_all(at("ws/features"));
      last = 0;
    }
  }
  EXPECT_GE(killed_midway, 5) << "too few kills hit an extraction at work to say anything";
  const Json rest = sleeve({"extract", "--features", "hog+hsv+lbp", "--json"}).json();
  EXPECT_EQ(rest["done"].get<int>() + rest["skipped"].get<int>(), 240);
  // The same values as without any interruption.
  ASSERT_EQ(sleeve({"-w", "calm", "import", "csv", "demo/covers/manifest.csv"}).status, 0);
  const auto crossval = [&](const std::string& workspace) {
    Json report = sleeve({"-w", workspace, "crossval", "--features", "hog+hsv+lbp", "--folds", "3",
                          "--models", "forest:trees=20", "--json"})
                      .json();
    return report["results"];
  };
  EXPECT_EQ(crossval("ws"), crossval("calm"));
}

TEST_F(Interruption, ControlCKeepsWhatIsDoneAndSaysHowToGoOn) {
  ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  const pid_t process = start({"extract", "--features", "hog+lbp+faces", "--json", "--threads", "1"});
  wait_for_work_on("faces");
  wait_ms(100);
  ::kill(process, SIGINT);
  const Outcome outcome = finish(process);
  ASSERT_EQ(outcome.status, 3) << outcome.errors;
  const Json report = outcome.json();
  EXPECT_TRUE(report["cancelled"].get<bool>());
  const Json rest = sleeve({"extract", "--features", "hog+lbp+faces", "--json"}).json();
  EXPECT_EQ(rest["skipped"], report["done"]);
  EXPECT_EQ(rest["done"].get<int>() + rest["skipped"].get<int>(), 240);
}

TEST_F(Interruption, KillingImportLeavesAWorkspaceThatGoesOn) {
  Rng rng(6);
  for (int i = 0; i < 10; ++i) {
    const pid_t process = start({"import", "csv", "demo/covers/manifest.csv", "--quiet"});
    wait_ms(static_cast<int64_t>(rng.below(300)));
    ::kill(process, SIGKILL);
    finish(process);
  }
  ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["covers"], 240);
  EXPECT_EQ(status["albums"], 240);
}

TEST_F(Interruption, KillingTrainLeavesTheOldModelOrTheNew) {
  ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  ASSERT_EQ(sleeve({"train", "--model", "forest:trees=300", "--out", "m.sleeve"}).status, 0);
  const std::string model = read("m.sleeve");
  Rng rng(7);
  for (int i = 0; i < 10; ++i) {
    const pid_t process = start({"train", "--model", "forest:trees=300", "--out", "m.sleeve", "--quiet"});
    wait_ms(100 + static_cast<int64_t>(rng.below(600)));
    ::kill(process, SIGKILL);
    finish(process);
    EXPECT_EQ(read("m.sleeve"), model);  // the same seed gives the same model
  }
}

TEST_F(Interruption, TwoProcessesDoNotChangeAWorkspaceAtOnce) {
  ASSERT_EQ(sleeve({"import", "csv", "demo/covers/manifest.csv"}).status, 0);
  const pid_t first = start({"extract", "--features", "lbp+faces", "--threads", "1", "--quiet"});
  wait_for_work_on("faces");
  // Another sandbox file for the second's output would race with the first's: only statuses count.
  const pid_t second = start({"extract", "--features", "hsv", "--quiet"});
  int state = 0;
  ::waitpid(second, &state, 0);
  const bool first_still_ran = ::waitpid(first, nullptr, WNOHANG) == 0;
  if (first_still_ran) {
    EXPECT_EQ(WEXITSTATUS(state), 1);
    ::waitpid(first, nullptr, 0);
  }
  EXPECT_EQ(sleeve({"extract", "--features", "hsv+lbp+faces"}).status, 0);
}

}  // namespace
}  // namespace sleeve
