// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/cmd_library.h"
#include "cli/not_negative.h"
#include "cli/output.h"
#include "cli/output_parts.h"
#include "stage/collect.h"

namespace sleeve {
namespace {

struct CollectArguments {
  CollectOptions options;
  CollectRun run;
  std::string list;
  std::string folder;  // of the source library
  bool dry_run = false;
  bool sources = false;
};

// No service, but a source to whoever collects.
constexpr const char* kLibrary = "library";
constexpr const char* kLibrarySummary = "Your own music files: their tags, covers inside or beside them";

std::string source_list() {
  std::string text = fmt::format("  {:<11} {}\n", kLibrary, kLibrarySummary);
  for (const SourceEntry& entry : sources()) {
    const SourceInfo info = entry.info();
    text += fmt::format("  {:<11} {}\n", info.name, info.summary);
  }
  return text;
}

Json sources_json() {
  Json list = Json::array({{{"name", kLibrary},
                            {"summary", kLibrarySummary},
                            {"takes", Json::array()},
                            {"notice",
                             "Your own files: whatever you may do with them. They are only read, "
                             "and nobody is asked."}}});
  for (const SourceEntry& entry : sources()) {
    const SourceInfo info = entry.info();
    list.push_back(
        {{"name", info.name}, {"summary", info.summary}, {"takes", info.wishes}, {"notice", info.notice}});
  }
  return Json{{"sources", std::move(list)}};
}

std::string sources_text(const Json& report) {
  std::string text;
  for (const Json& source : report["sources"]) {
    std::vector<std::string> wishes;
    for (const Json& wish : source["takes"]) wishes.push_back("--" + wish.get<std::string>());
    text += fmt::format("{}: {}\n  takes {}\n{}", source["name"].get<std::string>(),
                        source["summary"].get<std::string>(),
                        wishes.empty() ? "the folder of the music" : join_text(wishes, ", "),
                        wrapped(source["notice"].get<std::string>(), 2));
  }
  return text;
}

Exit exit_after(const CollectReport& report) {
  const bool stopped = report.stop != StopReason::kNone;
  if (stopped && report.stop != StopReason::kCancelled && report.found == 0) return Exit::kFailed;
  return exit_of(report.found, report.pictures_failed, stopped);
}

// All music below a folder is read, and nobody asked: what is said about either is a mistake.
Result<Exit> run_own_music(const Session& session, const CollectArguments& arguments) {
  if (arguments.folder.empty()) {
    return make_error(ErrorCode::kUsage,
                      "--source library needs the music's folder: sleeve collect --source library DIR");
  }
  const CollectRun& how = arguments.run;
  CollectOptions plain;
  plain.source = kLibrary;
  if (to_json(arguments.options) != to_json(plain) || !arguments.list.empty() || arguments.dry_run ||
      how.refresh || how.offline || how.max_calls > 0 || how.max_bytes > 0) {
    return make_error(ErrorCode::kUsage,
                      "--source library reads all music below DIR and asks nobody: it takes no wishes, no "
                      "bounds and no --dry-run");
  }
  return run_library(arguments.folder, session);
}

Result<Exit> run(const Session& session, const CollectArguments& arguments) {
  if (arguments.sources) {
    print_report(session, sources_json(), sources_text);
    return Exit::kDone;
  }
  CollectOptions options = arguments.options;
  if (options.source == kLibrary) return run_own_music(session, arguments);
  if (!arguments.folder.empty()) {
    return make_error(ErrorCode::kUsage, "'{}': only --source library takes a folder",
                      printable(std::string_view(arguments.folder)));
  }
  if (!arguments.list.empty()) {
    SLEEVE_TRY(const auto ids, read_id_list(arguments.list, options.source));
    options.albums.insert(options.albums.end(), ids.begin(), ids.end());
  }
  SLEEVE_TRY(const CollectEstimate estimate, estimate_collect(session.common.workspace, options));
  if (arguments.dry_run) {
    print_report(session, to_json(estimate), estimate_text);
    return Exit::kDone;
  }
  std::string plan = estimate_text(to_json(estimate));
  plan.pop_back();  // print_note() ends the line itself
  print_note(session, plan);
  SLEEVE_TRY(const CollectReport report,
             run_collect(session.common.workspace, options, arguments.run, session.context()));
  Json json = to_json(report);
  json["plan"] = to_json(estimate);
  print_report(session, json, collect_text);
  return exit_after(report);
}

void add_wishes(CLI::App& app, CollectOptions& options, std::string& list) {
  const std::string group = "What to collect";
  const auto words = [&](const char* name, std::vector<std::string>& values, const char* help,
                         const char* type) {
    app.add_option(name, values, help)->delimiter(',')->type_name(type)->group(group);
  };
  app.add_option("--source", options.source, "Where from; --sources tells of all")
      ->capture_default_str()
      ->type_name("NAME")
      ->group(group);
  words("--genre", options.genres, "Albums with these tags, the same number of each", "TAG,…");
  app.add_option("--per-genre", options.per_genre, "Albums with a cover, of each genre")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->type_name("N")
      ->group(group);
  words("--chart", options.charts, "The source's charts; metabrainz: all_time, year, month, week, …",
        "NAME,…");
  words("--artist", options.artists, "Albums of these artists", "ID,…");
  words("--album", options.albums, "These albums", "ID,…");
  words("--playlist", options.playlists, "Albums of these playlists", "ID,…");
  app.add_option("--search", options.searches,
                 "Albums that a search for these words finds; may stand several times")
      ->type_name("WORDS")
      ->group(group);
  app.add_option("--list", list,
                 "Albums whose ids stand in a file: plain lines, CSV or JSON lines with an 'id'")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--limit", options.limit, "At most so many albums in all; 0: no bound")
      ->capture_default_str()
      ->check(not_negative())
      ->type_name("N")
      ->group(group);
  app.add_option("--size", options.size, "Side of the pictures in pixels, at least where the source has it")
      ->capture_default_str()
      ->check(CLI::Range(1, 5000))
      ->type_name("PIXELS")
      ->group(group);
  app.add_option("--country", options.country, "Of the shop, where the source has several")
      ->type_name("CC")
      ->group(group);
  app.add_flag("--i-have-permission", options.permission,
               "The terms of the source allow what I do (needed where they usually don't)")
      ->group(group);
}

void add_manners(CLI::App& app, CollectArguments& arguments) {
  app.add_flag("--dry-run", arguments.dry_run, "Only say what it would cost: calls, minutes, megabytes");
  app.add_flag("--sources", arguments.sources, "Only tell of the sources and what each may be used for");
  app.add_option("--max-calls", arguments.run.max_calls,
                 "Stop after so many calls; the same command goes on; 0: no bound")
      ->capture_default_str()
      ->check(not_negative())
      ->type_name("N");
  app.add_option("--max-bytes", arguments.run.max_bytes, "Stop after so many bytes (500M, 2G); 0: no bound")
      ->capture_default_str()
      ->transform(CLI::AsSizeValue(true))
      ->transform(not_negative())  // before the size is read
      ->type_name("BYTES");
  CLI::Option* refresh = app.add_flag("--refresh", arguments.run.refresh,
                                      "Ask again for everything; what hasn't changed isn't sent again");
  app.add_flag("--offline", arguments.run.offline, "Use what is kept from earlier runs, ask nobody")
      ->excludes(refresh);
}

}  // namespace

void add_collect(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<CollectArguments>();
  app.add_option("DIR", arguments->folder, "With --source library: the folder of music files");
  add_wishes(app, arguments->options, arguments->list);
  add_manners(app, *arguments);
  app.footer(
      "Sources:\n" + source_list() +
      "Examples:\n"
      "  export SLEEVE_CONTACT=you@example.org               # services want to know whom to write to\n"
      "  sleeve collect --genre rock,jazz,metal --per-genre 200 --size 250 --dry-run\n"
      "  sleeve collect --genre rock,jazz,metal --per-genre 200 --size 250\n"
      "  sleeve collect --chart all_time,year --limit 1000\n"
      "  sleeve collect --list ids.txt\n"
      "  sleeve collect --source library ~/Music\n"
      "  sleeve collect --source discogs --genre Jazz --per-genre 50\n"
      "Stop it whenever you like: the same command goes on where it was and asks nothing twice.");
  set(app, [arguments](const Session& session) { return run(session, *arguments); });
}

}  // namespace sleeve
