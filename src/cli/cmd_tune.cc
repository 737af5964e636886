// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/arguments.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "stage/tune.h"

namespace sleeve {
namespace {

constexpr uint64_t kMaxGridBytes = uint64_t{16} << 20;

struct TuneArguments {
  ProtocolArguments protocol;
  std::string model = "svm";
  std::string grid;
  std::string metric;
  int folds = 5;
  int repeats = 1;
  double test_size = 0.2;
  int nested = 0;
  size_t samples = 0;
  int halving = 0;
  bool fresh = false;
  std::string out;
  FigureArguments figures;
};

// What is worth trying for a learner is known by the learner's name.
std::string default_grid(const TuneArguments& arguments, Goal goal) {
  const auto spec = parse_pipeline(arguments.model, goal);
  return spec.ok() ? spec->learner.name : arguments.model;
}

// Not a damaged file of sleeve's own, but something mistyped: wrong usage.
Result<Json> parse_grid_text(const std::string& text, const std::string& where) {
  auto json = parse_json(text);
  if (json.ok()) return json;
  return make_error(ErrorCode::kUsage, "{}: {}", printable(std::string_view(where)), json.error().message);
}

// A file, a preset's name, or the JSON itself.
Result<Json> read_grid(const std::string& grid) {
  if (grid.starts_with("{")) {
    return parse_grid_text(grid, "--grid");
  }
  std::error_code code;
  if (!std::filesystem::exists(grid, code)) return grid_preset(grid);
  SLEEVE_TRY(const std::string text, read_text_file(grid, kMaxGridBytes));
  return parse_grid_text(text, grid);
}

Result<Grid> make_grid(const TuneArguments& arguments, Goal goal, uint64_t seed) {
  const std::string source = arguments.grid.empty() ? default_grid(arguments, goal) : arguments.grid;
  auto json = read_grid(source);
  if (!json.ok() && arguments.grid.empty()) {
    return make_error(ErrorCode::kUsage,
                      "there is no grid of its own for '{}': name one with --grid (presets: {})",
                      printable(std::string_view(source)), join_text(grid_preset_names(), ", "));
  }
  if (!json.ok()) return std::move(json).error();
  std::optional<RandomDraw> draw;
  if (arguments.samples > 0) draw = RandomDraw{arguments.samples, seed};
  auto grid = parse_grid(*json, arguments.model, goal, draw);
  if (!grid.ok()) return with_context(std::move(grid).error(), printable(std::string_view(source)));
  return grid;
}

Result<Exit> run_tune(const TuneArguments& arguments, const Session& session) {
  SLEEVE_TRY(Protocol protocol, parse_protocol(arguments.protocol));
  const Goal goal = goal_of(arguments.protocol.question);
  SLEEVE_TRY(Grid grid, make_grid(arguments, goal, session.common.seed));
  const Objective* objective = &default_objective(goal);
  if (!arguments.metric.empty()) {
    SLEEVE_TRY(objective, find_objective(arguments.metric, goal));
  }
  SLEEVE_CHECK(check_figures(arguments.figures, {{"--out", arguments.out, ""}}));
  SLEEVE_CHECK(check_scatter(arguments.figures, goal, arguments.test_size));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  const TuneOptions options{arguments.protocol.question,
                            std::move(protocol.features),
                            std::move(grid),
                            objective,
                            protocol.split,
                            arguments.folds,
                            arguments.repeats,
                            arguments.test_size,
                            arguments.nested,
                            arguments.halving,
                            session.common.seed,
                            arguments.fresh,
                            arguments.out,
                            protocol.augmentation};
  auto report = tune(workspace, options, session.context());
  if (!report.ok() && report.error().code == ErrorCode::kCancelled) {
    print_note(session, "what was searched is kept: the same command goes on from there");
  }
  if (!report.ok()) return std::move(report).error();
  const Json json = to_json(*report);
  Status drawn = draw_figures(session, arguments.figures, json, std::string(objective->name));
  print_report(session, json, tune_text);
  SLEEVE_CHECK(std::move(drawn));
  return report->trained.unreadable.empty() && report->run_id > 0 ? Exit::kDone : Exit::kPartly;
}

void add_search_options(CLI::App& app, TuneArguments& arguments) {
  app.add_option("--model", arguments.model,
                 "What is tuned, with options after ':' and transforms in front with '>'")
      ->capture_default_str()
      ->type_name("MODEL");
  app.add_option(
         "--grid", arguments.grid,
         fmt::format("What is tried: a JSON file (docs/formats.md), JSON itself, or a preset: {}. Default: "
                     "the preset of the model's name",
                     join_text(grid_preset_names(), ", ")))
      ->type_name("FILE|PRESET|JSON");
  app.add_option("--samples", arguments.samples, "Draw so many points of the grid and its ranges at random")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  app.add_flag_callback(
      "--halving", [&arguments] { arguments.halving = 3; },
      "Try all on few covers, the best third of them on three times as many, and so on");
  app.add_option("--metric", arguments.metric,
                 "What the best is best at (default: macro_f1; genres: macro_roc_auc; numbers: mae)")
      ->type_name("NAME");
  app.add_option("--folds", arguments.folds, "Parts of the search's covers; each is the test part once")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  app.add_option("--repeats", arguments.repeats, "How often to divide anew")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

}  // namespace

void add_tune(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<TuneArguments>();
  add_protocol_options(app, arguments->protocol);
  add_search_options(app, *arguments);
  app.add_option("--test-size", arguments->test_size,
                 "Share of the covers that the search never sees: the honest score of what it chose; 0: none")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str()
      ->type_name("SHARE");
  app.add_option(
         "--nested", arguments->nested,
         "Also do the whole search inside so many outer folds: the honest score of the way of choosing")
      ->check(CLI::Range(2, 1000))
      ->type_name("FOLDS");
  app.add_flag("--fresh", arguments->fresh, "Search anew, without what an earlier search has done");
  app.add_option("-o,--out", arguments->out,
                 "Where to write the best model, fitted on all but the test covers")
      ->type_name("FILE");
  add_scatter_option(app, arguments->figures);
  add_evaluation_figures(app, arguments->figures);
  app.footer(
      "Examples:\n  sleeve tune --model svm\n"
      "  sleeve tune --model 'sqrt>standard>svm' --grid '{\"grid\": {\"c\": [0.3, 1, 3]}}' --out "
      "best.sleeve\n"
      "  sleeve tune --model 'pca>svm' --grid grid.json --samples 40 --halving --nested 5\n"
      "  sleeve tune --grid original --split stratified\n"
      "A search that is stopped (Ctrl-C) goes on where it was when the same command is given again.");
  set(app, [arguments](const Session& session) { return run_tune(*arguments, session); });
}

}  // namespace sleeve
