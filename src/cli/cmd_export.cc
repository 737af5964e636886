// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_export.h"

#include <memory>

#include <fmt/format.h>

#include "base/text.h"
#include "base/try.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/question_options.h"
#include "stage/export.h"

namespace sleeve {
namespace {

std::string export_text(const Json& report) {
  const auto count = [](const Json& value) { return with_thousands(value.get<long long>()); };
  const bool of_covers = report["format"] == "npz" || report["format"] == "imagefolder";
  std::string text;
  if (report["cancelled"] == true && report["pictures"] > 0 && !of_covers) {
    return fmt::format(
        "stopped; {} pictures were written, {} was not: the same command with --force makes it\n",
        count(report["pictures"]), report["out"].get<std::string>());
  }
  if (report["cancelled"] == true) return "stopped; nothing was written\n";
  text = fmt::format("{} {} written to {}\n", count(report["written"]), of_covers ? "covers" : "albums",
                     report["out"].get<std::string>());
  if (report["pictures"] > 0 && !of_covers)
    text += fmt::format("{} pictures beside it\n", count(report["pictures"]));
  if (report.contains("values")) text += fmt::format("{} features a cover\n", count(report["values"]));
  if (report.contains("classes")) {
    std::vector<std::string> classes;
    for (const Json& name : report["classes"]) classes.push_back(name.get<std::string>());
    text += "classes: " + join_text(classes, ", ") + "\n";
  }
  for (const auto& [reason, number] : report["left_out"].items()) {
    text += fmt::format("left out: {} {}\n", count(number), reason);
  }
  for (const Json& problem : report["problems"]) text += "  " + problem["reason"].get<std::string>() + "\n";
  for (const auto& [source, note] : report["notes"].items()) {
    text += fmt::format("{}: {}\n", source, note.get<std::string>());
  }
  return text;
}

struct ExportArguments {
  std::string out;
  bool force = false;
  bool full = false;
  bool copy = false;
  std::string images;
  ProtocolArguments protocol;

  [[nodiscard]] ExportOptions options() const { return {out, force}; }
};

using Export = Result<ExportReport> (*)(Workspace&, const ExportArguments&, const Session&);

Result<Exit> run_export(const ExportArguments& arguments, const Session& session, Workspace::Access access,
                        Export do_export) {
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, access));
  SLEEVE_TRY(const ExportReport report, do_export(workspace, arguments, session));
  print_report(session, to_json(report), export_text);
  return exit_of(report.written, report.problems.size(), report.cancelled);
}

std::shared_ptr<ExportArguments> add_format(CLI::App& parent, const SetAction& set, const char* name,
                                            const char* what, const char* out, Workspace::Access access,
                                            Export do_export, CLI::App*& app) {
  app = parent.add_subcommand(name, what);
  auto arguments = std::make_shared<ExportArguments>();
  app->add_option("-o,--out", arguments->out, out)->required()->type_name("PATH");
  app->add_flag("--force", arguments->force, "Replace what is there");
  set(*app, [arguments, access, do_export](const Session& session) {
    return run_export(*arguments, session, access, do_export);
  });
  return arguments;
}

void add_tables(CLI::App& parent, const SetAction& set) {
  constexpr auto kRead = Workspace::Access::kRead;
  CLI::App* app = nullptr;
  add_format(
      parent, set, "list", "Ids and labels without pictures: may be shared, and built again elsewhere",
      "The list (JSON Lines)", kRead,
      [](Workspace& workspace, const ExportArguments& arguments, const Session&) {
        return export_list(workspace, arguments.options());
      },
      app);
  app->footer(
      "Example:\n  sleeve export list --out covers.jsonl\n"
      "  sleeve -w elsewhere collect --list covers.jsonl       # fetches the same albums again");
  add_format(
      parent, set, "csv", "A table with a row per album: tags, labels, popularity, picture file", "The table",
      kRead,
      [](Workspace& workspace, const ExportArguments& arguments, const Session&) {
        return export_csv(workspace, arguments.options());
      },
      app);
  app->footer(
      "Example:\n  sleeve export csv --out albums.csv       # 'sleeve import csv albums.csv' reads it");
  add_format(
      parent, set, "jsonl", "A JSON object per album and line, with all that is known of its picture",
      "The file", kRead,
      [](Workspace& workspace, const ExportArguments& arguments, const Session&) {
        return export_jsonl(workspace, arguments.options());
      },
      app);
  app->footer("Example:\n  sleeve export jsonl --out albums.jsonl && jq -r .title albums.jsonl");
}

void add_export_albums(CLI::App& parent, const SetAction& set) {
  CLI::App* app = nullptr;
  const auto arguments = add_format(
      parent, set, "albums", "The original project's album JSON", "The file", Workspace::Access::kRead,
      [](Workspace& workspace, const ExportArguments& given, const Session& session) {
        const auto images =
            given.images.empty() ? std::nullopt : std::optional<std::filesystem::path>(given.images);
        return export_albums(workspace, given.options(), {images, given.full}, session.context());
      },
      app);
  app->add_option("--images", arguments->images, "Folder that gets copies of the pictures, named by album id")
      ->type_name("DIR");
  app->add_flag("--full", arguments->full,
                "Also the votes of tags, collection and year, which the original's file hadn't");
  app->footer(
      "Example:\n  sleeve export albums --out data_full_clean.txt --images images\n"
      "  sleeve import albums data_full_clean.txt --images images        # reads it again");
}

void add_npz(CLI::App& parent, const SetAction& set) {
  CLI::App* app = nullptr;
  const auto arguments = add_format(
      parent, set, "npz", "Features, labels and groups for NumPy", "The file (.npz)",
      Workspace::Access::kWrite,
      [](Workspace& workspace, const ExportArguments& given, const Session& session) -> Result<ExportReport> {
        SLEEVE_CHECK(check_output_files({{"--out", given.out, ".npz"}}));
        SLEEVE_TRY(const Protocol protocol, parse_protocol(given.protocol));
        return export_npz(workspace, given.options(), given.protocol.question, protocol.features,
                          session.context());
      },
      app);
  add_question_options(*app, arguments->protocol);
  app->footer(
      "Example:\n  sleeve export npz --features hog+hsv --out covers.npz\n"
      "  python3 -c \"import numpy; data = numpy.load('covers.npz'); print(data['x'].shape, "
      "data['class_names'])\"\n"
      "Arrays: x, y, class_names, groups (never split one between training and test), covers (SHA-256), "
      "titles,\n"
      "files, collections, popularity (NaN: unknown), feature_names, about (JSON).");
}

void add_imagefolder(CLI::App& parent, const SetAction& set) {
  CLI::App* app = nullptr;
  const auto arguments = add_format(
      parent, set, "imagefolder", "A folder per class with its covers inside", "The folder",
      Workspace::Access::kRead,
      [](Workspace& workspace, const ExportArguments& given, const Session& session) -> Result<ExportReport> {
        SLEEVE_CHECK(parse_protocol(given.protocol));
        return export_imagefolder(workspace, given.options(), {given.protocol.question, given.copy},
                                  session.context());
      },
      app);
  add_label_options(*app, arguments->protocol);
  app->add_flag(
      "--copy", arguments->copy,
      "Copy the pictures; otherwise hard links are made where the file system can (they take no room, and "
      "editing one edits the original)");
  app->footer(
      "Example:\n  sleeve export imagefolder --out covers-by-genre\n"
      "  sleeve import csv covers-by-genre/manifest.csv      # keeps artists and groups; 'import folder' "
      "doesn't");
}

}  // namespace

void add_export(CLI::App& app, const SetAction& set) {
  app.require_subcommand(1);
  app.footer(
      "Nothing that exists is replaced without --force, and everything appears whole or not at all.\n"
      "Pictures belong to their artists: share the list, not the covers.");
  add_tables(app, set);
  add_export_albums(app, set);
  add_npz(app, set);
  add_imagefolder(app, set);
}

}  // namespace sleeve
