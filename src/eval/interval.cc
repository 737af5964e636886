// SPDX-License-Identifier: Apache-2.0
#include "eval/interval.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "base/quantile.h"
#include "base/rng.h"
#include "eval/group_rows.h"

namespace sleeve {
namespace {

// Of each group, the cells of the confusion matrix that its rows fall into: a replicate then costs
// one short walk per drawn group, however the scores are defined.
struct GroupCells {
  std::vector<size_t> begin;    // group g has cells begin[g] … begin[g + 1] - 1
  std::vector<uint32_t> cells;  // truth × classes + predicted, one per row

  [[nodiscard]] size_t groups() const { return begin.size() - 1; }
};

GroupCells group_cells(std::span<const int> truth, std::span<const int> predicted,
                       std::span<const int> groups, int classes) {
  const GroupRows group_rows(groups, truth.size());
  GroupCells result;
  result.begin.push_back(0);
  result.cells.reserve(truth.size());
  for (size_t g = 0; g < group_rows.groups(); ++g) {
    for (const size_t row : group_rows.rows(g)) {
      assert(truth[row] >= 0 && truth[row] < classes && predicted[row] >= 0 && predicted[row] < classes);
      result.cells.push_back(static_cast<uint32_t>(truth[row] * classes + predicted[row]));
    }
    result.begin.push_back(result.cells.size());
  }
  return result;
}

Scores replicate_scores(const GroupCells& groups, int classes, Rng& rng) {
  std::vector<int64_t> counts(static_cast<size_t>(classes) * static_cast<size_t>(classes));
  for (size_t draw = 0; draw < groups.groups(); ++draw) {
    const size_t g = rng.below(groups.groups());
    for (size_t i = groups.begin[g]; i < groups.begin[g + 1]; ++i) ++counts[groups.cells[i]];
  }
  ConfusionMatrix confusion(classes);
  size_t cell = 0;
  for (int t = 0; t < classes; ++t) {
    for (int p = 0; p < classes; ++p) confusion.add(t, p, counts[cell++]);
  }
  return score(confusion);
}

// 95 % intervals of what `value` makes of each replicate's number and a metric's name.
template <class Replicate, class Value>
std::map<std::string, Interval> intervals_of(int replicates, const Replicate& replicate, const Value& value) {
  const auto count = static_cast<size_t>(replicates);
  std::vector<decltype(replicate(size_t{}))> drawn(count);
  // Blocks, because one replicate is too little work for a task; each replicate has its own Rng.
  constexpr size_t kBlock = 50;
  parallel_for((count + kBlock - 1) / kBlock, [&](size_t block) {
    for (size_t r = block * kBlock; r < std::min(count, (block + 1) * kBlock); ++r) drawn[r] = replicate(r);
  });
  std::map<std::string, Interval> intervals;
  std::vector<double> values(count);
  for (const std::string& name : metric_names()) {
    for (size_t r = 0; r < count; ++r) values[r] = value(drawn[r], name);
    std::sort(values.begin(), values.end());
    intervals[name] = {quantile(values, 0.025), quantile(values, 0.975)};
  }
  return intervals;
}

std::map<std::string, Interval> no_intervals() {
  std::map<std::string, Interval> intervals;
  for (const std::string& name : metric_names()) intervals[name] = {};
  return intervals;
}

}  // namespace

std::map<std::string, Interval> bootstrap_intervals(std::span<const int> truth,
                                                    std::span<const int> predicted,
                                                    std::span<const int> groups, int classes, uint64_t seed,
                                                    int replicates) {
  assert(truth.size() == predicted.size() && (groups.empty() || groups.size() == truth.size()));
  assert(replicates > 0);
  if (truth.empty()) return no_intervals();
  const GroupCells cells = group_cells(truth, predicted, groups, classes);
  const auto replicate = [&](size_t r) {
    Rng rng(seed, r);
    return replicate_scores(cells, classes, rng);
  };
  return intervals_of(replicates, replicate,
                      [](const Scores& scores, const std::string& name) { return metric(scores, name); });
}

std::map<std::string, Interval> bootstrap_differences(std::span<const int> truth, std::span<const int> first,
                                                      std::span<const int> second,
                                                      std::span<const int> groups, int classes, uint64_t seed,
                                                      int replicates) {
  assert(truth.size() == first.size() && truth.size() == second.size());
  assert(groups.empty() || groups.size() == truth.size());
  assert(replicates > 0);
  if (truth.empty()) return no_intervals();
  const GroupCells cells_first = group_cells(truth, first, groups, classes);
  const GroupCells cells_second = group_cells(truth, second, groups, classes);
  const auto replicate = [&](size_t r) {
    // Two generators of one seed: the same groups for both.
    Rng rng_first(seed, r), rng_second(seed, r);
    return std::pair(replicate_scores(cells_first, classes, rng_first),
                     replicate_scores(cells_second, classes, rng_second));
  };
  return intervals_of(replicates, replicate, [](const auto& scores, const std::string& name) {
    return metric(scores.second, name) - metric(scores.first, name);
  });
}

}  // namespace sleeve
