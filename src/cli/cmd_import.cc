// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/cmd_library.h"
#include "cli/output.h"
#include "stage/import.h"

namespace sleeve {
namespace {

Exit exit_after(const ImportReport& report, const ImportOptions& options) {
  if (options.strict && !report.problems.empty()) return Exit::kFailed;
  return exit_of(report.items - report.failed, report.problems.size(), report.cancelled);
}

template <class Import>
Result<Exit> run_import(const Session& session, const std::string& source, const ImportOptions& options,
                        Import import) {
  // Looked for first: a typing error must not leave an empty workspace behind.
  std::error_code code;
  if (!std::filesystem::exists(source, code)) {
    return make_error(ErrorCode::kNotFound, "{}: No such file or directory",
                      printable(std::string_view(source)));
  }
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kCreate));
  SLEEVE_TRY(const ImportReport report, import(workspace));
  print_report(session, to_json(report), import_text);
  if (options.strict && !report.problems.empty())
    print_note(session, "stopped at the first problem (--strict)");
  return exit_after(report, options);
}

void add_strict(CLI::App& app, ImportOptions& options) {
  app.add_flag("--strict", options.strict, "Stop at the first item that can't be imported");
}

void add_folder(CLI::App& import, const SetAction& set) {
  CLI::App* app = import.add_subcommand("folder", "One sub-folder per genre, covers inside");
  auto folder = std::make_shared<std::string>();
  auto options = std::make_shared<ImportOptions>();
  app->add_option("DIR", *folder, "Folder with one sub-folder per genre")->required();
  add_strict(*app, *options);
  app->footer("Example:\n  sleeve import folder covers/        # covers/Rock/*.jpg, covers/Jazz/*.jpg, …");
  set(*app, [folder, options](const Session& session) {
    return run_import(session, *folder, *options, [&](Workspace& workspace) {
      return import_folder(workspace, *folder, *options, session.context());
    });
  });
}

void add_csv(CLI::App& import, const SetAction& set) {
  CLI::App* app = import.add_subcommand("csv", "A table with a row per album");
  auto csv = std::make_shared<CsvImport>();
  auto file = std::make_shared<std::string>();
  auto root = std::make_shared<std::string>();
  auto options = std::make_shared<ImportOptions>();
  app->add_option("FILE", *file, "CSV file with a header row, UTF-8")->required();
  app->add_option("--root", *root, "Folder that relative file names start from (default: the CSV's own)")
      ->type_name("DIR");
  app->add_option(
         "--map", csv->map,
         "Which column holds what: FIELD=COLUMN,… with the fields file, genre, votes, artist, popularity, "
         "group, title, collection, year (default: columns of these names). Several genres in one field are "
         "separated by ';' or '|', and their votes likewise; a date will do for the year")
      ->type_name("MAP");
  add_strict(*app, *options);
  app->footer(
      "Examples:\n  sleeve import csv manifest.csv\n"
      "  sleeve import csv albums.csv --root covers/ --map "
      "file=cover,genre=style,artist=artist_id,title=name\n"
      "  sleeve import csv tracks.csv --map title=track_name,collection=playlist,year=release_date\n"
      "group: never split between training and test; collection: a playlist or chart, context only");
  set(*app, [csv, file, root, options](const Session& session) {
    csv->file = *file;
    if (!root->empty()) csv->root = *root;
    return run_import(session, *file, *options, [&](Workspace& workspace) {
      return import_csv(workspace, *csv, *options, session.context());
    });
  });
}

void add_import_albums(CLI::App& import, const SetAction& set) {
  CLI::App* app = import.add_subcommand("albums", "The original project's album JSON");
  auto file = std::make_shared<std::string>();
  auto images = std::make_shared<std::string>();
  auto options = std::make_shared<ImportOptions>();
  app->add_option("FILE", *file, "JSON object of albums (data_full_clean.txt)")->required();
  app->add_option("--images", *images,
                  "Folder with the pictures; without it albums are catalogued without covers")
      ->type_name("DIR");
  add_strict(*app, *options);
  app->footer("Example:\n  sleeve import albums data_full_clean.txt --images images/");
  set(*app, [file, images, options](const Session& session) {
    const auto folder = images->empty() ? std::nullopt : std::optional<std::filesystem::path>(*images);
    return run_import(session, *file, *options, [&](Workspace& workspace) {
      return import_albums(workspace, *file, folder, *options, session.context());
    });
  });
}

}  // namespace

void add_import(CLI::App& app, const SetAction& set) {
  app.require_subcommand(1);
  app.footer(
      "Pictures stay where they lie and are never changed. Importing the same again changes nothing.\n"
      "A picture is refused over 64 megapixels, 20,000 pixels a side or 64 MiB.");
  add_folder(app, set);
  add_csv(app, set);
  add_import_albums(app, set);
  add_import_library(app, set);
}

}  // namespace sleeve
