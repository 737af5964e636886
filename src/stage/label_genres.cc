// SPDX-License-Identifier: Apache-2.0
#include "stage/label_genres.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

Json to_json(const MajorityOptions& options) {
  Json json{{"ties", name_of(options.ties)}, {"level", options.level}, {"multi", options.multi}};
  if (options.multi) json["min_share"] = options.min_share;
  return json;
}

Json to_json(const UnmatchedTag& tag) {
  Json json{{"tag", tag.tag}, {"albums", tag.albums}};
  if (tag.nearest) json["nearest"] = *tag.nearest;
  if (tag.label) {
    json["label"] = *tag.label;
    json["label_share"] = tag.label_share;
  }
  json["occurs_with"] = tag.occurs_with;
  return json;
}

std::vector<WantedDecision> wanted_of(const std::vector<AlbumRecord>& albums, const Labelling& labelling) {
  std::vector<WantedDecision> wanted;
  wanted.reserve(albums.size());
  for (size_t i = 0; i < albums.size(); ++i) {
    const Verdict& verdict = labelling.verdicts[i];
    wanted.push_back({album_subject(albums[i]), "genre", Json(verdict.labels), verdict.reason});
  }
  return wanted;
}

std::vector<std::pair<std::string, size_t>> frequent(const Labelling& labelling, size_t above) {
  std::vector<std::pair<std::string, size_t>> tags;
  for (const auto& entry : labelling.tag_albums) {
    if (entry.second > above) tags.emplace_back(entry);
  }
  std::ranges::stable_sort(tags, std::greater<>(), &std::pair<std::string, size_t>::second);
  return tags;
}

}  // namespace

Result<Rules> load_rules(const std::string& name_or_file) {
  std::vector<std::string> names;
  for (const RulePreset& preset : rule_presets()) {
    names.emplace_back(preset.name);
    if (preset.name != name_or_file) continue;
    SLEEVE_TRY(Vocabulary vocabulary, Vocabulary::parse(preset.text, preset.name));
    return Rules{names.back(), std::string(preset.text), std::move(vocabulary)};
  }
  std::error_code code;
  if (!std::filesystem::exists(name_or_file, code)) {
    return make_error(ErrorCode::kNotFound, "there is no rule file '{}' and no preset of that name{}",
                      printable(std::string_view(name_or_file)), suggestion(name_or_file, names));
  }
  constexpr uint64_t kMaxRules = uint64_t{16} << 20;
  SLEEVE_TRY(std::string text, read_text_file(name_or_file, kMaxRules));
  SLEEVE_TRY(Vocabulary vocabulary, Vocabulary::parse(text, printable(std::string_view(name_or_file))));
  return Rules{name_or_file, std::move(text), std::move(vocabulary)};
}

std::vector<TaggedAlbum> tagged(const std::vector<AlbumRecord>& albums) {
  std::vector<TaggedAlbum> result;
  result.reserve(albums.size());
  for (const AlbumRecord& album : albums) result.push_back({album.genres, album.votes, album.popularity});
  return result;
}

Result<LabelGenresReport> label_genres(Workspace& workspace, const LabelGenresOptions& options) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  SLEEVE_TRY(const Rules rules, load_rules(options.rules));
  SLEEVE_TRY(const auto albums, workspace.catalogue().albums());
  if (albums.empty()) return make_error(ErrorCode::kNoData, "the workspace has no albums; import some first");
  const std::vector<TaggedAlbum> input = tagged(albums);
  const Labelling labelling = label_albums(input, rules.vocabulary, options.majority);

  LabelGenresReport report{rules.name,
                           options.majority,
                           options.dry_run,
                           albums.size(),
                           rules.vocabulary.popularity_above(),
                           labelling.filtered_in,
                           labelling.tag_albums.size(),
                           rules.vocabulary.tags_above(),
                           {},
                           0,
                           labelling.outcomes,
                           labelling.label_albums,
                           {},
                           {}};
  if (report.tags_above > 0) report.frequent_tags = frequent(labelling, report.tags_above);
  for (const Verdict& verdict : labelling.verdicts) report.labelled += verdict.labels.empty() ? 0 : 1;
  // Suggestions name broad genres: what a rule file can be added to.
  MajorityOptions broad = options.majority;
  broad.level = 1;
  report.unmatched =
      unmatched_tags(input, rules.vocabulary,
                     options.majority.level == 1 ? labelling : label_albums(input, rules.vocabulary, broad));
  const std::vector<WantedDecision> wanted = wanted_of(albums, labelling);
  if (options.dry_run) {
    SLEEVE_TRY(report.recorded, preview_decisions(workspace.catalogue(), {"genre"}, wanted));
    return report;
  }
  Json recorded_options = to_json(options.majority);
  recorded_options["rules"] = rules.name;
  recorded_options["rules_sha256"] = sha256(std::string_view(rules.text)).hex();
  recorded_options["rules_text"] = rules.text;
  SLEEVE_TRY(report.recorded,
             record_decisions(workspace.catalogue(), "genres", recorded_options, {"genre"}, wanted));
  return report;
}

Json to_json(const LabelGenresReport& report) {
  Json outcomes = Json::object();
  for (int i = 0; i <= static_cast<int>(VerdictOutcome::kUntagged); ++i) {
    const auto outcome = static_cast<VerdictOutcome>(i);
    const auto found = report.outcomes.find(outcome);
    outcomes[std::string(name_of(outcome))] = found == report.outcomes.end() ? 0 : found->second;
  }
  Json json{{"rules", report.rules}, {"options", to_json(report.majority)}, {"albums", report.albums}};
  if (report.popularity_above) {
    json["popularity_above"] = *report.popularity_above;
    json["popular_enough"] = report.popular_enough;
  }
  json["tags"] = report.tags;
  if (report.tags_above > 0) {
    json["tags_above"] = report.tags_above;
    Json tags = Json::object();
    for (const auto& [tag, albums] : report.frequent_tags) tags[tag] = albums;
    json["frequent_tags"] = std::move(tags);
  }
  json["labelled"] = report.labelled;
  json["outcomes"] = std::move(outcomes);
  json["labels"] = report.labels;
  json["unmatched"] = Json::array();
  for (const UnmatchedTag& tag : report.unmatched) json["unmatched"].push_back(to_json(tag));
  json["dry_run"] = report.dry_run;
  json["decisions"] = to_json(report.recorded);
  return json;
}

}  // namespace sleeve
