// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "report/show_figure.h"
#include "stage/show.h"

namespace sleeve {
namespace {

constexpr size_t kMostLines = 24;  // of a descriptor's values in the text

struct ShowArguments {
  std::string cover;
  std::string features;
  std::string out;
};

std::string shown_text(const Json& report) {
  std::string text =
      fmt::format("{}: {} × {} px, {}\n", report["path"].get<std::string>(), report["width"].get<int>(),
                  report["height"].get<int>(), report["format"].get<std::string>());
  for (const Json& descriptor : report["descriptors"]) {
    const Json& values = descriptor["values"];
    text +=
        fmt::format("{} {}: {} values\n", descriptor["name"].get<std::string>(),
                    descriptor["version"].get<int>(), with_thousands(static_cast<long long>(values.size())));
    std::vector<std::vector<std::string>> rows;
    for (const Json& value : values) {
      if (rows.size() == kMostLines) break;
      const auto name = value["name"].get<std::string>();
      // Three bytes of a local feature in a number: nothing to read.
      if (name.find(" bytes ") != std::string::npos) continue;
      rows.push_back({"  " + name, fmt::format("{:.4g}", value["value"].get<double>())});
    }
    text += align_table(rows);
    if (values.size() > rows.size())
      text += fmt::format("  … and {} more (--json has all)\n", values.size() - rows.size());
  }
  if (report.contains("written")) text += fmt::format("drawn: {}\n", report["written"].get<std::string>());
  return text;
}

Result<Exit> run_show(const ShowArguments& arguments, const Session& session) {
  if (!arguments.out.empty()) {
    SLEEVE_CHECK(check_drawing_path("--out", arguments.out));
    SLEEVE_CHECK(check_output_files({{"--out", arguments.out, ""}}));
  }
  SLEEVE_TRY(const FeatureSet features, parse_feature_set(arguments.features));
  SLEEVE_TRY(const ShowReport report, show_cover(arguments.cover, features));
  Json json = to_json(report);
  if (!arguments.out.empty()) {
    SLEEVE_TRY(const Drawing drawing, show_figure(report));
    SLEEVE_CHECK(write_drawing(drawing, arguments.out));
    json["written"] = arguments.out;
  }
  print_report(session, json, shown_text);
  return Exit::kDone;
}

}  // namespace

void add_show(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<ShowArguments>();
  app.add_option("COVER", arguments->cover, "A picture file")->required()->type_name("FILE");
  app.add_option("-f,--features", arguments->features, "Descriptors joined with '+' (default: the usual set)")
      ->type_name("SET");
  app.add_option("-o,--out", arguments->out, "Draw the cover with a panel for each descriptor (.png or .svg)")
      ->type_name("FILE");
  app.footer(
      "Examples:\n  sleeve show cover.jpg --out seen.png\n"
      "  sleeve show cover.jpg --features hog+hsv+palette+composition+text --out seen.svg\n"
      "  sleeve show cover.jpg --features colour --json | jq '.descriptors[0].values'\n"
      "Needs no workspace. 'sleeve list' names the descriptors.");
  set(app, [arguments](const Session& session) { return run_show(*arguments, session); });
}

}  // namespace sleeve
