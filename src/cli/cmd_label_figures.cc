// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/cmd_label.h"
#include "cli/output.h"
#include "cli/output_parts.h"
#include "stage/label_figures.h"

namespace sleeve {
namespace {

Result<std::vector<double>> numbers_in(const std::string& list, const char* option) {
  std::vector<double> numbers;
  if (list.empty()) return numbers;
  for (const std::string& part : split_text(list, ',')) {
    const auto number = parse_number(trim(part));
    if (!number) {
      return make_error(ErrorCode::kUsage, "{}: '{}' is no number", option,
                        printable(std::string_view(part)));
    }
    numbers.push_back(*number);
  }
  return numbers;
}

struct PopularityArguments {
  LabelPopularityOptions options;
  double above = 0;
  std::string thresholds;
  std::string quantiles;
  std::string names;
};

// "4" means four equal parts.
Result<std::vector<double>> quantiles_in(const std::string& list) {
  const auto parts = parse_integer(trim(list));
  if (!parts) return numbers_in(list, "--quantiles");
  if (*parts < 2 || *parts > 100) return make_error(ErrorCode::kUsage, "--quantiles: 2 to 100 equal parts");
  std::vector<double> cuts;
  for (long long i = 1; i < *parts; ++i) cuts.push_back(static_cast<double>(i) / static_cast<double>(*parts));
  return cuts;
}

std::string popularity_text(const Json& report) {
  std::vector<std::vector<std::string>> rows = {{"albums", count(report["albums"])}};
  for (const auto& [name, albums] : report["classes"].items()) rows.push_back({"  " + name, count(albums)});
  if (report["left_out"] > 0) rows.push_back({"left out by the filter", count(report["left_out"])});
  rows.push_back({"popularity unknown", count(report["unknown"])});
  if (report.contains("within")) {
    const std::string within = report["within"].get<std::string>();
    rows.push_back({"ranked within so many of " + within, count(Json(report["groups"].size()))});
    if (report["without_group"] > 0)
      rows.push_back({within + " unknown: no class", count(report["without_group"])});
    if (report["small_group"] > 0)
      rows.push_back({"too few to rank: no class", count(report["small_group"])});
  }
  return align_table(rows) + label_decisions_text(report["decisions"], report["dry_run"].get<bool>());
}

Result<Exit> run_popularity(const PopularityArguments& arguments, bool above_given, const Session& session) {
  LabelPopularityOptions options = arguments.options;
  if (above_given) options.classes.above = arguments.above;
  SLEEVE_TRY(options.classes.thresholds, numbers_in(arguments.thresholds, "--thresholds"));
  if (!arguments.quantiles.empty()) {
    SLEEVE_TRY(options.classes.quantiles, quantiles_in(arguments.quantiles));
  }
  if (!arguments.names.empty()) {
    for (const std::string& name : split_text(arguments.names, ',')) {
      options.classes.names.emplace_back(trim(name));
    }
  }
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const LabelPopularityReport report, label_popularity(workspace, options));
  print_report(session, to_json(report), popularity_text);
  return Exit::kDone;
}

void add_popularity(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("popularity", "Filter albums by popularity and put them into classes");
  auto arguments = std::make_shared<PopularityArguments>();
  CLI::Option* above = app->add_option("--above", arguments->above,
                                       "Leave out albums up to this popularity (the original's: 40)")
                           ->check(CLI::Range(0.0, 100.0))
                           ->type_name("0-100");
  app->add_option("--thresholds", arguments->thresholds,
                  "Classes by figures, ascending: 70 gives common and popular (the original's)")
      ->type_name("LIST");
  app->add_option(
         "--quantiles", arguments->quantiles,
         "Classes by rank: shares where to cut (0.8: the upper fifth is popular), or a number of equal parts")
      ->type_name("LIST|N");
  app->add_option(
         "--within", arguments->options.within,
         "Rank within " + join_text(rank_columns(), ", ") + " instead of among all (needs --quantiles)")
      ->type_name("COLUMN");
  app->add_option("--min-group", arguments->options.classes.min_group,
                  "Fewer albums than these are not ranked")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app->add_option("--names", arguments->names,
                  "The classes' names, the least popular first (default: common,popular; low,middle,high; …)")
      ->type_name("LIST");
  app->add_flag("--dry-run", arguments->options.dry_run, "Only say what would be");
  app->footer(
      "Examples:\n  sleeve label popularity --above 40 --thresholds 70\n"
      "  sleeve label popularity --quantiles 3\n"
      "  sleeve label popularity --quantiles 0.5 --within collection   # rank within the playlist\n"
      "Albums of unknown popularity stay unknown. Raw figures are kept. 'sleeve train --target popularity'\n"
      "uses the classes; 'sleeve label undo' takes them back.");
  set(*app, [arguments, above](const Session& session) {
    return run_popularity(*arguments, above->count() > 0, session);
  });
}

std::string balance_text(const Json& report) {
  std::vector<std::vector<std::string>> rows = {{"class", "before", "after"}};
  for (const auto& [label, covers] : report["before"].items()) {
    rows.push_back({"  " + label, count(covers), count(report["after"][label])});
  }
  const Json& out = report["left_out"];
  return align_table(rows) +
         fmt::format(
             "{} of {} covers stay; left out: {} because of their artist, {} of small classes, {} of large "
             "ones (seed {})\n",
             count(report["stay"]), count(report["covers"]), count(out["by_artist"]),
             count(out["by_min_class"]), count(out["by_max_class"]), report["seed"].get<uint64_t>()) +
         label_decisions_text(report["decisions"], report["dry_run"].get<bool>());
}

struct BalanceArguments {
  LabelBalanceOptions options;
  size_t max_per_artist = 0;
  size_t min_per_class = 0;
  std::string max_per_class;
};

Result<Exit> run_balance(const BalanceArguments& arguments, const Session& session) {
  LabelBalanceOptions options = arguments.options;
  options.limits.seed = session.common.seed;
  if (arguments.max_per_artist > 0) options.limits.max_per_artist = arguments.max_per_artist;
  if (arguments.min_per_class > 0) options.limits.min_per_class = arguments.min_per_class;
  if (arguments.max_per_class == "smallest") {
    options.limits.to_smallest = true;
  } else if (!arguments.max_per_class.empty()) {
    const auto number = parse_integer(arguments.max_per_class);
    if (!number || *number < 1) {
      return make_error(ErrorCode::kUsage,
                        "--max-per-class: '{}' is neither a number from 1 on nor 'smallest'",
                        printable(std::string_view(arguments.max_per_class)));
    }
    options.limits.max_per_class = static_cast<size_t>(*number);
  }
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const LabelBalanceReport report, label_balance(workspace, options));
  print_report(session, to_json(report), balance_text);
  return Exit::kDone;
}

void add_balance(CLI::App& label, const SetAction& set) {
  CLI::App* app =
      label.add_subcommand("balance", "Bound how many covers of a class and of an artist are used");
  auto arguments = std::make_shared<BalanceArguments>();
  app->add_option("--target", arguments->options.target, "Whose classes: genre or popularity")
      ->check(CLI::IsMember({"genre", "popularity"}))
      ->capture_default_str();
  app->add_option("--max-per-artist", arguments->max_per_artist, "At most so many covers of an artist")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  app->add_option("--min-per-class", arguments->min_per_class, "Leave out classes with fewer covers")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  app->add_option("--max-per-class", arguments->max_per_class,
                  "At most so many covers of a class, or 'smallest'")
      ->type_name("N");
  app->add_flag("--dry-run", arguments->options.dry_run, "Only say what would be");
  app->footer(
      "Examples:\n  sleeve label balance --max-per-artist 5\n"
      "  sleeve label balance --min-per-class 50 --max-per-class smallest --seed 7\n"
      "Artists first, then small classes, then large ones; chance by --seed decides which covers stay.\n"
      "Each run replaces the one before.");
  set(*app, [arguments](const Session& session) { return run_balance(*arguments, session); });
}

}  // namespace

void add_label_figures(CLI::App& label, const SetAction& set) {
  add_popularity(label, set);
  add_balance(label, set);
}

}  // namespace sleeve
