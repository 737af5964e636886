// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/cmd_label.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "report/heat_map.h"
#include "stage/label_discover.h"

namespace sleeve {
namespace {

struct DiscoverArguments {
  double popularity_above = 0;
  size_t tags_above = 100;
  double merge_above = 0.5;
  std::string linkage = "average";
  std::string out;
  std::string csv;
  std::string figure;
};

std::string discover_text(const Json& report) {
  std::string text = fmt::format("{} albums, {} tags that more than {} of them have, {} groups\n",
                                 with_thousands(report["albums"].get<long long>()), report["tags"].size(),
                                 report["tags_above"].get<size_t>(), report["clusters"].size());
  for (const Json& cluster : report["clusters"]) {
    std::vector<std::string> tags;
    for (const Json& tag : cluster["tags"]) {
      tags.push_back(
          fmt::format("{} {}", tag.get<std::string>(), report["tags"][tag.get<std::string>()].get<size_t>()));
    }
    text += fmt::format("  {}\n", join_text(tags, ", "));
  }
  return text;
}

Status draw_discovered(const DiscoveredTags& found, const std::string& path) {
  HeatMapInput input;
  input.title = "Which tags go together";
  input.subtitle =
      fmt::format("correlation of having two tags, {} albums; frames: merged by 'sleeve label discover'",
                  with_thousands(static_cast<long long>(found.albums)));
  for (const size_t tag : found.order) {
    input.names.push_back(found.tags[tag]);
    input.values.emplace_back();
    for (const size_t other : found.order) input.values.back().push_back(found.correlation[tag][other]);
  }
  size_t first = 0;
  for (const TagCluster& cluster : found.clusters) {
    if (cluster.tags.size() > 1) input.blocks.emplace_back(first, first + cluster.tags.size());
    first += cluster.tags.size();
  }
  SLEEVE_TRY(const Drawing drawing, heat_map_figure(input));
  return write_drawing(drawing, path);
}

Result<Exit> run_discover(const DiscoverArguments& arguments, bool filter, const Session& session) {
  DiscoverOptions options;
  if (filter) options.popularity_above = arguments.popularity_above;
  options.tags_above = arguments.tags_above;
  options.merge_above = arguments.merge_above;
  SLEEVE_TRY(options.linkage, linkage_of(arguments.linkage));
  if (!arguments.figure.empty()) SLEEVE_CHECK(check_drawing_path("--figure", arguments.figure));
  SLEEVE_CHECK(check_output_files(
      {{"--out", arguments.out, ""}, {"--csv", arguments.csv, ""}, {"--figure", arguments.figure, ""}}));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
  SLEEVE_TRY(const DiscoveredTags found, label_discover(workspace, options));
  if (!arguments.out.empty()) {
    SLEEVE_CHECK(write_file_atomic(arguments.out, std::string_view(as_rules(found, options))));
  }
  if (!arguments.csv.empty()) SLEEVE_CHECK(write_file_atomic(arguments.csv, std::string_view(as_csv(found))));
  if (!arguments.figure.empty()) SLEEVE_CHECK(draw_discovered(found, arguments.figure));
  print_report(session, to_json(found, options), discover_text);
  return Exit::kDone;
}

}  // namespace

void add_label_discover(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("discover", "Propose genres from which tags go together");
  auto arguments = std::make_shared<DiscoverArguments>();
  CLI::Option* filter = app->add_option("--popularity-above", arguments->popularity_above,
                                        "Only albums of more popularity (the original's: 40)")
                            ->check(CLI::Range(0.0, 100.0))
                            ->type_name("0-100");
  app->add_option("--tags-above", arguments->tags_above, "Only tags that more albums have")
      ->capture_default_str()
      ->type_name("N");
  app->add_option("--merge-above", arguments->merge_above,
                  "Tags are merged while they correlate more than this")
      ->check(CLI::Range(-1.0, 1.0))
      ->capture_default_str();
  app->add_option("--linkage", arguments->linkage,
                  "How groups of tags correlate: as their tags do on average, at most "
                  "(single) or at least (complete)")
      ->check(CLI::IsMember(linkage_names()))
      ->capture_default_str();
  app->add_option("--out", arguments->out, "Write the proposal as a rule file, to be edited")
      ->type_name("FILE");
  app->add_option("--csv", arguments->csv, "Write the correlation matrix")->type_name("FILE");
  app->add_option("--figure", arguments->figure, "Draw the correlation matrix as a heat map")
      ->type_name("FILE.png|svg");
  app->footer(
      "Examples:\n  sleeve label discover --popularity-above 40 --out found.rules --figure tags.png\n"
      "  sleeve label genres --rules found.rules --dry-run\n"
      "Changes nothing in the workspace.");
  set(*app, [arguments, filter](const Session& session) {
    return run_discover(*arguments, filter->count() > 0, session);
  });
}

}  // namespace sleeve
