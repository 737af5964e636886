// SPDX-License-Identifier: Apache-2.0
#include "e2e/sandbox.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sleeve {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

[[noreturn]] void become_sleeve(const fs::path& folder, std::vector<std::string> arguments, bool as_nobody) {
  const int out = ::open((folder / ".output").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const int err = ::open((folder / ".errors").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  std::vector<char*> argv;
  std::string program = SLEEVE_BINARY;
  argv.push_back(program.data());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  constexpr unsigned kNobody = 65534;
  if (as_nobody && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(98);
  if (::chdir(folder.c_str()) == 0) ::execv(SLEEVE_BINARY, argv.data());
  ::_exit(99);
}

}  // namespace

Json Outcome::json() const {
  auto parsed = parse_json(output);
  EXPECT_TRUE(parsed.ok()) << "not JSON: " << output << "\n" << errors;
  return parsed.ok() ? std::move(*parsed) : Json();
}

void Sandbox::SetUp() {
  // A folder that no other run has: several builds may be tested at once.
  std::string name = fs::path(testing::TempDir()) / "sleeve_e2e_XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
  ::setenv("SLEEVE_WORKSPACE", "ws", 1);
}

void Sandbox::TearDown() {
  if (!HasFailure()) fs::remove_all(folder_);
}

void Sandbox::become_nobody() {
  as_nobody_ = ::geteuid() == 0;
  fs::permissions(folder_, fs::perms::all);
}

pid_t Sandbox::start(const std::vector<std::string>& arguments) {
  const pid_t process = ::fork();
  if (process == 0) become_sleeve(folder_, arguments, as_nobody_);
  return process;
}

Outcome Sandbox::finish(pid_t process) {
  int state = 0;
  ::waitpid(process, &state, 0);
  Outcome outcome;
  outcome.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  outcome.output = content_of(folder_ / ".output");
  outcome.errors = content_of(folder_ / ".errors");
  return outcome;
}

Outcome Sandbox::sleeve(const std::vector<std::string>& arguments) { return finish(start(arguments)); }

Json Sandbox::report(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = arguments;
  all.emplace_back("--json");
  const Outcome outcome = sleeve(all);
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  return outcome.json();
}

void Sandbox::draw(const std::string& folder, std::vector<std::string> options) {
  options.insert(options.begin(), {"demo", "--only-draw", "--quiet", "--dir", folder});
  const Outcome outcome = sleeve(options);
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
}

void Sandbox::write(const std::string& file, const std::string& content) {
  fs::create_directories((folder_ / file).parent_path());
  std::ofstream(folder_ / file, std::ios::binary) << content;
}

std::string Sandbox::read(const std::string& file) const { return content_of(folder_ / file); }

}  // namespace sleeve
