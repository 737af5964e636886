// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_VOCABULARY_H_
#define SLEEVE_LABEL_VOCABULARY_H_

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

namespace sleeve {

// A genre of a rule file. Names are unique; parents come before their children.
struct Genre {
  std::string name;
  int parent = -1;  // -1: a broad genre
};

// What a rule says of a tag.
struct TagMatch {
  int genre = 0;     // number of the genre; kIgnored: the tag says nothing of one
  size_t line = 0;   // of the rule file
  std::string rule;  // the tag or pattern as compared: "rock", "* rock"
};
inline constexpr int kIgnored = -1;

// A genre vocabulary as data: which tags mean which genre. The format is described in docs/labels.md and at
// the head of rules/default.rules.
class Vocabulary {
 public:
  // kUsage naming `name`, the line, the reason and the nearest valid word.
  static Result<Vocabulary> parse(std::string_view text, std::string_view name);

  // The rule that speaks of a tag, whatever its spelling: an equal tag first, then the pattern with the most
  // letters (of equal ones the first). Nothing: no rule does. ID3 numbers ("17", "(17)") count as their
  // names.
  [[nodiscard]] std::optional<TagMatch> match(std::string_view tag) const;

  [[nodiscard]] const std::vector<Genre>& genres() const { return genres_; }
  // The genre's name, or that of its forebear so many levels below the root: level 1 are the broad genres.
  // REQUIRES: level >= 1.
  [[nodiscard]] const std::string& label(int genre, int level) const;
  [[nodiscard]] std::vector<std::string> tags() const;  // all that have a genre, as compared

  // Albums of this popularity or less, or of unknown, get no label.
  [[nodiscard]] std::optional<double> popularity_above() const { return popularity_above_; }
  // Tags that so many albums or fewer have don't vote.
  [[nodiscard]] size_t tags_above() const { return tags_above_; }

 private:
  friend class VocabularyParser;
  struct Pattern {
    std::string text;
    TagMatch match;
  };

  [[nodiscard]] std::optional<TagMatch> match_normalised(const std::string& tag) const;

  std::vector<Genre> genres_;
  std::map<std::string, TagMatch, std::less<>> exact_;
  std::vector<Pattern> patterns_;  // the most letters first
  std::map<std::string, std::string, std::less<>> numbers_;
  std::optional<double> popularity_above_;
  size_t tags_above_ = 0;
};

// The rule files that come with sleeve.
struct RulePreset {
  std::string_view name;
  std::string_view summary;
  std::string_view text;
};
std::span<const RulePreset> rule_presets();

}  // namespace sleeve

#endif  // SLEEVE_LABEL_VOCABULARY_H_
