// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/cmd_label.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/output_parts.h"
#include "stage/label_genres.h"
#include "stage/label_history.h"

namespace sleeve {
namespace {

constexpr size_t kTagsShown = 20;

std::string outcome_words(const std::string& outcome, const std::string& ties) {
  if (outcome == "agreed") return "all their tags agree";
  if (outcome == "majority") return "settled by the majority";
  if (outcome == "tie_settled") return "ties settled by " + ties;
  if (outcome == "tie_dropped") return "ties, without a label";
  if (outcome == "several") return "with several labels";
  if (outcome == "filtered") return "left out by the popularity filter";
  if (outcome == "unmatched") return "without a tag that means a genre";
  return "without any tag";
}

std::string unmatched_text(const Json& unmatched) {
  if (unmatched.empty()) return "";
  std::vector<std::vector<std::string>> rows = {
      {"tags that no rule speaks of", "albums", "their label", "occurs with"}};
  for (size_t i = 0; i < std::min(unmatched.size(), kTagsShown); ++i) {
    const Json& tag = unmatched[i];
    std::vector<std::string> with;
    for (const Json& other : tag["occurs_with"]) with.push_back(other.get<std::string>());
    rows.push_back({"  " + tag["tag"].get<std::string>() +
                        (tag.contains("nearest") ? " (like " + tag["nearest"].get<std::string>() + ")" : ""),
                    count(tag["albums"]),
                    tag.contains("label") ? fmt::format("{} {:.0f} %", tag["label"].get<std::string>(),
                                                        100 * tag["label_share"].get<double>())
                                          : "-",
                    join_text(with, ", ")});
  }
  std::string text = "\n" + align_table(rows);
  if (unmatched.size() > kTagsShown) {
    text += fmt::format("  … and {} more; --unmatched FILE writes all as lines of a rule file\n",
                        with_thousands(static_cast<long long>(unmatched.size() - kTagsShown)));
  }
  return text;
}

std::string genres_text(const Json& report) {
  std::string text = fmt::format("{} albums, {} different tags, rules '{}'\n", count(report["albums"]),
                                 count(report["tags"]), report["rules"].get<std::string>());
  if (report.contains("popularity_above")) {
    text += fmt::format("{} albums of popularity above {}\n", count(report["popular_enough"]),
                        report["popularity_above"].get<double>());
  }
  if (report.contains("frequent_tags")) {
    std::vector<std::string> parts;
    for (const auto& [tag, albums] : report["frequent_tags"].items())
      parts.push_back(tag + " " + count(albums));
    text += fmt::format("{} tags that more than {} albums have: {}\n", parts.size(),
                        count(report["tags_above"]), join_text(parts, ", "));
  }
  std::vector<std::vector<std::string>> rows = {{"albums with a label", count(report["labelled"])}};
  for (const auto& [label, albums] : report["labels"].items()) rows.push_back({"  " + label, count(albums)});
  const std::string ties = report["options"]["ties"].get<std::string>();
  for (const auto& [outcome, albums] : report["outcomes"].items()) {
    if (albums > 0) rows.push_back({outcome_words(outcome, ties), count(albums)});
  }
  text += "\n" + align_table(rows) + unmatched_text(report["unmatched"]) + "\n";
  return text + label_decisions_text(report["decisions"], report["dry_run"].get<bool>());
}

struct GenresArguments {
  LabelGenresOptions options;
  std::string ties = "drop";
  std::string unmatched;
};

Result<Exit> run_genres(const GenresArguments& arguments, const Session& session) {
  LabelGenresOptions options = arguments.options;
  SLEEVE_TRY(options.majority.ties, tie_rule_of(arguments.ties));
  SLEEVE_CHECK(check_output_files({{"--unmatched", arguments.unmatched, ""}}));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const LabelGenresReport report, label_genres(workspace, options));
  Status written;
  if (!arguments.unmatched.empty()) {
    written = write_file_atomic(arguments.unmatched, std::string_view(as_rules(report.unmatched)));
    if (written.ok()) print_note(session, "unmatched tags written to " + arguments.unmatched);
  }
  print_report(session, to_json(report), genres_text);
  SLEEVE_CHECK(std::move(written));
  return Exit::kDone;
}

void add_genres(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("genres", "Give each album the genre that most of its tags mean");
  auto arguments = std::make_shared<GenresArguments>();
  MajorityOptions& majority = arguments->options.majority;
  app->add_option(
         "--rules", arguments->options.rules,
         "default, original, or a rule file of your own ('sleeve label rules' prints one to start from)")
      ->capture_default_str()
      ->type_name("RULES");
  app->add_option(
         "--ties", arguments->ties,
         "Where two labels have equally many votes: drop (no label), prefer-rarer (the label that fewer "
         "albums have), prefer-first (that of the album's first tag)")
      ->check(CLI::IsMember(tie_rule_names()))
      ->capture_default_str()
      ->type_name("RULE");
  app->add_option("--level", majority.level,
                  "1: broad genres; 2: their sub-genres, where a rule names one; …")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  CLI::Option* multi =
      app->add_flag("--multi", majority.multi, "Keep several labels per album, the strongest first");
  app->add_option("--min-share", majority.min_share,
                  "With --multi: the least share of the votes that a label needs")
      ->check(CLI::Range(0.0, 1.0))
      ->needs(multi)
      ->capture_default_str()
      ->type_name("0-1");
  app->add_option("--unmatched", arguments->unmatched,
                  "Write the tags that no rule speaks of to a file, as lines for a rule file")
      ->type_name("FILE");
  app->add_flag("--dry-run", arguments->options.dry_run, "Only say what would be");
  app->footer(
      "Examples:\n  sleeve label genres\n"
      "  sleeve label genres --rules original --ties prefer-rarer\n"
      "  sleeve label genres --rules my.rules --unmatched todo.rules --dry-run\n"
      "A tag votes once, or as often as people gave it where the source counted (import: votes).");
  set(*app, [arguments](const Session& session) { return run_genres(*arguments, session); });
}

Result<Exit> run_rules(const std::string& name, const Session& session) {
  SLEEVE_TRY(const Rules rules, load_rules(name));
  Json genres = Json::array();
  for (const Genre& genre : rules.vocabulary.genres()) {
    Json entry{{"name", genre.name}};
    if (genre.parent >= 0) entry["under"] = rules.vocabulary.genres()[static_cast<size_t>(genre.parent)].name;
    genres.push_back(std::move(entry));
  }
  const Json report{{"rules", rules.name}, {"genres", std::move(genres)}, {"text", rules.text}};
  print_report(session, report, [](const Json& json) { return json["text"].get<std::string>(); });
  return Exit::kDone;
}

void add_rules(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("rules", "Print a rule file, or check one of your own");
  auto name = std::make_shared<std::string>("default");
  app->add_option("RULES", *name, "default, original, or a file")->capture_default_str();
  app->footer(
      "Examples:\n  sleeve label rules > my.rules\n  sleeve label rules my.rules > /dev/null   # only checks "
      "it");
  set(*app, [name](const Session& session) { return run_rules(*name, session); });
}

std::string tag_line(const Json& tag) {
  std::string line = "    " + tag["tag"].get<std::string>();
  if (tag.contains("votes")) line += fmt::format(" ({} votes)", tag["votes"].get<long long>());
  if (!tag.contains("rule")) return line + ": no rule speaks of it\n";
  line += tag["label"].is_null() ? ": ignored" : ": " + tag["label"].get<std::string>();
  return line + fmt::format(" (line {}: {})\n", tag["line"].get<size_t>(), tag["rule"].get<std::string>());
}

std::string decision_line(const Json& decision) {
  return fmt::format(
      "    {}{} {}: {} → {}  [{}] step {}, decision {}, {}\n", decision["holds"] == true ? "" : "(past) ",
      decision["subject"].get<std::string>(), decision["field"].get<std::string>(),
      decision["from"].is_null() ? "nothing" : dump_json(decision["from"]),
      decision["to"].is_null() ? "nothing" : dump_json(decision["to"]), decision["reason"].get<std::string>(),
      decision["step"].get<int64_t>(), decision["id"].get<int64_t>(), decision["at"].get<std::string>());
}

std::string why_text(const Json& report) {
  constexpr size_t kAlbumsShown = 10;
  std::string text;
  const Json& albums = report["albums"];
  for (size_t i = 0; i < std::min(albums.size(), kAlbumsShown); ++i) {
    const Json& entry = albums[i];
    const Json& album = entry["album"];
    text += fmt::format("{}{}{}\n  {} {}\n", album["title"].get<std::string>(),
                        album["artist"].get_ref<const std::string&>().empty() ? "" : ", by ",
                        album["artist"].get<std::string>(), album["source"].get<std::string>(),
                        album["key"].get<std::string>());
    if (album.contains("popularity"))
      text += fmt::format("  popularity {}\n", album["popularity"].get<double>());
    text += fmt::format("  tags, by the rules '{}':\n", entry["rules"].get<std::string>());
    for (const Json& tag : entry["tags"]) text += tag_line(tag);
    if (entry["tags"].empty()) text += "    none\n";
    text +=
        entry["decisions"].empty() ? "  nothing was decided; its tags are its labels\n" : "  decisions:\n";
    for (const Json& decision : entry["decisions"]) text += decision_line(decision);
  }
  if (albums.size() > kAlbumsShown) {
    text += fmt::format("… and {} more albums; --json shows all\n", albums.size() - kAlbumsShown);
  }
  return text;
}

void add_why(CLI::App& label, const SetAction& set) {
  CLI::App* app = label.add_subcommand("why", "Show what led to an album's label");
  auto query = std::make_shared<std::string>();
  app->add_option(
         "ALBUM", *query,
         "Its key, its title or a part of it, its cover's file, or 6 digits or more of its cover's hash")
      ->required();
  app->footer("Examples:\n  sleeve label why \"Life After Death\"\n  sleeve label why covers/Rock/one.jpg");
  set(*app, [query](const Session& session) -> Result<Exit> {
    SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kRead));
    SLEEVE_TRY(auto albums, why_label(workspace, *query));
    print_report(session, Json{{"albums", std::move(albums)}}, why_text);
    return Exit::kDone;
  });
}

}  // namespace

void add_label_genres(CLI::App& label, const SetAction& set) {
  add_genres(label, set);
  add_rules(label, set);
  add_why(label, set);
}

}  // namespace sleeve
