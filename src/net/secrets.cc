// SPDX-License-Identifier: Apache-2.0
#include "net/secrets.h"

#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"

extern char** environ;  // POSIX leaves it to the program

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// What a program writes to its standard output within five seconds; nothing if it can't be run or fails.
std::optional<std::string> output_of(std::vector<std::string> arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t process = 0;
  const int failed = ::posix_spawnp(&process, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  std::string output;
  bool whole = false;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (failed == 0 && output.size() < 65536) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd wanted{pipe[0], POLLIN, 0};
    if (left <= 0 || ::poll(&wanted, 1, static_cast<int>(left)) == 0) break;
    std::array<char, 4096> piece{};
    const ssize_t count = ::read(pipe[0], piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    whole = count == 0;
    if (count <= 0) break;
    output.append(piece.data(), static_cast<size_t>(count));
  }
  ::close(pipe[0]);
  if (failed != 0) return std::nullopt;
  if (!whole) ::kill(process, SIGKILL);
  int state = 0;
  while (::waitpid(process, &state, 0) < 0 && errno == EINTR) {
  }
  if (!whole || !WIFEXITED(state) || WEXITSTATUS(state) != 0) return std::nullopt;
  return output;
}

std::optional<std::string> from_system(std::string_view name) {
  const auto output = output_of({"secret-tool", "lookup", "service", "sleeve", "key", std::string(name)});
  if (!output || trim(*output).empty()) return std::nullopt;
  return std::string(trim(*output));
}

}  // namespace

std::optional<std::string> from_environment(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

std::string variable_of(std::string_view name) {
  std::string variable = "SLEEVE_";
  for (const char c : name) variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

KeyRing KeyRing::of_user() {
  if (const auto file = from_environment("SLEEVE_KEYS")) return {fs::path(*file), true};
  if (const auto config = from_environment("XDG_CONFIG_HOME"))
    return {fs::path(*config) / "sleeve" / "keys", true};
  const auto home = from_environment("HOME");
  return {home ? fs::path(*home) / ".config" / "sleeve" / "keys" : fs::path(), true};
}

Status KeyRing::read_file_once() {
  if (read_) return {};
  struct stat info {};
  if (file_.empty() || ::stat(file_.c_str(), &info) != 0) {
    read_ = true;
    return {};
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return make_error(ErrorCode::kUsage, "{}: holds keys, and others may read it; chmod 600 it",
                      printable(file_));
  }
  constexpr uint64_t kLimit = 1 << 20;
  SLEEVE_TRY(const std::string text, read_text_file(file_, kLimit));
  size_t number = 0;
  for (const std::string& line : split_text(text, '\n')) {
    ++number;
    const std::string_view content = trim(line);
    if (content.empty() || content.starts_with('#')) continue;
    const size_t equals = content.find('=');
    // The line itself is not shown: it may hold a key.
    if (equals == std::string_view::npos || equals == 0) {
      return make_error(ErrorCode::kUsage, "{}:{}: is not of the form name = value", printable(file_),
                        number);
    }
    lines_[std::string(trim(content.substr(0, equals)))] = trim(content.substr(equals + 1));
  }
  read_ = true;
  return {};
}

Result<std::optional<Secret>> KeyRing::find(std::string_view name) {
  if (auto value = from_environment(variable_of(name))) return std::optional(Secret(std::move(*value)));
  SLEEVE_CHECK(read_file_once());
  const auto line = lines_.find(name);
  if (line != lines_.end() && !line->second.empty()) return std::optional(Secret(line->second));
  if (ask_system_) {
    if (auto value = from_system(name)) return std::optional(Secret(std::move(*value)));
  }
  return std::optional<Secret>();
}

Result<Secret> KeyRing::need(std::string_view name, std::string_view what) {
  SLEEVE_TRY(auto found, find(name));
  if (found) return std::move(*found);
  return make_error(ErrorCode::kUsage,
                    "{} is needed: set {}, or write '{} = …' into {} (chmod 600), or "
                    "'secret-tool store --label sleeve service sleeve key {}'",
                    what, variable_of(name), name, printable(file_), name);
}

}  // namespace sleeve
