// SPDX-License-Identifier: Apache-2.0
#include "store/share_list.h"

#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr int kFormat = 1;

Json to_json(const ShareEntry& entry) {
  Json json{{"source", entry.source}, {"id", entry.id}};
  const auto put_text = [&](const char* key, const std::string& value) {
    if (!value.empty()) json[key] = value;
  };
  put_text("title", entry.title);
  put_text("artist", entry.artist_name);
  put_text("artist_id", entry.artist_id);
  if (!entry.genres.empty()) json["genres"] = entry.genres;
  if (!entry.votes.empty()) json["votes"] = entry.votes;
  if (!entry.labels.empty()) json["label"] = entry.labels;
  if (entry.popularity) json["popularity"] = *entry.popularity;
  put_text("popularity_class", entry.popularity_class);
  if (entry.collection) json["collection"] = *entry.collection;
  if (entry.year) json["year"] = *entry.year;
  if (entry.cover) json["cover"] = entry.cover->hex();
  return json;
}

// Reads the members of one line; the first that is not as it should be is remembered.
class Members {
 public:
  explicit Members(const Json& json) : json_(json) {}

  std::string text(const char* key) {
    const Json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_string()) return wrong(key, "a text"), std::string();
    return value->get<std::string>();
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> result;
    for (const Json& value : list(key)) {
      if (value.is_string()) {
        result.push_back(value.get<std::string>());
      } else {
        wrong(key, "a list of texts");
      }
    }
    return result;
  }
  std::vector<int64_t> counts(const char* key) {
    std::vector<int64_t> result;
    for (const Json& value : list(key)) {
      if (value.is_number_integer() && value >= 0 && value <= kMostVotes) {
        result.push_back(value.get<int64_t>());
      } else {
        wrong(key, "a list of counts");
      }
    }
    return result;
  }
  std::optional<double> number(const char* key, double low, double high) {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    const double number = value->is_number() ? value->get<double>() : std::nan("");
    if (number >= low && number <= high) return number;
    wrong(key, fmt::format("a number from {} to {}", low, high));
    return std::nullopt;
  }
  void wrong(std::string_view key, std::string_view expected) {
    if (problem_.empty()) problem_ = fmt::format("'{}' is not {}", key, expected);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  static constexpr int64_t kMostVotes = 1'000'000'000'000;

  const Json* find(const char* key) {
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }
  const Json& list(const char* key) {
    static const Json kNone = Json::array();
    const Json* value = find(key);
    if (value == nullptr) return kNone;
    if (value->is_array()) return *value;
    wrong(key, "a list");
    return kNone;
  }

  const Json& json_;
  std::string problem_;
};

Result<ShareEntry> entry_of(const Json& json) {
  if (!json.is_object()) return make_error(ErrorCode::kCorrupt, "is no album");
  Members members(json);
  ShareEntry entry;
  entry.source = members.text("source");
  entry.id = members.text("id");
  entry.title = members.text("title");
  entry.artist_name = members.text("artist");
  entry.artist_id = members.text("artist_id");
  entry.genres = members.texts("genres");
  entry.votes = members.counts("votes");
  entry.labels = members.texts("label");
  entry.popularity = members.number("popularity", 0, 100);
  entry.popularity_class = members.text("popularity_class");
  if (const std::string collection = members.text("collection"); !collection.empty())
    entry.collection = collection;
  if (const auto year = members.number("year", 1000, 2999)) entry.year = static_cast<int>(*year);
  if (const std::string cover = members.text("cover"); !cover.empty()) {
    entry.cover = Sha256::from_hex(cover);
    if (!entry.cover) members.wrong("cover", "a SHA-256");
  }
  if (entry.source.empty()) members.wrong("source", "there");
  if (entry.id.empty()) members.wrong("id", "there");
  if (!entry.votes.empty() && entry.votes.size() != entry.genres.size())
    members.wrong("votes", "as long as the genres");
  if (!members.problem().empty()) return make_error(ErrorCode::kCorrupt, "{}", members.problem());
  return entry;
}

// How many albums follow.
Result<size_t> read_header(std::string_view line, ShareList& list) {
  const auto json = parse_json(line);
  const auto format = json.ok() && json->is_object() ? json->find("sleeve_list") : Json::const_iterator();
  if (!json.ok() || !json->is_object() || format == json->end() || !format->is_number_integer()) {
    return make_error(ErrorCode::kCorrupt, "line 1: this is no list of 'sleeve export list'");
  }
  if (*format > kFormat || *format < 1) {
    return make_error(ErrorCode::kUnsupported,
                      "line 1: list format {}; this sleeve knows {}: use a newer sleeve", dump_json(*format),
                      kFormat);
  }
  Members members(*json);
  list.made_by = members.text("made_by");
  if (const auto notes = json->find("notes"); notes != json->end() && notes->is_object()) {
    for (const auto& [source, note] : notes->items()) {
      if (note.is_string()) list.notes.emplace(source, note.get<std::string>());
    }
  }
  const auto albums = members.number("albums", 0, 1e12);
  if (!albums) return make_error(ErrorCode::kCorrupt, "line 1: does not say how many albums follow");
  return static_cast<size_t>(*albums);
}

}  // namespace

std::string write_share_list(const ShareList& list) {
  Json header{{"sleeve_list", kFormat}, {"made_by", list.made_by}, {"albums", list.entries.size()}};
  header["notes"] = Json::object();
  for (const auto& [source, note] : list.notes) header["notes"][source] = note;
  std::string text = dump_json(header) + "\n";
  for (const ShareEntry& entry : list.entries) text += dump_json(to_json(entry)) + "\n";
  return text;
}

Result<ShareList> parse_share_list(std::string_view text) {
  ShareList list;
  size_t line_number = 0;
  size_t promised = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line_number == 1) {
      SLEEVE_TRY(promised, read_header(line, list));
      continue;
    }
    if (line.empty()) continue;
    const std::string place = fmt::format("line {}", line_number);
    auto json = parse_json(line);
    if (!json.ok()) return with_context(std::move(json).error(), place);
    auto entry = entry_of(*json);
    if (!entry.ok()) return with_context(std::move(entry).error(), place);
    list.entries.push_back(std::move(entry).value());
  }
  if (line_number == 0) return make_error(ErrorCode::kCorrupt, "is empty");
  if (list.entries.size() < promised) {
    return make_error(ErrorCode::kCorrupt, "ends after {} of {} albums: it was cut off", list.entries.size(),
                      promised);
  }
  return list;
}

}  // namespace sleeve
