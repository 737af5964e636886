// SPDX-License-Identifier: Apache-2.0
#include "stage/label_history.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/cover_paths.h"
#include "stage/label_genres.h"

namespace sleeve {
namespace {

constexpr size_t kMinHashDigits = 6;  // of a hash

struct Album {
  AlbumRecord record;
  std::optional<Sha256> cover;
  std::string path;
};

Result<std::vector<Album>> load_albums(Catalogue& catalogue) {
  std::unordered_map<int64_t, Sha256> hashes;
  SLEEVE_TRY(const auto covers, catalogue.covers());
  for (const CoverRecord& cover : covers) hashes.emplace(cover.id, cover.sha256);
  SLEEVE_TRY(const auto paths, cover_paths(catalogue));
  SLEEVE_TRY(auto records, catalogue.albums());
  std::vector<Album> albums;
  for (AlbumRecord& record : records) {
    Album album{std::move(record), {}, {}};
    if (album.record.cover_id) {
      album.cover = hashes.at(*album.record.cover_id);
      const auto path = paths.find(*album.record.cover_id);
      if (path != paths.end()) album.path = path->second;
    }
    albums.push_back(std::move(album));
  }
  return albums;
}

bool fits_exactly(const Album& album, const std::string& query, const std::string& absolute) {
  if (album.record.key == query || (!album.path.empty() && album.path == absolute)) return true;
  if (ascii_lower(album.record.title) == ascii_lower(query)) return true;
  return query.size() >= kMinHashDigits && album.cover && album.cover->hex().starts_with(ascii_lower(query));
}

std::vector<Album> matching(std::vector<Album> albums, const std::string& query) {
  std::error_code code;
  const std::string absolute = std::filesystem::absolute(query, code).lexically_normal().native();
  std::vector<Album> exact;
  std::vector<Album> loose;
  for (Album& album : albums) {
    if (fits_exactly(album, query, absolute)) {
      exact.push_back(std::move(album));
    } else if (ascii_lower(album.record.title).find(ascii_lower(query)) != std::string::npos) {
      loose.push_back(std::move(album));
    }
  }
  return exact.empty() ? loose : exact;
}

// The rules that the last 'label genres' still in force went by; the default ones if there was none.
Result<Rules> rules_in_force(const std::vector<LabelStep>& steps) {
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (step->command != "genres" || step->active == 0) continue;
    const std::string text = step->options.value("rules_text", "");
    const std::string name = step->options.value("rules", "");
    SLEEVE_TRY(Vocabulary vocabulary, Vocabulary::parse(text, name));
    return Rules{name, text, std::move(vocabulary)};
  }
  return load_rules("default");
}

Json tags_json(const AlbumRecord& album, const Vocabulary& vocabulary) {
  Json tags = Json::array();
  for (size_t i = 0; i < album.genres.size(); ++i) {
    Json tag{{"tag", album.genres[i]}};
    if (i < album.votes.size()) tag["votes"] = album.votes[i];
    if (const auto match = vocabulary.match(album.genres[i])) {
      tag["label"] = match->genre == kIgnored ? Json() : Json(vocabulary.label(match->genre, 1));
      tag["rule"] = match->rule;
      tag["line"] = match->line;
    }
    tags.push_back(std::move(tag));
  }
  return tags;
}

Json decision_json(const LabelDecision& decision, const Decisions& holding) {
  const LabelDecision* now = holding.find({decision.subject, decision.source, decision.key}, decision.field);
  Json json{{"id", decision.id},
            {"step", decision.step},
            {"subject", decision.subject},
            {"field", decision.field},
            {"from", decision.old_value},
            {"to", decision.new_value},
            {"reason", decision.reason},
            {"at", decision.at},
            {"holds", now != nullptr && now->id == decision.id}};
  if (!decision.undone_at.empty()) json["undone_at"] = decision.undone_at;
  return json;
}

Json album_json(const Album& album) {
  Json json{{"title", album.record.title},
            {"artist", album.record.artist_name},
            {"source", album.record.source},
            {"key", album.record.key}};
  if (album.record.popularity) json["popularity"] = *album.record.popularity;
  if (album.record.year) json["year"] = *album.record.year;
  if (album.record.collection) json["collection"] = *album.record.collection;
  if (album.cover) json["cover"] = album.cover->hex();
  if (!album.path.empty()) json["path"] = printable(std::string_view(album.path));
  return json;
}

const std::vector<std::string>& known_fields() {
  static const std::vector<std::string> kFields = {
      "genre", "popularity",   "out:popularity", "out:balance", "out:contradictions", "genre:contradictions",
      "same",  "genre:review", "out:review",     "checked"};
  return kFields;
}

bool is_text_list(const Json& value) {
  return value.is_array() && std::ranges::all_of(value, [](const Json& entry) { return entry.is_string(); });
}

bool value_fits(const std::string& field, const Json& value) {
  if (field.starts_with("out:")) return value.is_boolean();
  if (field == "popularity" || field == "checked") return value.is_string();
  return is_text_list(value);
}

// The reason why a line is none of ours; empty if it is one.
std::string take_line(const Json& json, WantedDecision& decision) {
  if (!json.is_object()) return "is not an object";
  for (const auto& [member, target] :
       {std::pair("kind", &decision.subject.kind), std::pair("source", &decision.subject.source),
        std::pair("key", &decision.subject.key), std::pair("field", &decision.field),
        std::pair("reason", &decision.reason)}) {
    const auto found = json.find(member);
    if (found == json.end() || !found->is_string()) return fmt::format("has no text '{}'", member);
    *target = found->get<std::string>();
  }
  const std::string& kind = decision.subject.kind;
  if (kind != "album" && kind != "cover") return "'kind' is neither 'album' nor 'cover'";
  if (kind == "cover" && (!Sha256::from_hex(decision.subject.key) || !decision.subject.source.empty())) {
    return "a cover's 'key' is its SHA-256 and it has no 'source'";
  }
  if (std::ranges::find(known_fields(), decision.field) == known_fields().end()) {
    return fmt::format("unknown field '{}'{}", printable(std::string_view(decision.field)),
                       suggestion(decision.field, known_fields()));
  }
  decision.value = json.value("value", Json());
  if (!value_fits(decision.field, decision.value))
    return fmt::format("the value doesn't fit '{}'", decision.field);
  return {};
}

}  // namespace

Result<std::vector<Json>> why_label(Workspace& workspace, const std::string& query) {
  Catalogue& catalogue = workspace.catalogue();
  SLEEVE_TRY(auto albums, load_albums(catalogue));
  const std::vector<Album> found = matching(std::move(albums), query);
  if (found.empty()) {
    return make_error(ErrorCode::kNotFound, "no album has the key, title, cover file or cover hash '{}'",
                      printable(std::string_view(query)));
  }
  SLEEVE_TRY(const auto steps, catalogue.label_steps());
  SLEEVE_TRY(const Rules rules, rules_in_force(steps));
  SLEEVE_TRY(const Decisions holding, Decisions::load(catalogue));
  SLEEVE_TRY(const auto all, catalogue.label_decisions());
  std::vector<Json> result;
  for (const Album& album : found) {
    Json decisions = Json::array();
    for (const LabelDecision& decision : all) {
      const Subject subject{decision.subject, decision.source, decision.key};
      const bool of_cover = album.cover && subject == cover_subject(*album.cover);
      if (of_cover || subject == album_subject(album.record))
        decisions.push_back(decision_json(decision, holding));
    }
    result.push_back({{"album", album_json(album)},
                      {"rules", rules.name},
                      {"tags", tags_json(album.record, rules.vocabulary)},
                      {"decisions", std::move(decisions)}});
  }
  return result;
}

Result<Json> label_log(Workspace& workspace) {
  SLEEVE_TRY(const auto steps, workspace.catalogue().label_steps());
  Json rows = Json::array();
  for (const LabelStep& step : steps) {
    Json options = step.options;
    options.erase("rules_text");
    rows.push_back({{"id", step.id},
                    {"command", step.command},
                    {"at", step.at},
                    {"decisions", step.decisions},
                    {"active", step.active},
                    {"options", std::move(options)}});
  }
  SLEEVE_TRY(const Decisions holding, Decisions::load(workspace.catalogue()));
  std::map<std::string, size_t> fields;
  for (const LabelDecision& decision : holding.all()) ++fields[decision.field];
  return Json{{"steps", std::move(rows)}, {"holding", fields}};
}

Result<Json> undo_labels(Workspace& workspace, const UndoOptions& options) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  Catalogue& catalogue = workspace.catalogue();
  SLEEVE_TRY(Transaction transaction, catalogue.begin());
  size_t undone = 0;
  Json report;
  if (!options.decisions.empty()) {
    for (const int64_t id : options.decisions) {
      SLEEVE_TRY(const size_t count, catalogue.undo_label_decision(id));
      undone += count;
    }
    report["decisions"] = options.decisions;
  } else {
    SLEEVE_TRY(const auto steps, catalogue.label_steps());
    std::optional<int64_t> step = options.step;
    for (const LabelStep& known : steps) {
      if (!options.step && known.active > 0) step = known.id;
    }
    if (!step) return make_error(ErrorCode::kNoData, "there is no labelling step to undo");
    SLEEVE_TRY(undone, catalogue.undo_label_step(*step));
    report["step"] = *step;
  }
  SLEEVE_CHECK(transaction.commit());
  report["undone"] = undone;
  return report;
}

Result<size_t> export_decisions(Workspace& workspace, const std::filesystem::path& path) {
  SLEEVE_TRY(const Decisions holding, Decisions::load(workspace.catalogue()));
  std::string text;
  for (const LabelDecision& decision : holding.all()) {
    text += dump_json(Json{{"kind", decision.subject},
                           {"source", decision.source},
                           {"key", decision.key},
                           {"field", decision.field},
                           {"value", decision.new_value},
                           {"reason", decision.reason},
                           {"at", decision.at}});
    text += "\n";
  }
  SLEEVE_CHECK(write_file_atomic(path, std::string_view(text)));
  return holding.all().size();
}

Result<std::vector<WantedDecision>> parse_decisions(std::string_view text, std::string_view name) {
  std::vector<WantedDecision> decisions;
  size_t number = 0;
  for (const std::string& line : split_text(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const auto json = parse_json(line);
    if (!json.ok()) return make_error(ErrorCode::kCorrupt, "{}:{}: {}", name, number, json.error().message);
    WantedDecision decision;
    const std::string reason = take_line(*json, decision);
    if (!reason.empty()) return make_error(ErrorCode::kCorrupt, "{}:{}: {}", name, number, reason);
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

Result<ApplyReport> apply_decisions(Workspace& workspace, const std::filesystem::path& path) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  SLEEVE_TRY(const std::string text, read_text_file(path));
  SLEEVE_TRY(const auto decisions, parse_decisions(text, printable(path)));
  ApplyReport report;
  report.decisions = decisions.size();
  SLEEVE_TRY(const auto known, known_subjects(workspace.catalogue()));
  for (const WantedDecision& decision : decisions) report.waiting += known.contains(decision.subject) ? 0 : 1;
  const Json options{{"file", printable(path)}, {"sha256", sha256(std::string_view(text)).hex()}};
  SLEEVE_TRY(report.recorded, add_decisions(workspace.catalogue(), "apply", options, decisions));
  return report;
}

Json to_json(const ApplyReport& report) {
  return Json{
      {"decisions", report.decisions}, {"waiting", report.waiting}, {"recorded", to_json(report.recorded)}};
}

}  // namespace sleeve
