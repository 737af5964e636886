// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/error.h"
#include "base/sort_unique.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/split.h"
#include "stage/label_clean.h"

namespace sleeve {
namespace {

// Covers that are the same one, with all that is said of them.
struct Union {
  std::vector<size_t> members;
  std::vector<std::string> labels;  // sorted, each once
  std::vector<std::string> votes;
};

Result<std::vector<Union>> unions_of(Catalogue& catalogue, const std::vector<LabelledCover>& covers) {
  SLEEVE_TRY(const LabelOverlay overlay, LabelOverlay::load(catalogue, false));
  std::unordered_map<Sha256, size_t> place;
  for (size_t i = 0; i < covers.size(); ++i) place.emplace(covers[i].cover, i);
  GroupBuilder builder(covers.size());
  for (const auto& [a, b] : overlay.same_covers()) {
    if (place.contains(a) && place.contains(b)) builder.join(place.at(a), place.at(b));
  }
  const std::vector<int> groups = builder.groups();
  std::map<int, Union> unions;
  for (size_t i = 0; i < covers.size(); ++i) {
    // What a person or another rule took out has no say.
    if (covers[i].left_out || covers[i].labels.empty()) continue;
    Union& one = unions[groups[i]];
    one.members.push_back(i);
    one.labels.insert(one.labels.end(), covers[i].labels.begin(), covers[i].labels.end());
    one.votes.insert(one.votes.end(), covers[i].votes.begin(), covers[i].votes.end());
  }
  std::vector<Union> result;
  for (auto& [group, one] : unions) {
    sort_unique(one.labels);
    result.push_back(std::move(one));
  }
  return result;
}

// The label with the most votes; nothing if two have equally many.
std::optional<std::string> winner(const Union& one) {
  std::optional<std::string> best;
  std::ptrdiff_t most = 0;
  for (const std::string& label : one.labels) {
    const auto votes = std::ranges::count(one.votes, label);
    if (votes > most) best = label;
    if (votes == most) best.reset();
    most = std::max(most, votes);
  }
  return best;
}

class Decider {
 public:
  Decider(ContradictionRule rule, LabelContradictionsReport& report) : rule_(rule), report_(report) {}

  void take(const Union& one, const std::vector<LabelledCover>& covers, std::vector<WantedDecision>& wanted) {
    const std::string set = join_text(one.labels, " + ");
    const auto best = winner(one);
    for (const size_t member : one.members) {
      const LabelledCover& cover = covers[member];
      ++report_.covers;
      ++report_.label_sets[set];
      if (cover.labels.size() > 1) ++report_.identical;
      report_.examples.push_back(cover);
      const Subject subject = cover_subject(cover.cover);
      if (rule_ == ContradictionRule::kMulti) {
        ++report_.kept;
        wanted.push_back(
            {subject, "genre:contradictions", Json(one.labels), "under several genres, all kept: " + set});
      } else if (rule_ == ContradictionRule::kVote && best) {
        ++report_.voted;
        wanted.push_back({subject, "genre:contradictions", Json{*best},
                          fmt::format("under {}: most albums say {}", set, *best)});
      } else {
        ++report_.dropped;
        wanted.push_back({subject, "out:contradictions", true, "under several genres: " + set});
      }
    }
  }

 private:
  ContradictionRule rule_;
  LabelContradictionsReport& report_;
};

}  // namespace

const std::vector<std::string>& contradiction_rule_names() {
  static const std::vector<std::string> kNames = {"drop", "multi", "vote"};
  return kNames;
}

Result<ContradictionRule> contradiction_rule_of(std::string_view name) {
  const auto& names = contradiction_rule_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    return make_error(ErrorCode::kUsage, "unknown rule '{}'{}", printable(name), suggestion(name, names));
  }
  return static_cast<ContradictionRule>(found - names.begin());
}

Result<LabelContradictionsReport> label_contradictions(Workspace& workspace, ContradictionRule rule,
                                                       bool dry_run) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  Catalogue& catalogue = workspace.catalogue();
  const std::vector<std::string> fields = {"genre:contradictions", "out:contradictions"};
  std::vector<std::string> without = fields;
  without.emplace_back("out:balance");  // chance has no say in what contradicts
  SLEEVE_TRY(const auto covers, labelled_covers(catalogue, "genre", without));
  if (covers.empty()) return make_error(ErrorCode::kNoData, "the workspace has no covers; import some first");
  SLEEVE_TRY(const auto unions, unions_of(catalogue, covers));
  LabelContradictionsReport report;
  report.rule = contradiction_rule_names()[static_cast<size_t>(rule)];
  report.dry_run = dry_run;
  std::vector<WantedDecision> wanted;
  Decider decider(rule, report);
  for (const Union& one : unions) {
    if (one.labels.size() > 1) decider.take(one, covers, wanted);
  }
  SLEEVE_TRY(report.recorded, dry_run ? preview_decisions(catalogue, fields, wanted)
                                      : record_decisions(catalogue, "contradictions",
                                                         Json{{"rule", report.rule}}, fields, wanted));
  return report;
}

Json to_json(const LabelContradictionsReport& report) {
  Json covers = Json::array();
  for (const LabelledCover& cover : report.examples) {
    covers.push_back({{"cover", cover.cover.hex()},
                      {"path", printable(std::string_view(cover.path))},
                      {"title", cover.title},
                      {"labels", cover.labels}});
  }
  return Json{{"rule", report.rule},           {"covers", report.covers},
              {"identical", report.identical}, {"label_sets", report.label_sets},
              {"dropped", report.dropped},     {"voted", report.voted},
              {"kept", report.kept},           {"list", std::move(covers)},
              {"dry_run", report.dry_run},     {"decisions", to_json(report.recorded)}};
}

}  // namespace sleeve
