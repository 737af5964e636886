// SPDX-License-Identifier: Apache-2.0
#include "stage/dataset.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/sort_unique.h"
#include "base/text.h"
#include "base/try.h"
#include "image/near_pairs.h"
#include "learn/split.h"
#include "stage/cover_paths.h"
#include "stage/label_overlay.h"

namespace sleeve {
namespace {

// All that the catalogue says of one cover.
struct CoverFacts {
  const CoverRecord* cover = nullptr;
  std::string path;
  std::string title;
  std::string collection;               // of the first album that has one
  std::vector<std::string> genres;      // of all its albums, sorted, each once
  std::vector<std::string> group_keys;  // artists and own groups, with their kind in front
  double popularity_sum = 0;
  size_t popularity_count = 0;
  std::vector<std::string> popularity_classes;  // decided, of all its albums
  bool left_out = false;                        // by a decision

  [[nodiscard]] std::optional<double> popularity() const {
    if (popularity_count == 0) return std::nullopt;
    return popularity_sum / static_cast<double>(popularity_count);
  }
};

struct Facts {
  std::vector<CoverRecord> covers;
  std::vector<CoverFacts> facts;                // by the covers' hashes
  bool popularity_classes = false;              // whether popularity classes were decided
  std::vector<std::pair<size_t, size_t>> same;  // places of covers decided to be one
};

void add_album(const AlbumRecord& album, CoverFacts& facts) {
  if (facts.title.empty()) facts.title = album.title;
  if (facts.collection.empty() && album.collection) facts.collection = *album.collection;
  for (const std::string& genre : album.genres) facts.genres.push_back(genre);
  if (!album.artist_key.empty()) facts.group_keys.push_back("artist " + album.artist_key);
  // One artist may come from two sources, by id from one and by name from the other.
  if (!trim(album.artist_name).empty())
    facts.group_keys.push_back("name " + ascii_lower(trim(album.artist_name)));
  if (album.group_key) facts.group_keys.push_back("group " + *album.group_key);
  if (album.popularity) {
    facts.popularity_sum += *album.popularity;
    ++facts.popularity_count;
  }
}

// What was decided of the covers themselves.
void lay_over(const LabelOverlay& overlay, Facts& result) {
  result.popularity_classes = overlay.has_popularity_classes();
  std::unordered_map<Sha256, size_t> place;
  for (size_t i = 0; i < result.facts.size(); ++i) {
    CoverFacts& facts = result.facts[i];
    place.emplace(facts.cover->sha256, i);
    if (auto genres = overlay.genres(facts.cover->sha256)) facts.genres = std::move(*genres);
    facts.left_out = facts.left_out || overlay.leaves_out(facts.cover->sha256);
    sort_unique(facts.genres);
    sort_unique(facts.popularity_classes);
  }
  for (const auto& [a, b] : overlay.same_covers()) {
    if (place.contains(a) && place.contains(b)) result.same.emplace_back(place.at(a), place.at(b));
  }
}

Result<Facts> gather(Catalogue& catalogue, const Question& question) {
  Facts result;
  SLEEVE_TRY(result.covers, catalogue.covers());
  std::ranges::sort(result.covers, {}, &CoverRecord::sha256);
  std::unordered_map<int64_t, size_t> place;
  result.facts.resize(result.covers.size());
  for (size_t i = 0; i < result.covers.size(); ++i) {
    place[result.covers[i].id] = i;
    result.facts[i].cover = &result.covers[i];
  }
  SLEEVE_TRY(const auto paths, cover_paths(catalogue));
  for (const auto& [cover, path] : paths) result.facts[place.at(cover)].path = path;
  SLEEVE_TRY(auto albums, catalogue.albums());
  SLEEVE_TRY(const LabelOverlay overlay, LabelOverlay::load(catalogue, question.raw_labels));
  for (AlbumRecord& album : albums) {
    if (!album.cover_id) continue;
    CoverFacts& facts = result.facts[place.at(*album.cover_id)];
    overlay.apply(album);
    add_album(album, facts);
    facts.left_out = facts.left_out || overlay.leaves_out(album);
    if (auto derived = overlay.popularity_class(album))
      facts.popularity_classes.push_back(std::move(*derived));
  }
  lay_over(overlay, result);
  return result;
}

// A cover with albums in several popularity classes has no single right answer.
std::vector<std::string> only_answer(const std::vector<std::string>& classes, Dataset& dataset) {
  if (classes.empty()) ++dataset.without_label;
  if (classes.size() > 1) ++dataset.conflicting;
  return classes.size() == 1 ? classes : std::vector<std::string>();
}

// Of a popularity: its class, or for a number the one name of what is asked.
std::vector<std::string> popularity_answer(const CoverFacts& facts, const Question& question,
                                           Dataset& dataset) {
  const auto popularity = facts.popularity();
  if (!popularity) {
    ++dataset.without_label;
    return {};
  }
  if (question.as_number) return {question.target};
  return {*popularity > dataset.popular_above.value_or(question.popular_above) ? "popular" : "common"};
}

// The answers to the question for one cover: class names. None: it is left out, and counted.
std::vector<std::string> answers(const CoverFacts& facts, const Question& question, bool popularity_classes,
                                 Dataset& dataset) {
  if (facts.left_out) {
    ++dataset.by_decision;
    return {};
  }
  if (question.target == "popularity") {
    const bool decided = popularity_classes && !question.own_threshold && !question.as_number;
    return decided ? only_answer(facts.popularity_classes, dataset)
                   : popularity_answer(facts, question, dataset);
  }
  if (facts.genres.empty()) ++dataset.without_label;
  if (facts.genres.size() <= 1 || dataset.goal == Goal::kLabels) return facts.genres;
  ++dataset.conflicting;
  return question.keep_conflicting ? facts.genres : std::vector<std::string>();
}

// The popularity that the given share of the covers doesn't exceed.
std::optional<double> quantile_threshold(const std::vector<CoverFacts>& facts, const Question& question) {
  if (question.target != "popularity" || !question.popular_quantile) return std::nullopt;
  std::vector<double> known;
  for (const CoverFacts& cover : facts) {
    if (cover.popularity() && !cover.left_out && !cover.path.empty()) known.push_back(*cover.popularity());
  }
  if (known.empty()) return std::nullopt;
  std::ranges::sort(known);
  const auto place = static_cast<size_t>(*question.popular_quantile * static_cast<double>(known.size() - 1));
  return known[place];
}

// Groups over all covers, rows or not: two rows may belong together through a third cover that has
// no label or no file any more.
std::vector<GroupedCover> group_covers(const std::vector<CoverFacts>& facts,
                                       std::span<const std::pair<size_t, size_t>> same) {
  GroupBuilder builder(facts.size());
  std::unordered_map<std::string, size_t> first_of_key;
  std::vector<uint64_t> hashes;
  std::vector<size_t> hashed;
  std::vector<GroupedCover> covers(facts.size());
  for (size_t i = 0; i < facts.size(); ++i) {
    covers[i].cover = facts[i].cover->sha256;
    covers[i].phash = facts[i].cover->phash;
    for (const std::string& key : facts[i].group_keys) {
      builder.join(i, first_of_key.try_emplace(key, i).first->second);
      covers[i].keys.push_back(checksum64(std::as_bytes(std::span(key.data(), key.size()))));
    }
    if (!covers[i].phash) continue;
    hashes.push_back(*covers[i].phash);
    hashed.push_back(i);
  }
  for (const auto& [a, b] : near_pairs(hashes, kNearBits)) builder.join(hashed[a], hashed[b]);
  for (const auto& [a, b] : same) builder.join(a, b);
  const std::vector<int> groups = builder.groups();
  for (size_t i = 0; i < covers.size(); ++i) covers[i].group = groups[i];
  return covers;
}

std::string fingerprint_of(const Dataset& dataset) {
  ByteWriter writer;
  for (const std::string& name : dataset.class_names) writer.put_text(name);
  for (const DatasetRow& row : dataset.rows) {
    writer.put_bytes(std::as_bytes(std::span(row.cover.bytes)));
    writer.put<int32_t>(row.label);
    writer.put<int32_t>(row.group);
    for (const int member : row.members) writer.put<int32_t>(member);
    if (dataset.goal == Goal::kNumber) writer.put<double>(row.popularity.value_or(-1));
  }
  return sha256(writer.bytes()).hex().substr(0, 16);
}

// Numbers the rows' collections, in the order of their names.
void number_collections(std::span<const std::string> of_row, Dataset& dataset) {
  std::set<std::string> names(of_row.begin(), of_row.end());
  names.erase("");
  dataset.collections.assign(names.begin(), names.end());
  for (size_t i = 0; i < of_row.size(); ++i) {
    if (of_row[i].empty()) continue;
    const auto name = std::ranges::lower_bound(dataset.collections, of_row[i]);
    dataset.rows[i].collection = static_cast<int>(name - dataset.collections.begin());
  }
}

// What follows from the rows alone.
void derive(Dataset& dataset) {
  std::unordered_map<Sha256, const GroupedCover*> cover_of;
  for (const GroupedCover& cover : dataset.covers) cover_of.emplace(cover.cover, &cover);
  std::set<int> groups;
  std::vector<uint64_t> hashes;
  std::set<Sha256> seen;
  dataset.with_artist = 0;
  for (const DatasetRow& row : dataset.rows) {
    const GroupedCover& cover = *cover_of.at(row.cover);
    groups.insert(row.group);
    if (!cover.keys.empty()) ++dataset.with_artist;
    if (seen.insert(row.cover).second && cover.phash) hashes.push_back(*cover.phash);
  }
  dataset.groups = groups.size();
  dataset.near_pairs = near_pairs(hashes, kNearBits).size();
  dataset.fingerprint = fingerprint_of(dataset);
}

// Two classes, or two covers to tell apart.
bool enough(const Dataset& dataset) {
  if (dataset.goal == Goal::kNumber) return dataset.rows.size() >= 2;
  const auto counts = dataset.class_counts();
  return std::ranges::count_if(counts, [](size_t count) { return count > 0; }) >= 2;
}

Error too_few_classes(const Dataset& dataset, const Question& question) {
  std::string why = fmt::format("{} covers with a known {}", dataset.rows.size(), question.target);
  if (dataset.without_label > 0) why += fmt::format(", {} without", dataset.without_label);
  if (dataset.conflicting > 0 && !question.keep_conflicting) {
    why += fmt::format(", {} under several genres left out", dataset.conflicting);
  }
  if (dataset.by_decision > 0) why += fmt::format(", {} left out by label decisions", dataset.by_decision);
  if (dataset.without_file > 0) why += fmt::format(", {} without a file", dataset.without_file);
  const bool several = dataset.conflicting > 0 && question.target == "genre" && !question.keep_conflicting;
  return make_error(ErrorCode::kNoData, "nothing to learn: {} class{} ({}){}", dataset.class_names.size(),
                    dataset.class_names.size() == 1 ? "" : "es", why,
                    several ? "; --target genres learns several genres a cover" : "");
}

}  // namespace

Json to_json(const Question& question) {
  Json json{{"target", question.target}};
  if (question.target == "popularity") json["popular_above"] = question.popular_above;
  if (question.popular_quantile) json["popular_quantile"] = *question.popular_quantile;
  if (question.as_number) json["as_number"] = true;
  if (question.own_threshold) json["own_threshold"] = true;
  if (question.target == "genre") json["keep_conflicting"] = question.keep_conflicting;
  if (question.raw_labels) json["raw_labels"] = true;
  return json;
}

Result<Question> question_from_json(const Json& json) {
  if (!json.is_object()) return make_error(ErrorCode::kCorrupt, "the question is not an object");
  Question question;
  const Json target = json.value("target", Json());
  if (target != "genre" && target != "genres" && target != "popularity") {
    return make_error(ErrorCode::kCorrupt, "the target {} is none of genre, genres and popularity",
                      dump_json(target));
  }
  question.target = target.get<std::string>();
  const Json above = json.value("popular_above", Json(question.popular_above));
  if (above.is_number()) question.popular_above = above.get<double>();
  const Json quantile = json.value("popular_quantile", Json());
  if (quantile.is_number()) question.popular_quantile = quantile.get<double>();
  const Json number = json.value("as_number", Json(false));
  if (number.is_boolean()) question.as_number = number.get<bool>();
  const Json keep = json.value("keep_conflicting", Json(false));
  if (keep.is_boolean()) question.keep_conflicting = keep.get<bool>();
  const Json own = json.value("own_threshold", Json(false));
  if (own.is_boolean()) question.own_threshold = own.get<bool>();
  const Json raw = json.value("raw_labels", Json(false));
  if (raw.is_boolean()) question.raw_labels = raw.get<bool>();
  return question;
}

Goal goal_of(const Question& question) {
  if (question.target == "genres") return Goal::kLabels;
  return question.target == "popularity" && question.as_number ? Goal::kNumber : Goal::kClass;
}

Result<Dataset> keep_rows(Dataset dataset, std::span<const size_t> rows) {
  std::vector<DatasetRow> kept;
  kept.reserve(rows.size());
  for (const size_t row : rows) kept.push_back(std::move(dataset.rows[row]));
  dataset.rows = std::move(kept);
  derive(dataset);
  if (!enough(dataset)) {
    return make_error(ErrorCode::kNoData,
                      "nothing to learn: of {} classes fewer than two have covers that can be read",
                      dataset.class_names.size());
  }
  return dataset;
}

std::vector<size_t> Dataset::class_counts() const {
  std::vector<size_t> counts(class_names.size());
  for (const DatasetRow& row : rows) {
    if (row.members.empty()) ++counts[static_cast<size_t>(row.label)];
    for (const int member : row.members) ++counts[static_cast<size_t>(member)];
  }
  return counts;
}

Json to_json(const Dataset& dataset) {
  Json classes = Json::object();
  const auto counts = dataset.class_counts();
  for (size_t i = 0; i < counts.size(); ++i) classes[dataset.class_names[i]] = counts[i];
  Json left_out{{"without_label", dataset.without_label},
                {"conflicting", dataset.conflicting},
                {"without_file", dataset.without_file}};
  if (dataset.by_decision > 0) left_out["by_decision"] = dataset.by_decision;
  Json json{{"goal", name_of(dataset.goal)},      {"covers", dataset.rows.size()},
            {"classes", std::move(classes)},      {"groups", dataset.groups},
            {"with_artist", dataset.with_artist}, {"near_pairs", dataset.near_pairs},
            {"left_out", std::move(left_out)},    {"fingerprint", dataset.fingerprint}};
  if (dataset.popular_above) json["popular_above"] = *dataset.popular_above;
  return json;
}

namespace {

// The answers of all rows, in words.
struct Words {
  std::vector<std::vector<std::string>> answers;
  std::vector<std::string> collections;
};

Words add_rows(const Facts& facts, const Question& question, Dataset& dataset) {
  Words words;
  for (size_t i = 0; i < facts.facts.size(); ++i) {
    const CoverFacts& cover = facts.facts[i];
    if (cover.path.empty()) {
      ++dataset.without_file;
      continue;
    }
    const auto found = answers(cover, question, facts.popularity_classes, dataset);
    const auto add = [&](std::vector<std::string> answer) {
      dataset.rows.push_back(
          {cover.cover->sha256, cover.path, cover.title, 0, dataset.covers[i].group, -1, cover.popularity()});
      words.answers.push_back(std::move(answer));
      words.collections.push_back(cover.collection);
    };
    if (dataset.goal == Goal::kLabels) {
      if (!found.empty()) add(found);
    } else {
      for (const std::string& answer : found) add({answer});
    }
  }
  return words;
}

void number_classes(const Words& words, Dataset& dataset) {
  std::set<std::string> names;
  for (const auto& answer : words.answers) names.insert(answer.begin(), answer.end());
  dataset.class_names.assign(names.begin(), names.end());
  for (size_t i = 0; i < words.answers.size(); ++i) {
    std::vector<int> numbers;
    for (const std::string& name : words.answers[i]) {
      const auto found = std::ranges::lower_bound(dataset.class_names, name);
      numbers.push_back(static_cast<int>(found - dataset.class_names.begin()));
    }
    dataset.rows[i].label = numbers[0];
    if (dataset.goal == Goal::kLabels) dataset.rows[i].members = std::move(numbers);
  }
}

}  // namespace

Result<Dataset> build_dataset(Catalogue& catalogue, const Question& question) {
  SLEEVE_TRY(const Facts facts, gather(catalogue, question));
  Dataset dataset;
  dataset.goal = goal_of(question);
  dataset.covers = group_covers(facts.facts, facts.same);
  dataset.popular_above = quantile_threshold(facts.facts, question);
  const Words words = add_rows(facts, question, dataset);
  number_classes(words, dataset);
  number_collections(words.collections, dataset);
  if (!enough(dataset)) return too_few_classes(dataset, question);
  derive(dataset);
  return dataset;
}

}  // namespace sleeve
