// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_enrich.h"

#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/not_negative.h"
#include "cli/output.h"
#include "cli/output_parts.h"
#include "stage/enrich.h"

namespace sleeve {
namespace {

constexpr size_t kWeakShown = 10;

std::string enrich_text(const Json& report) {
  const auto source = report["source"].get<std::string>();
  const bool only_told = report["dry_run"] == true;
  Rows rows = {{"albums with a cover", count(report["covered"])},
               {"  without a genre", count(report["without_genre"])},
               {"  without a popularity", count(report["without_popularity"])},
               {"  of these without a name to look up", count(report["nameless"])},
               {(only_told ? "to be looked up at " : "looked up at ") + source, count(report["asked"])},
               {"  by MusicBrainz id", count(report["by_id"])}};
  if (only_told) return align_table(rows);
  for (const auto& [what, key] :
       {std::pair("found", "matched"), std::pair("too different, left alone", "too_different"),
        std::pair("not found", "not_found"), std::pair("genres added", "genres_added"),
        std::pair("popularity added", "popularity_added"), std::pair("calls", "calls")}) {
    rows.push_back({what, count(report[key])});
  }
  std::string text = align_table(rows);
  for (size_t i = 0; i < std::min(kWeakShown, report["weak"].size()); ++i) {
    const Json& match = report["weak"][i];
    text += fmt::format("  {:.2f}  {}  |  {}\n", match["score"].get<double>(),
                        match["album"].get<std::string>(), match["best"].get<std::string>());
  }
  for (const Json& note : report["notes"]) text += note.get<std::string>() + "\n";
  const std::string stop = report["stop_message"].get<std::string>();
  if (!stop.empty()) text += "stopped: " + stop + "; the same command goes on where it was\n";
  return text;
}

struct EnrichArguments {
  EnrichOptions options;
  bool only_genres = false;
  bool only_popularity = false;
  bool offline = false;
  size_t max_calls = 0;
};

Result<Exit> run_enrich(const EnrichArguments& arguments, const Session& session) {
  EnrichOptions options = arguments.options;
  options.genres = !arguments.only_popularity;
  options.popularity = !arguments.only_genres;
  SLEEVE_TRY(const SourceEntry* entry, find_source(options.source));
  SLEEVE_TRY(ServiceSettings settings, ServiceSettings::of_user(entry->info().services));
  settings.cache = std::filesystem::path(session.common.workspace) / "cache";
  settings.policy.offline = arguments.offline;
  settings.max_calls = arguments.max_calls;
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  std::string notice = wrapped(entry->info().notice);
  notice.pop_back();  // print_note() ends the line itself
  print_note(session, notice);
  SLEEVE_TRY(const EnrichReport report, enrich(workspace, options, std::move(settings), session.context()));
  print_report(session, to_json(report), enrich_text);
  return report.stop == StopReason::kNone ? Exit::kDone : report.matched > 0 ? Exit::kPartly : Exit::kFailed;
}

}  // namespace

void add_enrich(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<EnrichArguments>();
  app.add_option("--from", arguments->options.source, "Who is asked: " + join_text(enrich_sources(), ", "))
      ->check(CLI::IsMember(enrich_sources()))
      ->capture_default_str()
      ->type_name("SOURCE");
  CLI::Option* genres = app.add_flag("--only-genres", arguments->only_genres, "Leave popularity alone");
  app.add_flag("--only-popularity", arguments->only_popularity, "Leave genres alone")->excludes(genres);
  app.add_option("--min-score", arguments->options.min_score,
                 "How alike titles and artists must be to be taken for the same album (1: equal)")
      ->check(CLI::Range(0.5, 1.0))
      ->capture_default_str()
      ->type_name("0.5-1");
  app.add_option("--limit", arguments->options.limit, "Look up at most so many albums; 0: all")
      ->capture_default_str()
      ->check(not_negative())
      ->type_name("N");
  app.add_option("--max-calls", arguments->max_calls,
                 "Stop after so many calls; the same command goes on; 0: no bound")
      ->capture_default_str()
      ->check(not_negative())
      ->type_name("N");
  app.add_flag("--offline", arguments->offline, "Use what is kept from earlier runs, ask nobody");
  app.add_flag("--dry-run", arguments->options.dry_run, "Only say how many albums would be looked up");
  app.footer(
      "Examples:\n  sleeve enrich --dry-run\n"
      "  sleeve enrich                                  # genres and listeners from MusicBrainz and "
      "ListenBrainz\n"
      "  sleeve enrich --from lastfm --only-popularity\n"
      "Only what is unknown is added, and where each field came from is kept. Albums are known by their "
      "MusicBrainz\n"
      "id or by artist and title; docs/data-sources.md states the rule. Those less alike than --min-score "
      "are left\n"
      "alone and listed.");
  set(app, [arguments](const Session& session) { return run_enrich(*arguments, session); });
}

}  // namespace sleeve
