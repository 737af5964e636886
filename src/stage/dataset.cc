// SPDX-License-Identifier: Apache-2.0
#include "stage/dataset.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "eval/split.h"
#include "image/near_pairs.h"

namespace sleeve {
namespace {

// All that the catalogue says of one cover.
struct CoverFacts {
  const CoverRecord* cover = nullptr;
  std::string path;
  std::string title;
  std::vector<std::string> genres;      // of all its albums, sorted, each once
  std::vector<std::string> group_keys;  // artists and own groups, with their kind in front
  double popularity_sum = 0;
  size_t popularity_count = 0;
};

struct Facts {
  std::vector<CoverRecord> covers;
  std::vector<CoverFacts> facts;  // by the covers' hashes
};

void add_album(const AlbumRecord& album, CoverFacts& facts) {
  if (facts.title.empty()) facts.title = album.title;
  for (const std::string& genre : album.genres) facts.genres.push_back(genre);
  if (!album.artist_key.empty()) facts.group_keys.push_back("artist " + album.artist_key);
  if (album.group_key) facts.group_keys.push_back("group " + *album.group_key);
  if (album.popularity) {
    facts.popularity_sum += *album.popularity;
    ++facts.popularity_count;
  }
}

Result<Facts> gather(Catalogue& catalogue) {
  Facts result;
  SLEEVE_TRY(result.covers, catalogue.covers());
  std::ranges::sort(result.covers, {}, &CoverRecord::sha256);
  std::unordered_map<int64_t, size_t> place;
  result.facts.resize(result.covers.size());
  for (size_t i = 0; i < result.covers.size(); ++i) {
    place[result.covers[i].id] = i;
    result.facts[i].cover = &result.covers[i];
  }
  SLEEVE_TRY(const auto files, catalogue.files());
  for (const FileRecord& file : files) {
    auto& path = result.facts[place.at(file.cover_id)].path;
    if (path.empty()) path = file.path;
  }
  SLEEVE_TRY(const auto albums, catalogue.albums());
  for (const AlbumRecord& album : albums) {
    if (album.cover_id) add_album(album, result.facts[place.at(*album.cover_id)]);
  }
  for (CoverFacts& facts : result.facts) {
    std::ranges::sort(facts.genres);
    const auto rest = std::unique(facts.genres.begin(), facts.genres.end());
    facts.genres.erase(rest, facts.genres.end());
  }
  return result;
}

// The answers to the question for one cover: class names. None: it is left out, and counted.
std::vector<std::string> answers(const CoverFacts& facts, const Question& question, Dataset& dataset) {
  if (question.target == "popularity") {
    if (facts.popularity_count == 0) {
      ++dataset.without_label;
      return {};
    }
    const double popularity = facts.popularity_sum / static_cast<double>(facts.popularity_count);
    return {popularity > question.popular_above ? "popular" : "common"};
  }
  if (facts.genres.empty()) ++dataset.without_label;
  if (facts.genres.size() <= 1) return facts.genres;
  ++dataset.conflicting;
  return question.keep_conflicting ? facts.genres : std::vector<std::string>();
}

// Numbers the groups of the rows whose facts are given, and counts what joined them.
std::vector<int> group_rows(const std::vector<const CoverFacts*>& rows, Dataset& dataset) {
  GroupBuilder builder(rows.size());
  std::unordered_map<std::string, size_t> first_of_key;
  std::unordered_map<const CoverFacts*, size_t> first_of_cover;
  std::vector<uint64_t> hashes;
  std::vector<size_t> hashed_rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const std::string& key : rows[i]->group_keys)
      builder.join(i, first_of_key.try_emplace(key, i).first->second);
    if (!rows[i]->group_keys.empty()) ++dataset.with_artist;
    const auto [first, is_first] = first_of_cover.try_emplace(rows[i], i);
    builder.join(i, first->second);
    if (is_first && rows[i]->cover->phash) {
      hashes.push_back(*rows[i]->cover->phash);
      hashed_rows.push_back(i);
    }
  }
  const auto pairs = near_pairs(hashes, kNearBits);
  for (const auto& [a, b] : pairs) builder.join(hashed_rows[a], hashed_rows[b]);
  dataset.near_pairs = pairs.size();
  return builder.groups();
}

std::string fingerprint_of(const Dataset& dataset) {
  ByteWriter writer;
  for (const std::string& name : dataset.class_names) writer.put_text(name);
  for (const DatasetRow& row : dataset.rows) {
    writer.put_bytes(std::as_bytes(std::span(row.cover.bytes)));
    writer.put<int32_t>(row.label);
    writer.put<int32_t>(row.group);
  }
  return sha256(writer.bytes()).hex().substr(0, 16);
}

Error too_few_classes(const Dataset& dataset, const Question& question) {
  std::string why = fmt::format("{} covers with a known {}", dataset.rows.size(), question.target);
  if (dataset.without_label > 0) why += fmt::format(", {} without", dataset.without_label);
  if (dataset.conflicting > 0 && !question.keep_conflicting) {
    why += fmt::format(", {} under several genres left out", dataset.conflicting);
  }
  if (dataset.without_file > 0) why += fmt::format(", {} without a file", dataset.without_file);
  return make_error(ErrorCode::kNoData, "nothing to learn: {} class{} ({})", dataset.class_names.size(),
                    dataset.class_names.size() == 1 ? "" : "es", why);
}

}  // namespace

Json to_json(const Question& question) {
  Json json{{"target", question.target}};
  if (question.target == "popularity") json["popular_above"] = question.popular_above;
  if (question.target == "genre") json["keep_conflicting"] = question.keep_conflicting;
  return json;
}

Result<Question> question_from_json(const Json& json) {
  if (!json.is_object()) return make_error(ErrorCode::kCorrupt, "the question is not an object");
  Question question;
  const Json target = json.value("target", Json());
  if (target != "genre" && target != "popularity") {
    return make_error(ErrorCode::kCorrupt, "the target {} is neither genre nor popularity",
                      dump_json(target));
  }
  question.target = target.get<std::string>();
  const Json above = json.value("popular_above", Json(question.popular_above));
  if (above.is_number()) question.popular_above = above.get<double>();
  const Json keep = json.value("keep_conflicting", Json(false));
  if (keep.is_boolean()) question.keep_conflicting = keep.get<bool>();
  return question;
}

std::vector<size_t> Dataset::class_counts() const {
  std::vector<size_t> counts(class_names.size());
  for (const DatasetRow& row : rows) ++counts[static_cast<size_t>(row.label)];
  return counts;
}

Json to_json(const Dataset& dataset) {
  Json classes = Json::object();
  const auto counts = dataset.class_counts();
  for (size_t i = 0; i < counts.size(); ++i) classes[dataset.class_names[i]] = counts[i];
  return Json{{"covers", dataset.rows.size()},
              {"classes", std::move(classes)},
              {"groups", dataset.groups},
              {"with_artist", dataset.with_artist},
              {"near_pairs", dataset.near_pairs},
              {"left_out",
               {{"without_label", dataset.without_label},
                {"conflicting", dataset.conflicting},
                {"without_file", dataset.without_file}}},
              {"fingerprint", dataset.fingerprint}};
}

Result<Dataset> build_dataset(Catalogue& catalogue, const Question& question) {
  SLEEVE_TRY(const Facts facts, gather(catalogue));
  Dataset dataset;
  std::vector<const CoverFacts*> rows;
  std::vector<std::string> labels;
  std::set<std::string> names;
  for (const CoverFacts& cover : facts.facts) {
    if (cover.path.empty()) {
      ++dataset.without_file;
      continue;
    }
    for (std::string& answer : answers(cover, question, dataset)) {
      names.insert(answer);
      rows.push_back(&cover);
      labels.push_back(std::move(answer));
    }
  }
  dataset.class_names.assign(names.begin(), names.end());
  const std::vector<int> groups = group_rows(rows, dataset);
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto name = std::ranges::lower_bound(dataset.class_names, labels[i]);
    dataset.rows.push_back({rows[i]->cover->sha256, rows[i]->path, rows[i]->title,
                            static_cast<int>(name - dataset.class_names.begin()), groups[i]});
    dataset.groups = std::max(dataset.groups, static_cast<size_t>(groups[i]) + 1);
  }
  if (dataset.class_names.size() < 2) return too_few_classes(dataset, question);
  dataset.fingerprint = fingerprint_of(dataset);
  return dataset;
}

}  // namespace sleeve
