// SPDX-License-Identifier: Apache-2.0
#include "feature/apart.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr size_t kMostAnswer = 16 << 20;

void set_limit(int what, uint64_t value) {
  const rlimit limit{value, value};
  ::setrlimit(static_cast<__rlimit_resource>(what), &limit);
}

void shut_in(const ApartLimits& limits) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
  set_limit(RLIMIT_CORE, 0);
#if !defined(SLEEVE_SANITIZED)
  set_limit(RLIMIT_AS, limits.memory_bytes);
#endif
  // What the parent does upon these is of no use here: die.
  for (const int signal : {SIGALRM, SIGINT, SIGTERM, SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS}) {
    ::signal(signal, SIG_DFL);
  }
  ::alarm(limits.seconds);
}

std::string answer_of(const std::function<Result<Json>()>& work) {
  Json answer;
  try {
    auto result = work();
    if (result.ok()) {
      answer = {{"result", std::move(*result)}};
    } else {
      answer = {{"code", static_cast<int>(result.error().code)}, {"error", result.error().message}};
    }
  } catch (const std::exception& failure) {
    answer = {{"code", static_cast<int>(ErrorCode::kTooLarge)}, {"error", failure.what()}};
  }
  return dump_json(answer);
}

void write_text(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(pipe, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.remove_prefix(static_cast<size_t>(count));
  }
}

std::string read_all(int pipe) {
  std::string text;
  std::array<char, 4096> piece{};
  while (text.size() <= kMostAnswer) {
    const ssize_t count = ::read(pipe, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(piece.data(), static_cast<size_t>(count));
  }
  return text;
}

Result<Json> understood(const std::string& answer, int state, const ApartLimits& limits) {
  if (WIFSIGNALED(state)) {
    const int signal = WTERMSIG(state);
    if (signal == SIGALRM) {
      return make_error(ErrorCode::kTooLarge, "takes longer than {} seconds", limits.seconds);
    }
    return make_error(ErrorCode::kCorrupt, "makes the library that reads it crash ({})", ::strsignal(signal));
  }
  auto json = parse_json(answer);
  const bool good = json.ok() && json->is_object();
  if (good && json->contains("result")) return std::move((*json)["result"]);
  if (good && json->contains("error") && json->contains("code")) {
    return Error{static_cast<ErrorCode>((*json)["code"].get<int>()), (*json)["error"].get<std::string>()};
  }
  return make_error(ErrorCode::kCorrupt, "makes the library that reads it end the process");
}

}  // namespace

Result<Json> run_apart(const std::function<Result<Json>()>& work, const ApartLimits& limits) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return error_from_errno(errno, "pipe");
  const pid_t child = ::fork();
  if (child < 0) {
    const int reason = errno;
    ::close(pipe[0]);
    ::close(pipe[1]);
    return error_from_errno(reason, "fork");
  }
  if (child == 0) {
    shut_in(limits);
    write_text(pipe[1], answer_of(work));
    ::_exit(0);  // without the parent's clean-up
  }
  ::close(pipe[1]);
  const std::string answer = read_all(pipe[0]);
  ::close(pipe[0]);
  int state = 0;
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  return understood(answer, state, limits);
}

}  // namespace sleeve
