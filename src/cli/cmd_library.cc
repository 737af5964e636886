// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_library.h"

#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/output.h"
#include "cli/output_parts.h"
#include "stage/library.h"

namespace sleeve {
namespace {

constexpr size_t kLibraryProblemsShown = 10;

std::string library_text(const Json& report) {
  std::string text =
      fmt::format("{}: {}, {} of them read now, in {:.1f} s\n", report["folder"].get<std::string>(),
                  plural(report["files"], "music file", "music files"), count(report["read"]),
                  report["seconds"].get<double>());
  if (report["cancelled"] == true) {
    return text +
           "stopped; what was read is kept, and the same command goes on there. No album was written.\n";
  }
  text += align_table(Rows{{"albums", count(report["albums"])},
                           {"  new", count(report["added"])},
                           {"  changed", count(report["updated"])},
                           {"  as they were", count(report["unchanged"])},
                           {"  gone, removed", count(report["removed"])},
                           {"cover out of the music file", count(report["embedded"])},
                           {"cover beside the music", count(report["beside"])},
                           {"without a cover", count(report["without_picture"])},
                           {"new pictures", count(report["new_covers"])}});
  for (const auto& [ending, files] : report["other_formats"].items()) {
    text += fmt::format("passed over: {} {} files, a format that isn't read\n", count(files), ending);
  }
  if (report["links"] > 0)
    text += fmt::format("passed over: {}\n", plural(report["links"], "link to a folder", "links to folders"));
  const size_t problems = report["problem_count"].get<size_t>();
  if (problems > 0) text += fmt::format("\n{}:\n", plural(report["problem_count"], "problem", "problems"));
  for (size_t i = 0; i < std::min(kLibraryProblemsShown, report["problems"].size()); ++i) {
    text += "  " + report["problems"][i]["reason"].get<std::string>() + "\n";
  }
  if (problems > kLibraryProblemsShown) text += "  … --json shows more, 'sleeve status --json' all\n";
  return text;
}

}  // namespace

Result<Exit> run_library(const std::string& folder, const Session& session) {
  std::error_code code;
  if (!std::filesystem::is_directory(folder, code)) {
    return make_error(ErrorCode::kNotFound, "{}: {}", printable(std::string_view(folder)),
                      std::filesystem::exists(folder, code) ? "is no folder" : "there is no such folder");
  }
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kCreate));
  SLEEVE_TRY(const LibraryReport report, collect_library(workspace, folder, session.context()));
  print_report(session, to_json(report), library_text);
  return exit_of(report.files - report.unreadable, report.problem_count, report.cancelled);
}

void add_import_library(CLI::App& import, const SetAction& set) {
  CLI::App* app = import.add_subcommand("library", "A folder of music files with tags and embedded covers");
  auto folder = std::make_shared<std::string>();
  app->add_option("DIR", *folder, "Folder with MP3, FLAC, M4A, Ogg, Opus or WAV files, at any depth")
      ->required();
  app->footer(
      "Example:\n  sleeve import library ~/Music        # the second time reads only what changed\n"
      "Music files are only read. An album's cover is the front cover inside its files (copied into the "
      "workspace),\n"
      "else cover.*, folder.* or front.* beside them. Albums are known by their MusicBrainz release id, else "
      "by\n"
      "folder, album artist and album. A genre's votes are the files that name it; 'Rock; Pop' counts as "
      "two.");
  set(*app, [folder](const Session& session) { return run_library(*folder, session); });
}

}  // namespace sleeve
