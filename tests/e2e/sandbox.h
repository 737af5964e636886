// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_TESTS_E2E_SANDBOX_H_
#define SLEEVE_TESTS_E2E_SANDBOX_H_

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/types.h>

#include "base/json.h"

namespace sleeve {

// What a run of the program left behind.
struct Outcome {
  int status = -1;     // exit status, or 128 + signal
  std::string output;  // standard output
  std::string errors;  // standard error

  // The output as JSON; a failed expectation if it is none.
  [[nodiscard]] Json json() const;
};

// A test with a folder of its own, in which it runs the real program.
class Sandbox : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Runs `sleeve ARGUMENTS` in the folder, with workspace "ws" unless the arguments name another.
  Outcome sleeve(const std::vector<std::string>& arguments);
  // The same with --json: its report. It must have ended well.
  Json report(const std::vector<std::string>& arguments);
  // Starts it and returns at once; finish() waits for it.
  pid_t start(const std::vector<std::string>& arguments);
  // From now on the program runs as an unprivileged user, if the test is root.
  void become_nobody();
  Outcome finish(pid_t process);

  // Draws synthetic covers into FOLDER/covers with a manifest.
  void draw(const std::string& folder, std::vector<std::string> options);
  void write(const std::string& file, const std::string& content);
  [[nodiscard]] std::string read(const std::string& file) const;
  [[nodiscard]] std::filesystem::path at(const std::string& file) const { return folder_ / file; }

 private:
  std::filesystem::path folder_;
  bool as_nobody_ = false;
};

}  // namespace sleeve

#endif  // SLEEVE_TESTS_E2E_SANDBOX_H_
