// SPDX-License-Identifier: Apache-2.0
#include "learn/inner_folds.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"

namespace sleeve {
namespace {

std::vector<int> groups_of(const TrainingSet& data) {
  if (!data.groups.empty()) return {data.groups.begin(), data.groups.end()};
  std::vector<int> groups(data.x.rows());
  std::iota(groups.begin(), groups.end(), 0);
  return groups;
}

// Of every class that has rows of one group only, that group.
std::set<int> only_groups(const Strata& strata, const std::vector<int>& groups,
                          const std::vector<size_t>& rows) {
  struct Seen {
    int group = 0;
    bool any = false;
    bool more = false;
  };
  std::vector<Seen> seen(static_cast<size_t>(strata.classes));
  for (const size_t row : rows) {
    Seen& own = seen[static_cast<size_t>(strata.labels[row])];
    own.more = own.more || (own.any && own.group != groups[row]);
    if (!std::exchange(own.any, true)) own.group = groups[row];
  }
  std::set<int> result;
  for (const Seen& own : seen) {
    if (own.any && !own.more) result.insert(own.group);
  }
  return result;
}

// The rows that may be held out: every class among them has two groups.
std::vector<size_t> spare_rows(const Strata& strata, const std::vector<int>& groups) {
  std::vector<size_t> rows(groups.size());
  std::iota(rows.begin(), rows.end(), size_t{0});
  // Leaving a group out can take the second last group from another class.
  for (;;) {
    const std::set<int> needed = only_groups(strata, groups, rows);
    if (needed.empty()) return rows;
    std::erase_if(rows, [&](size_t row) { return needed.contains(groups[row]); });
  }
}

template <class T>
std::vector<T> picked(const std::vector<T>& values, const std::vector<size_t>& rows) {
  std::vector<T> result;
  result.reserve(rows.size());
  for (const size_t row : rows) result.push_back(values[row]);
  return result;
}

// A fold of `rows` as one of all rows: what it doesn't test it trains on.
Fold of_all_rows(const Fold& fold, const std::vector<size_t>& rows, size_t count) {
  Fold result;
  result.test = picked(rows, fold.test);
  std::vector<char> tested(count, 0);
  for (const size_t row : result.test) tested[row] = 1;
  for (size_t row = 0; row < count; ++row) {
    if (tested[row] == 0) result.train.push_back(row);
  }
  return result;
}

}  // namespace

std::vector<Fold> inner_folds(const TrainingSet& data, int folds, uint64_t seed) {
  Strata strata = strata_of(data);
  const std::vector<int> groups = groups_of(data);
  std::vector<size_t> rows = spare_rows(strata, groups);
  if (data.goal == Goal::kNumber && rows.size() < groups.size()) {
    // Fifths of so few numbers mean nothing.
    strata = {std::vector<int>(groups.size(), 0), 1};
    rows = spare_rows(strata, groups);
  }
  const std::vector<int> labels = picked(strata.labels, rows);
  const std::vector<int> own_groups = picked(groups, rows);
  const auto units = std::set<int>(own_groups.begin(), own_groups.end()).size();
  const bool grouped = !data.groups.empty();
  const SplitInput input{labels, grouped ? std::span<const int>(own_groups) : std::span<const int>(),
                         strata.classes};
  const SplitKind kind = grouped ? SplitKind::kGrouped : SplitKind::kStratified;
  for (int count = static_cast<int>(std::min(static_cast<size_t>(folds), units)); count >= 2; --count) {
    const auto found = k_folds(kind, input, count, seed);
    if (!found.ok()) continue;  // groups too uneven for so many
    std::vector<Fold> result;
    for (const Fold& fold : *found) result.push_back(of_all_rows(fold, rows, groups.size()));
    return result;
  }
  return {};
}

Result<UnseenAnswers> answer_unseen(const PipelineSpec& spec, const TrainingSet& data,
                                    const std::vector<Fold>& folds, uint64_t seed,
                                    const WorkContext& context) {
  std::vector<std::optional<Result<Matrix>>> parts(folds.size());
  parallel_for(folds.size(), [&](size_t i) {
    const auto answer = [&]() -> Result<Matrix> {
      const Matrix x = data.x.select(folds[i].train);
      const Answers answers = Answers::of(data, folds[i].train);
      SLEEVE_TRY(const Pipeline pipeline, Pipeline::fit(spec, answers.set(x, data), mix_seed(seed, i + 1),
                                                        context.without_progress()));
      return pipeline.outputs(data.x.select(folds[i].test));
    };
    parts[i] = answer();
  });
  std::vector<std::pair<size_t, std::span<const float>>> found;
  for (size_t i = 0; i < folds.size(); ++i) {
    if (!parts[i]->ok()) return parts[i]->error();
    for (size_t at = 0; at < folds[i].test.size(); ++at) {
      found.emplace_back(folds[i].test[at], parts[i]->value().row(at));
    }
  }
  std::ranges::sort(found, {}, [](const auto& one) { return one.first; });
  UnseenAnswers result{{}, Matrix(found.size(), static_cast<size_t>(data.classes))};
  for (size_t at = 0; at < found.size(); ++at) {
    result.rows.push_back(found[at].first);
    std::ranges::copy(found[at].second, result.outputs.row(at).begin());
  }
  return result;
}

}  // namespace sleeve
