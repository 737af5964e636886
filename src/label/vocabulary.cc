// SPDX-License-Identifier: Apache-2.0
#include "label/vocabulary.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "label/tag.h"

namespace sleeve {
namespace {

constexpr std::string_view kDefaultRules =
#include "label/default_rules.inc"
    ;
constexpr std::string_view kOriginalRules =
#include "label/original_rules.inc"
    ;

constexpr std::array kPresets = {
    RulePreset{"default", "14 broad genres with sub-genres, from tags of many sources and languages",
               kDefaultRules},
    RulePreset{"original", "pop, rap and rock, as the original project mapped Spotify's tags",
               kOriginalRules},
};

// The line without its comment.
std::string_view without_comment(std::string_view line) {
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      return trim(line.substr(0, i));
  }
  return trim(line);
}

const std::vector<std::string>& keywords() {
  static const std::vector<std::string> kWords = {
      "rules", "genre", "sub", "tags", "like", "ignore", "id3", "popularity-above", "tags-above"};
  return kWords;
}

}  // namespace

// Reads a rule file line by line. A failing function gives the reason; parse() adds file and line.
class VocabularyParser {
 public:
  Result<Vocabulary> parse(std::string_view text, std::string_view name) {
    if (!is_utf8(text)) return make_error(ErrorCode::kUsage, "{}: is not UTF-8 text", name);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (const std::string& line : split_text(text, '\n')) {
      ++line_;
      const std::string_view content = without_comment(line);
      if (content.empty()) continue;
      if (Status status = take(content); !status.ok()) {
        return make_error(ErrorCode::kUsage, "{}:{}: {}", name, line_, status.error().message);
      }
    }
    if (vocabulary_.genres_.empty()) return make_error(ErrorCode::kUsage, "{}: names no genre", name);
    std::ranges::stable_sort(vocabulary_.patterns_, std::greater<>(), [](const Vocabulary::Pattern& pattern) {
      return static_cast<std::ptrdiff_t>(pattern.text.size()) - std::ranges::count(pattern.text, '*');
    });
    return std::move(vocabulary_);
  }

 private:
  static Error wrong(std::string reason) { return Error{ErrorCode::kUsage, std::move(reason)}; }

  Status take(std::string_view line) {
    const size_t blank = line.find_first_of(" \t");
    const std::string word(line.substr(0, blank));
    const std::string_view rest = blank == std::string_view::npos ? "" : trim(line.substr(blank));
    if (std::ranges::find(keywords(), word) == keywords().end()) {
      return wrong(fmt::format("unknown word '{}'{}", printable(std::string_view(word)),
                               suggestion(word, keywords())));
    }
    if (rest.empty()) return wrong(fmt::format("'{}' has nothing behind it", word));
    if (word == "rules") return take_version(rest);
    if (!versioned_) return wrong("a rule file begins with the line 'rules 1'");
    if (word == "genre") return add_genre(rest, -1);
    if (word == "sub") return take_sub(rest);
    if (word == "tags" || word == "like") return take_tags(rest, word == "like");
    if (word == "ignore") return add_tags(rest, kIgnored, {});
    if (word == "id3") return take_numbers(rest);
    return take_filter(word, rest);
  }

  Status take_version(std::string_view rest) {
    if (versioned_) return wrong("'rules' stands twice");
    if (rest != "1") {
      return wrong(fmt::format("format '{}' is not known; this sleeve reads 'rules 1'", printable(rest)));
    }
    versioned_ = true;
    return {};
  }

  // A genre that stands there already is taken up again: found tags can be pasted at the end of a file.
  Status add_genre(std::string_view name, int parent) {
    const auto same = std::ranges::find(vocabulary_.genres_, name, &Genre::name);
    if (same != vocabulary_.genres_.end() && same->parent != parent) {
      return wrong(fmt::format("there is a genre '{}' at another place of the tree", printable(name)));
    }
    current_ = static_cast<int>(same - vocabulary_.genres_.begin());
    if (parent < 0) broad_ = current_;
    if (same == vocabulary_.genres_.end()) vocabulary_.genres_.push_back({std::string(name), parent});
    return {};
  }

  Status take_sub(std::string_view rest) {
    const size_t under = rest.rfind(" under ");
    if (under == std::string_view::npos) {
      if (broad_ < 0) return wrong("a 'sub' needs a 'genre' above it");
      return add_genre(rest, broad_);
    }
    const std::string parent(trim(rest.substr(under + 7)));
    std::vector<std::string> names;
    for (const Genre& genre : vocabulary_.genres_) names.push_back(genre.name);
    const auto found = std::ranges::find(names, parent);
    if (found == names.end()) {
      return wrong(fmt::format("there is no genre '{}' above this line{}",
                               printable(std::string_view(parent)), suggestion(parent, names)));
    }
    return add_genre(trim(rest.substr(0, under)), static_cast<int>(found - names.begin()));
  }

  Status take_tags(std::string_view rest, bool patterns) {
    if (current_ < 0) return wrong("tags need a 'genre' above them");
    return add_tags(rest, current_, patterns);
  }

  // `patterns`: whether all must be patterns or none may be; nothing: both are welcome.
  Status add_tags(std::string_view list, int genre, std::optional<bool> patterns) {
    for (const std::string& part : split_text(list, ',')) {
      const bool pattern = part.find('*') != std::string::npos;
      const std::string tag = normalised_tag(part, pattern);
      if (tag.empty() || tag == "*") {
        return wrong(fmt::format("'{}' is no tag", printable(trim(part))));
      }
      if (patterns && *patterns != pattern) {
        return wrong(
            pattern ? fmt::format("'{}' is a pattern; patterns stand behind 'like'", printable(trim(part)))
                    : fmt::format("'{}' has no '*'; whole tags stand behind 'tags'", printable(trim(part))));
      }
      SLEEVE_CHECK(pattern ? add_pattern(tag, genre) : add_tag(tag, genre));
    }
    return {};
  }

  Status add_tag(const std::string& tag, int genre) {
    const auto [place, added] = vocabulary_.exact_.emplace(tag, TagMatch{genre, line_, tag});
    return added || place->second.genre == genre ? Status() : said_before(tag, place->second);
  }

  Status add_pattern(const std::string& pattern, int genre) {
    const auto same = std::ranges::find(vocabulary_.patterns_, pattern, &Vocabulary::Pattern::text);
    if (same == vocabulary_.patterns_.end()) {
      vocabulary_.patterns_.push_back({pattern, {genre, line_, pattern}});
      return {};
    }
    return same->match.genre == genre ? Status() : said_before(pattern, same->match);
  }

  Status said_before(const std::string& tag, const TagMatch& match) const {
    return wrong(match.genre == kIgnored
                     ? fmt::format("'{}' is ignored in line {}", tag, match.line)
                     : fmt::format("'{}' means {} in line {}", tag,
                                   vocabulary_.genres_[static_cast<size_t>(match.genre)].name, match.line));
  }

  Status take_numbers(std::string_view rest) {
    const size_t colon = rest.find(':');
    const auto first =
        colon == std::string_view::npos ? std::nullopt : parse_integer(trim(rest.substr(0, colon)));
    if (!first || *first < 0 || *first > 255)
      return wrong("expected 'id3 NUMBER: name, name, …', from 0 to 255");
    long long number = *first;
    for (const std::string& part : split_text(rest.substr(colon + 1), ',')) {
      const std::string tag = normalised_tag(part);
      if (tag.empty()) return wrong(fmt::format("number {} has no name", number));
      if (!vocabulary_.numbers_.emplace(std::to_string(number), tag).second) {
        return wrong(fmt::format("number {} has a name already", number));
      }
      ++number;
    }
    return {};
  }

  Status take_filter(const std::string& word, std::string_view rest) {
    if (word == "tags-above") {
      const auto value = parse_integer(rest);
      if (!value || *value < 0)
        return wrong(fmt::format("'{}' is no whole number from 0 on", printable(rest)));
      vocabulary_.tags_above_ = static_cast<size_t>(*value);
      return {};
    }
    const auto value = parse_number(rest);
    if (!value || *value < 0 || *value > 100) {
      return wrong(fmt::format("'{}' is no number from 0 to 100", printable(rest)));
    }
    vocabulary_.popularity_above_ = value;
    return {};
  }

  Vocabulary vocabulary_;
  size_t line_ = 0;
  bool versioned_ = false;
  int broad_ = -1;    // the 'genre' last named
  int current_ = -1;  // the genre or sub-genre last named
};

Result<Vocabulary> Vocabulary::parse(std::string_view text, std::string_view name) {
  return VocabularyParser().parse(text, name);
}

std::optional<TagMatch> Vocabulary::match_normalised(const std::string& tag) const {
  if (const auto found = exact_.find(tag); found != exact_.end()) return found->second;
  for (const Pattern& pattern : patterns_) {
    if (fits_pattern(tag, pattern.text)) return pattern.match;
  }
  return std::nullopt;
}

std::optional<TagMatch> Vocabulary::match(std::string_view raw) const {
  const std::string tag = normalised_tag(raw);
  if (tag.empty()) return std::nullopt;
  const auto number = numbers_.find(tag);
  return match_normalised(number == numbers_.end() ? tag : number->second);
}

const std::string& Vocabulary::label(int genre, int level) const {
  assert(level >= 1);
  std::vector<int> way;
  for (int g = genre; g >= 0; g = genres_[static_cast<size_t>(g)].parent) way.push_back(g);
  const size_t steps = std::min(way.size(), static_cast<size_t>(level));
  return genres_[static_cast<size_t>(way[way.size() - steps])].name;
}

std::vector<std::string> Vocabulary::tags() const {
  std::vector<std::string> result;
  for (const auto& [tag, match] : exact_) {
    if (match.genre != kIgnored) result.push_back(tag);
  }
  return result;
}

std::span<const RulePreset> rule_presets() { return kPresets; }

}  // namespace sleeve
