// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_COMMAND_H_
#define SLEEVE_CLI_COMMAND_H_

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include <sleeve/result.h>

#include "base/progress.h"

// How a command is built: a file each, one line in commands.cc. A command turns arguments into a
// stage's options, calls the stage, prints its report and says how it went.
namespace sleeve {

enum class Exit { kDone = 0, kFailed = 1, kUsage = 2, kPartly = 3 };

// What every command understands.
struct CommonOptions {
  std::string workspace;
  bool json = false;
  bool quiet = false;
  size_t threads = 0;  // 0: one a core
  uint64_t seed = 22;
  std::string log_level = "warn";
};

// What a command is run with.
struct Session {
  CommonOptions common;
  Progress* progress = nullptr;
  const std::atomic<bool>* stop = nullptr;

  [[nodiscard]] WorkContext context() const { return {progress, stop}; }
};

using Action = std::function<Result<Exit>(const Session&)>;

// Registers a command on its sub-app: options, help, examples; the action to run once parsed is
// handed to `set`.
using SetAction = std::function<void(CLI::App& leaf, Action action)>;

struct Command {
  std::string_view name;
  std::string_view summary;
  void (*add)(CLI::App& app, const SetAction& set);
};

std::span<const Command> commands();

void add_import(CLI::App& app, const SetAction& set);
void add_collect(CLI::App& app, const SetAction& set);
void add_status(CLI::App& app, const SetAction& set);
void add_label(CLI::App& app, const SetAction& set);
void add_extract(CLI::App& app, const SetAction& set);
void add_train(CLI::App& app, const SetAction& set);
void add_tune(CLI::App& app, const SetAction& set);
void add_crossval(CLI::App& app, const SetAction& set);
void add_curve(CLI::App& app, const SetAction& set);
void add_evaluate(CLI::App& app, const SetAction& set);
void add_predict(CLI::App& app, const SetAction& set);
void add_runs(CLI::App& app, const SetAction& set);
void add_models(CLI::App& app, const SetAction& set);
void add_show(CLI::App& app, const SetAction& set);
void add_list(CLI::App& app, const SetAction& set);
void add_demo(CLI::App& app, const SetAction& set);

}  // namespace sleeve

#endif  // SLEEVE_CLI_COMMAND_H_
