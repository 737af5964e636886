// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/cmd_label.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/output_parts.h"
#include "report/picture_sheet.h"
#include "stage/label_clean.h"

namespace sleeve {
namespace {

constexpr size_t kPairsShown = 15;

std::string names(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& text : list) texts.push_back(text.get<std::string>());
  return join_text(texts, "+");
}

std::string side(const Json& cover) {
  return fmt::format("{} ({}{}{})", cover["title"].get<std::string>(), names(cover["artists"]),
                     cover["artists"].empty() || cover["labels"].empty() ? "" : "; ", names(cover["labels"]));
}

std::string measure_text(const Json& measure) {
  std::string text =
      fmt::format("measured: editions made of {} covers, found again: ", count(measure["covers"]));
  std::vector<std::string> parts;
  for (const auto& [kind, found] : measure["found"].items()) {
    parts.push_back(fmt::format("{} {:.1f} %", kind,
                                100 * found.get<double>() / std::max(1.0, measure["covers"].get<double>())));
  }
  return text +
         fmt::format("{}; taken for another cover: {}\n", join_text(parts, ", "), count(measure["wrong"]));
}

std::string duplicates_text(const Json& report) {
  if (report["cancelled"] == true)
    return "stopped; the covers looked at are kept, the same command goes on\n";
  std::vector<std::vector<std::string>> rows = {
      {"covers", count(report["covers"])},
      {"same picture: files that are another's copy", count(report["identical_files"])},
      {"same cover: pairs", count(report["same_pairs"])},
      {"  in so many groups", count(report["groups"])},
      {"  pairs by one artist", count(report["within_artist"])},
      {"  pairs by different artists", count(report["across_artists"])},
      {"  pairs under different genres", count(report["across_labels"])},
      {"look-alike: pairs, not merged", count(report["look_alikes"])}};
  std::string text = align_table(rows);
  const Json& pairs = report["pairs"];
  for (size_t i = 0; i < std::min(pairs.size(), kPairsShown); ++i) {
    text += fmt::format("  {} {:.2f}: {} | {}\n", pairs[i]["likeness"].get<std::string>(),
                        pairs[i]["distance"].get<double>(), side(pairs[i]["a"]), side(pairs[i]["b"]));
  }
  if (pairs.size() > kPairsShown)
    text += fmt::format("  … and {} more; --pairs FILE writes all\n", pairs.size() - kPairsShown);
  if (!report["unreadable"].empty())
    text += fmt::format("{} covers could not be read\n", report["unreadable"].size());
  if (report.contains("measure")) text += measure_text(report["measure"]);
  text += fmt::format("{} covers looked at in {:.1f} s, pairs found in {:.2f} s\n", count(report["computed"]),
                      report["compute_seconds"].get<double>(), report["search_seconds"].get<double>());
  return text + label_decisions_text(report["decisions"], report["dry_run"].get<bool>());
}

// Both covers of a pair side by side, pair after pair.
Status draw_pairs(const LabelDuplicatesReport& report, const std::string& path) {
  std::vector<SheetCell> cells;
  std::vector<DuplicatePair> pairs = report.pairs;
  // The most doubtful first.
  std::ranges::reverse(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(report.same_pairs));
  for (const DuplicatePair& pair : pairs) {
    const bool same = pair.pair.likeness == Likeness::kSameCover;
    const std::string name = fmt::format("{} {}", same ? "same" : "alike", cells.size() / 2 + 1);
    for (const LabelledCover* cover : {&pair.a, &pair.b}) {
      cells.push_back({cover->path, name, {}, 1 - pair.pair.distance});
    }
  }
  SheetOptions options;
  options.title =
      fmt::format("{} pairs of the same cover, {} look-alikes", report.same_pairs, report.look_alikes);
  options.caption = "each pair side by side, the most doubtful first; percent: 1 - distance of the prints";
  options.cover_side = 110;
  options.columns = 10;
  options.max_cells = 120;
  return write_sheet(cells, options, path);
}

struct DuplicatesArguments {
  LabelDuplicatesOptions options;
  std::string pairs;
  std::string sheet;
};

Result<Exit> run_duplicates(const DuplicatesArguments& arguments, const Session& session) {
  SLEEVE_CHECK(check_output_files({{"--pairs", arguments.pairs, ""}, {"--sheet", arguments.sheet, ".png"}}));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  LabelDuplicatesOptions options = arguments.options;
  options.seed = session.common.seed;
  SLEEVE_TRY(const LabelDuplicatesReport report, label_duplicates(workspace, options, session.context()));
  Status written;
  if (!report.cancelled && !arguments.pairs.empty()) written = write_pairs(report, arguments.pairs);
  if (written.ok() && !arguments.sheet.empty() && !report.pairs.empty())
    written = draw_pairs(report, arguments.sheet);
  print_report(session, to_json(report), duplicates_text);
  SLEEVE_CHECK(std::move(written));
  return exit_of(report.covers - report.unreadable.size(), report.unreadable.size(), report.cancelled);
}

void add_duplicates(CLI::App& clean, const SetAction& set) {
  CLI::App* app = clean.add_subcommand("duplicates", "Find covers that are the same one in another edition");
  auto arguments = std::make_shared<DuplicatesArguments>();
  app->add_option("--bits", arguments->options.limits.bits,
                  "Hashes that differ in more of 64 bits are not looked at")
      ->check(CLI::Range(0, 15))
      ->capture_default_str();
  app->add_option("--distance", arguments->options.limits.distance,
                  "Up to this distance of their grey values two covers are the same one")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app->add_option("--pairs", arguments->pairs, "Write all pairs to a CSV file")->type_name("FILE");
  app->add_option("--sheet", arguments->sheet, "Draw the pairs side by side, to judge them by eye")
      ->type_name("FILE.png");
  app->add_option(
         "--measure", arguments->options.measure,
         "Make editions of so many covers (re-encoded, resized, bordered, recoloured, with a sticker) and "
         "say how many are found")
      ->type_name("N");
  app->add_flag("--dry-run", arguments->options.dry_run, "Only say what would be");
  app->footer(
      "Examples:\n  sleeve label clean duplicates --sheet pairs.png\n"
      "  sleeve label clean duplicates --measure 500 --dry-run\n"
      "The same cover may not stand on both sides of a split. Look-alikes are listed, not merged. Pictures "
      "are\n"
      "looked at once; the search doesn't compare all pairs.");
  set(*app, [arguments](const Session& session) { return run_duplicates(*arguments, session); });
}

std::string contradictions_text(const Json& report) {
  std::vector<std::vector<std::string>> rows = {
      {"covers under several genres", count(report["covers"])},
      {"  of them by the very same bytes", count(report["identical"])}};
  for (const auto& [set, covers] : report["label_sets"].items()) rows.push_back({"  " + set, count(covers)});
  rows.push_back({"left out", count(report["dropped"])});
  if (report["rule"] == "vote") rows.push_back({"settled by vote", count(report["voted"])});
  if (report["rule"] == "multi") rows.push_back({"kept with all labels", count(report["kept"])});
  return align_table(rows) + label_decisions_text(report["decisions"], report["dry_run"].get<bool>());
}

Result<Exit> run_contradictions(const std::string& rule_name, bool dry_run, const Session& session) {
  SLEEVE_TRY(const ContradictionRule rule, contradiction_rule_of(rule_name));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const LabelContradictionsReport report, label_contradictions(workspace, rule, dry_run));
  print_report(session, to_json(report), contradictions_text);
  return Exit::kDone;
}

void add_contradictions(CLI::App& clean, const SetAction& set) {
  CLI::App* app =
      clean.add_subcommand("contradictions", "Decide about covers that stand under several genres");
  auto rule = std::make_shared<std::string>("drop");
  auto dry_run = std::make_shared<bool>(false);
  app->add_option("--rule", *rule,
                  "drop: left out; vote: the genre of most of its albums, left out where two have equally "
                  "many; multi: "
                  "keeps all (a single-label model still leaves it out, unless --keep-conflicting)")
      ->check(CLI::IsMember(contradiction_rule_names()))
      ->capture_default_str();
  app->add_flag("--dry-run", *dry_run, "Only say what would be");
  app->footer(
      "Example:\n  sleeve label clean duplicates && sleeve label clean contradictions --rule vote\n"
      "Covers that 'duplicates' found to be the same count as one.");
  set(*app, [rule, dry_run](const Session& session) { return run_contradictions(*rule, *dry_run, session); });
}

}  // namespace

void add_label_clean(CLI::App& label, const SetAction& set) {
  CLI::App* clean = label.add_subcommand("clean", "Find what is wrong in the labels");
  clean->require_subcommand(1);
  add_duplicates(*clean, set);
  add_contradictions(*clean, set);
  add_label_suspicious(*clean, set);
}

}  // namespace sleeve
