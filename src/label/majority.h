// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_MAJORITY_H_
#define SLEEVE_LABEL_MAJORITY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "label/vocabulary.h"

// From an album's tags to its label: each tag that a rule knows votes for its genre, the majority wins.
namespace sleeve {

struct TaggedAlbum {
  std::vector<std::string> tags;     // in the source's order
  std::vector<int64_t> votes;        // how many people gave each tag; empty: each tag counts once
  std::optional<double> popularity;  // 0 to 100
};

enum class TieRule {
  kDrop,         // no label
  kPreferRarer,  // of the tied labels the one that fewer albums have by an untied vote
  kPreferFirst,  // of the tied labels that of the album's first tag
};
std::string_view name_of(TieRule rule);              // "drop", "prefer-rarer", "prefer-first"
Result<TieRule> tie_rule_of(std::string_view name);  // kUsage with the nearest
const std::vector<std::string>& tie_rule_names();

struct MajorityOptions {
  TieRule ties = TieRule::kDrop;
  bool multi = false;    // keep every label that has at least min_share of the votes, the strongest first
  double min_share = 0;  // 0 to 1; with multi only
  int level = 1;         // 1: broad genres; 2: their sub-genres; …
};

enum class VerdictOutcome {
  kAgreed,      // all votes for one label
  kMajority,    // one label has more votes than any other
  kTieSettled,  // by the tie rule (prefer-rarer, prefer-first)
  kTieDropped,  // no label, by the tie rule
  kSeveral,     // multi: several labels kept
  kFiltered,    // no label: not popular enough for the rules, or of unknown popularity
  kUnmatched,   // no label: no rule speaks of any of its tags, or all are ignored or too rare
  kUntagged,    // no label: no tags
};
std::string_view name_of(VerdictOutcome outcome);

struct Verdict {
  std::vector<std::string> labels;  // none, one, or with multi several
  VerdictOutcome outcome = VerdictOutcome::kUntagged;
  std::string reason;  // "pop 2 (pop, edm), rap 1 (hip hop): majority"
};

struct Labelling {
  std::vector<Verdict> verdicts;             // one per album
  std::map<std::string, size_t> tag_albums;  // albums per tag (as compared), of those not filtered
  std::map<VerdictOutcome, size_t> outcomes;
  std::map<std::string, size_t> label_albums;
  size_t filtered_in = 0;  // albums left by the popularity filter
};

// Same albums and rules, same labels; the order of the albums changes nothing.
Labelling label_albums(std::span<const TaggedAlbum> albums, const Vocabulary& vocabulary,
                       const MajorityOptions& options);

// A tag that no rule speaks of.
struct UnmatchedTag {
  std::string tag;  // as compared
  size_t albums = 0;
  std::optional<std::string> nearest;    // a known tag that is spelt much alike
  std::optional<std::string> label;      // that most of its albums got
  double label_share = 0;                // of its albums
  std::vector<std::string> occurs_with;  // the tags it most often occurs with, at most three
};

// By falling frequency, then alphabetically. `labelling` is label_albums() of the same albums.
std::vector<UnmatchedTag> unmatched_tags(std::span<const TaggedAlbum> albums, const Vocabulary& vocabulary,
                                         const Labelling& labelling);

// The tags as lines of a rule file, under the genres that their albums got; those without any as comments.
std::string as_rules(std::span<const UnmatchedTag> tags);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_MAJORITY_H_
