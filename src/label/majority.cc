// SPDX-License-Identifier: Apache-2.0
#include "label/majority.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "label/tag.h"

namespace sleeve {
namespace {

// A label with the votes for it, in the order of the album's first tag for each.
struct Tally {
  std::string label;
  double votes = 0;
  std::vector<std::string> tags;
};

// Albums share most of their tags: each is looked up once.
class TagLookup {
 public:
  explicit TagLookup(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  struct Entry {
    std::string tag;  // as compared
    std::optional<TagMatch> match;
  };
  const Entry& operator()(const std::string& raw) {
    const auto found = entries_.find(raw);
    if (found != entries_.end()) return found->second;
    return entries_.emplace(raw, Entry{normalised_tag(raw), vocabulary_.match(raw)}).first->second;
  }

 private:
  const Vocabulary& vocabulary_;
  std::unordered_map<std::string, Entry> entries_;
};

bool passes(const TaggedAlbum& album, const Vocabulary& vocabulary) {
  const auto above = vocabulary.popularity_above();
  return !above || (album.popularity && *album.popularity > *above);
}

// The tags of an album as compared, each once.
std::set<std::string> tags_of(const TaggedAlbum& album, TagLookup& lookup) {
  std::set<std::string> tags;
  for (const std::string& raw : album.tags) tags.insert(lookup(raw).tag);
  tags.erase("");
  return tags;
}

class Labeller {
 public:
  Labeller(const Vocabulary& vocabulary, const MajorityOptions& options)
      : vocabulary_(vocabulary), options_(options), lookup_(vocabulary) {}

  Labelling run(std::span<const TaggedAlbum> albums) {
    for (const TaggedAlbum& album : albums) {
      if (!passes(album, vocabulary_)) continue;
      ++result_.filtered_in;
      for (const std::string& tag : tags_of(album, lookup_)) ++result_.tag_albums[tag];
    }
    std::vector<std::vector<Tally>> tallies;
    tallies.reserve(albums.size());
    for (const TaggedAlbum& album : albums) tallies.push_back(tally(album));
    // What is rare must be known before ties are settled by it.
    for (const auto& votes : tallies) {
      if (!votes.empty() && leaders(votes).size() == 1) ++untied_[votes[leaders(votes)[0]].label];
    }
    for (size_t i = 0; i < albums.size(); ++i) {
      Verdict verdict = judge(albums[i], tallies[i]);
      ++result_.outcomes[verdict.outcome];
      for (const std::string& label : verdict.labels) ++result_.label_albums[label];
      result_.verdicts.push_back(std::move(verdict));
    }
    return std::move(result_);
  }

 private:
  std::vector<Tally> tally(const TaggedAlbum& album) {
    std::vector<Tally> votes;
    if (!passes(album, vocabulary_)) return votes;
    std::set<std::string> seen;
    for (size_t i = 0; i < album.tags.size(); ++i) {
      const TagLookup::Entry& entry = lookup_(album.tags[i]);
      if (!entry.match || entry.match->genre == kIgnored || !seen.insert(entry.tag).second) continue;
      if (result_.tag_albums[entry.tag] <= vocabulary_.tags_above()) continue;
      const double weight = i < album.votes.size() ? static_cast<double>(album.votes[i]) : 1;
      if (weight <= 0) continue;
      const std::string& label = vocabulary_.label(entry.match->genre, options_.level);
      auto place = std::ranges::find(votes, label, &Tally::label);
      if (place == votes.end()) place = votes.insert(votes.end(), Tally{label, 0, {}});
      place->votes += weight;
      place->tags.push_back(entry.tag);
    }
    return votes;
  }

  // Places of the labels with the most votes.
  static std::vector<size_t> leaders(const std::vector<Tally>& votes) {
    double most = 0;
    for (const Tally& tally : votes) most = std::max(most, tally.votes);
    std::vector<size_t> result;
    for (size_t i = 0; i < votes.size(); ++i) {
      if (votes[i].votes == most) result.push_back(i);
    }
    return result;
  }

  static std::string describe(std::vector<Tally> votes) {
    std::ranges::stable_sort(votes, std::greater<>(), &Tally::votes);
    std::vector<std::string> parts;
    parts.reserve(votes.size());
    for (const Tally& tally : votes) {
      parts.push_back(fmt::format("{} {} ({})", tally.label, tally.votes, join_text(tally.tags, ", ")));
    }
    return join_text(parts, ", ");
  }

  Verdict without(VerdictOutcome outcome, std::string reason) const {
    return {{}, outcome, std::move(reason)};
  }

  Verdict judge(const TaggedAlbum& album, const std::vector<Tally>& votes) const {
    if (!passes(album, vocabulary_)) {
      return without(VerdictOutcome::kFiltered,
                     album.popularity ? fmt::format("popularity {} is not above {}", *album.popularity,
                                                    *vocabulary_.popularity_above())
                                      : "its popularity is not known");
    }
    if (album.tags.empty()) return without(VerdictOutcome::kUntagged, "it has no tags");
    if (votes.empty()) return without(VerdictOutcome::kUnmatched, "no rule gives any of its tags a genre");
    const std::string tally = describe(votes);
    if (votes.size() == 1) return {{votes[0].label}, VerdictOutcome::kAgreed, tally};
    if (options_.multi) return several(votes, tally);
    const std::vector<size_t> first = leaders(votes);
    if (first.size() == 1) return {{votes[first[0]].label}, VerdictOutcome::kMajority, tally + ": majority"};
    return settle(votes, first, tally);
  }

  Verdict several(std::vector<Tally> votes, const std::string& tally) const {
    double all = 0;
    for (const Tally& one : votes) all += one.votes;
    std::ranges::stable_sort(votes, std::greater<>(), &Tally::votes);
    Verdict verdict{{}, VerdictOutcome::kSeveral, ""};
    for (const Tally& one : votes) {
      if (one.votes >= options_.min_share * all) verdict.labels.push_back(one.label);
    }
    if (verdict.labels.empty()) {
      return without(VerdictOutcome::kTieDropped,
                     fmt::format("{}: none has {} of the votes", tally, options_.min_share));
    }
    if (verdict.labels.size() == 1) verdict.outcome = VerdictOutcome::kMajority;
    verdict.reason = fmt::format("{}: {} kept", tally, verdict.labels.size());
    return verdict;
  }

  Verdict settle(const std::vector<Tally>& votes, const std::vector<size_t>& tied,
                 const std::string& tally) const {
    if (options_.ties == TieRule::kDrop)
      return without(VerdictOutcome::kTieDropped, tally + ": a tie, dropped");
    if (options_.ties == TieRule::kPreferFirst) {
      return {{votes[tied[0]].label}, VerdictOutcome::kTieSettled, tally + ": a tie, its first tag decides"};
    }
    const auto albums_of = [&](size_t place) {
      const auto found = untied_.find(votes[place].label);
      return found == untied_.end() ? size_t{0} : found->second;
    };
    // Of equally rare labels the first in the alphabet: no other order is the same for every album.
    const size_t rarest = *std::ranges::min_element(
        tied, {}, [&](size_t place) { return std::pair(albums_of(place), votes[place].label); });
    return {{votes[rarest].label}, VerdictOutcome::kTieSettled, tally + ": a tie, the rarer label wins"};
  }

  const Vocabulary& vocabulary_;
  const MajorityOptions& options_;
  TagLookup lookup_;
  Labelling result_;
  std::map<std::string, size_t> untied_;  // albums per label by an untied vote
};

// The first `count` keys with the largest numbers.
std::vector<std::string> most_frequent(const std::map<std::string, size_t>& numbers, size_t count) {
  std::vector<std::pair<std::string, size_t>> order(numbers.begin(), numbers.end());
  std::ranges::stable_sort(order, std::greater<>(), &std::pair<std::string, size_t>::second);
  std::vector<std::string> keys;
  for (size_t i = 0; i < std::min(count, order.size()); ++i) keys.push_back(order[i].first);
  return keys;
}

}  // namespace

const std::vector<std::string>& tie_rule_names() {
  static const std::vector<std::string> kNames = {"drop", "prefer-rarer", "prefer-first"};
  return kNames;
}

std::string_view name_of(TieRule rule) { return tie_rule_names()[static_cast<size_t>(rule)]; }

Result<TieRule> tie_rule_of(std::string_view name) {
  const auto& names = tie_rule_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    return make_error(ErrorCode::kUsage, "unknown tie rule '{}'{}", printable(name), suggestion(name, names));
  }
  return static_cast<TieRule>(found - names.begin());
}

std::string_view name_of(VerdictOutcome outcome) {
  static constexpr std::string_view kNames[] = {"agreed",  "majority", "tie_settled", "tie_dropped",
                                                "several", "filtered", "unmatched",   "untagged"};
  return kNames[static_cast<size_t>(outcome)];
}

Labelling label_albums(std::span<const TaggedAlbum> albums, const Vocabulary& vocabulary,
                       const MajorityOptions& options) {
  return Labeller(vocabulary, options).run(albums);
}

std::vector<UnmatchedTag> unmatched_tags(std::span<const TaggedAlbum> albums, const Vocabulary& vocabulary,
                                         const Labelling& labelling) {
  struct Seen {
    size_t albums = 0;
    std::map<std::string, size_t> labels;
    std::map<std::string, size_t> others;
  };
  TagLookup lookup(vocabulary);
  std::map<std::string, Seen> unknown;
  for (size_t i = 0; i < albums.size(); ++i) {
    const std::set<std::string> tags = tags_of(albums[i], lookup);
    std::set<std::string> strange;
    for (const std::string& raw : albums[i].tags) {
      if (!lookup(raw).match && !lookup(raw).tag.empty()) strange.insert(lookup(raw).tag);
    }
    for (const std::string& tag : strange) {
      Seen& seen = unknown[tag];
      ++seen.albums;
      for (const std::string& label : labelling.verdicts[i].labels) ++seen.labels[label];
      for (const std::string& other : tags) {
        if (other != tag) ++seen.others[other];
      }
    }
  }
  const std::vector<std::string> known = vocabulary.tags();
  std::vector<UnmatchedTag> result;
  for (const auto& [tag, seen] : unknown) {
    UnmatchedTag entry{tag, seen.albums, nearest_word(tag, known), {}, 0, most_frequent(seen.others, 3)};
    if (!seen.labels.empty()) {
      entry.label = most_frequent(seen.labels, 1)[0];
      entry.label_share =
          static_cast<double>(seen.labels.at(*entry.label)) / static_cast<double>(seen.albums);
    }
    result.push_back(std::move(entry));
  }
  std::ranges::stable_sort(result, std::greater<>(), &UnmatchedTag::albums);
  return result;
}

std::string as_rules(std::span<const UnmatchedTag> tags) {
  std::map<std::string, std::string> of_genre;
  std::string without;
  for (const UnmatchedTag& tag : tags) {
    std::string why = fmt::format("  # {} album{}", tag.albums, tag.albums == 1 ? "" : "s");
    if (tag.label) why += fmt::format(", {:.0f} % {}", 100 * tag.label_share, *tag.label);
    if (tag.nearest) why += fmt::format("; spelt like '{}'", *tag.nearest);
    if (!tag.occurs_with.empty()) why += fmt::format("; with {}", join_text(tag.occurs_with, ", "));
    (tag.label ? of_genre[*tag.label] : without) +=
        fmt::format("{}tags {}{}\n", tag.label ? "" : "# ", tag.tag, why);
  }
  std::string text = "# Tags that no rule speaks of, under the genre that most of their albums got.\n";
  for (const auto& [genre, lines] : of_genre) text += fmt::format("\ngenre {}\n{}", genre, lines);
  if (!without.empty()) text += "\n# None of their albums got a genre:\n" + without;
  return text;
}

}  // namespace sleeve
