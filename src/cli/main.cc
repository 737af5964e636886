// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

#include <sleeve/version.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/not_negative.h"
#include "cli/terminal_progress.h"

namespace sleeve {
namespace {

std::atomic<bool> stop_requested{false};

// The first Ctrl-C asks to stop: what is in flight is finished and kept. The second ends at once,
// which is safe, too: every file is written so that a kill at any moment leaves it whole.
extern "C" void on_signal(int /*signal*/) {
  if (stop_requested.exchange(true)) ::_exit(130);
  constexpr std::string_view kNote = "\nstopping; once more to stop at once\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kNote.data(), kNote.size());
}

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

std::string default_workspace() {
  const char* given = std::getenv("SLEEVE_WORKSPACE");
  return given != nullptr && *given != '\0' ? given : "./sleeve-workspace";
}

void add_common_options(CLI::App& app, CommonOptions& common) {
  const std::string group = "Everywhere";
  app.add_option("-w,--workspace", common.workspace, "Folder that holds everything sleeve knows")
      ->capture_default_str()
      ->type_name("DIR")
      ->group(group);
  app.add_flag("--json", common.json, "Print the report as one JSON object")->group(group);
  app.add_flag("-q,--quiet", common.quiet, "No progress and no notes: results and errors only")->group(group);
  app.add_option("--threads", common.threads, "Threads to work with; 0: one per core")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024))
      ->type_name("N")
      ->group(group);
  app.add_option("--seed", common.seed, "Seed of all chance: the same seed gives the same bits")
      ->capture_default_str()
      ->check(not_negative())
      ->type_name("N")
      ->group(group);
  app.add_option("--log-level", common.log_level, "debug, info, warn, error or off")
      ->capture_default_str()
      ->type_name("LEVEL")
      ->group(group);
}

std::vector<std::string> long_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

const CLI::App& deepest(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : deepest(*parsed.back());
}

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& leaf = deepest(app);
  std::string message = error.what();
  const auto extras = leaf.remaining();
  std::vector<std::string> commands_here;
  for (const CLI::App* sub : leaf.get_subcommands({})) commands_here.push_back(sub->get_name());
  if (!extras.empty() && extras.front().starts_with("-")) {
    message += suggestion(extras.front(), long_options(leaf));
  } else if (!extras.empty() && !commands_here.empty()) {
    message = fmt::format("there is no command '{}'{}", printable(std::string_view(extras.front())),
                          suggestion(extras.front(), commands_here));
  } else if (!commands_here.empty()) {
    message += suggestion("", commands_here);
  }
  std::string path = leaf.get_name();
  for (const CLI::App* parent = leaf.get_parent(); parent != nullptr; parent = parent->get_parent()) {
    path = parent->get_name() + " " + path;
  }
  fmt::print(stderr, "sleeve: {}\n'{} --help' shows how it is used\n", message, path);
  return static_cast<int>(Exit::kUsage);
}

int fail(const Error& error, bool json) {
  const std::string message = error.code == ErrorCode::kCancelled
                                  ? "stopped; nothing of this run was recorded (" + error.message + ")"
                                  : error.message;
  fmt::print(stderr, "sleeve: {}\n", message);
  if (json) {
    fmt::print("{}\n", dump_json(Json{{"error", {{"code", name_of(error.code)}, {"message", message}}}}));
  }
  return static_cast<int>(error.code == ErrorCode::kUsage ? Exit::kUsage : Exit::kFailed);
}

int run(const Action& action, const CommonOptions& common) {
  if (const Status status = set_log_level(common.log_level); !status.ok()) {
    return fail(with_context(status.error(), "--log-level"), common.json);
  }
  install_signal_handlers();
  const ThreadLimit limit(common.threads);
  TerminalProgress progress;
  const Session session{common, common.quiet ? nullptr : &progress, &stop_requested};
  const auto result = action(session);
  if (!result.ok() && session.progress != nullptr) session.progress->end();
  int status = result.ok() ? static_cast<int>(*result) : fail(result.error(), common.json);
  // A report that could not be written (disk full, closed output) is not "done".
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    fmt::print(stderr, "sleeve: standard output could not be written\n");
    status = static_cast<int>(Exit::kFailed);
  }
  return status;
}

int sleeve_main(int argc, char** argv) {
  CLI::App app("Judges an album by its cover: genre and popularity from the picture, with honest numbers.",
               "sleeve");
  app.set_version_flag("--version", fmt::format("sleeve {}", kVersion));
  app.require_subcommand(1);
  app.footer(
      "Try it:  sleeve demo\n"
      "The way: sleeve import folder DIR; sleeve status; sleeve crossval; sleeve train --out M.sleeve;\n"
      "         sleeve predict --model M.sleeve COVER.jpg\n"
      "With --json an error is one object, too: {\"error\": {\"code\", \"message\"}}.\n"
      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 done in part (the report says what is missing)");
  CommonOptions common;
  common.workspace = default_workspace();
  add_common_options(app, common);  // they may stand in front of the command, too
  Action chosen;
  const SetAction set = [&](CLI::App& leaf, Action action) {
    add_common_options(leaf, common);
    leaf.callback([&chosen, action = std::move(action)] { chosen = action; });
  };
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    command.add(*sub, set);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    return usage_error(app, error);
  }
  return run(chosen, common);
}

}  // namespace
}  // namespace sleeve

int main(int argc, char** argv) {
  try {
    return sleeve::sleeve_main(argc, argv);
  } catch (const std::exception& exception) {
    // Nothing below throws on bad input; memory may still run out.
    fmt::print(stderr, "sleeve: {}\n", exception.what());
    return static_cast<int>(sleeve::Exit::kFailed);
  }
}
