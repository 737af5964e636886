// SPDX-License-Identifier: Apache-2.0
#include "eval/interval.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <unordered_map>
#include <vector>

#include "base/parallel.h"
#include "base/rng.h"

namespace sleeve {
namespace {

// Of each group, the cells of the confusion matrix that its rows fall into: a replicate then costs
// one short walk per drawn group, however the scores are defined.
struct GroupCells {
  std::vector<size_t> begin;    // group g has cells begin[g] … begin[g + 1] - 1
  std::vector<uint32_t> cells;  // truth × classes + predicted, one per row

  [[nodiscard]] size_t groups() const { return begin.size() - 1; }
};

// Groups are numbered in the order of first appearance, so that their names change nothing.
std::vector<size_t> number_groups(std::span<const int> groups, size_t rows) {
  std::vector<size_t> numbers(rows);
  std::unordered_map<int, size_t> seen;
  for (size_t i = 0; i < rows; ++i) {
    numbers[i] = groups.empty() ? i : seen.try_emplace(groups[i], seen.size()).first->second;
  }
  return numbers;
}

GroupCells group_cells(std::span<const int> truth, std::span<const int> predicted,
                       std::span<const int> groups, int classes) {
  const std::vector<size_t> numbers = number_groups(groups, truth.size());
  const size_t count = 1 + *std::max_element(numbers.begin(), numbers.end());
  GroupCells result;
  result.begin.resize(count + 1);
  for (const size_t number : numbers) ++result.begin[number + 1];
  for (size_t g = 0; g < count; ++g) result.begin[g + 1] += result.begin[g];
  result.cells.resize(truth.size());
  std::vector<size_t> next(result.begin.begin(), result.begin.end() - 1);
  for (size_t i = 0; i < truth.size(); ++i) {
    assert(truth[i] >= 0 && truth[i] < classes && predicted[i] >= 0 && predicted[i] < classes);
    result.cells[next[numbers[i]]++] = static_cast<uint32_t>(truth[i] * classes + predicted[i]);
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

// Linear between the neighbours, as numpy's default.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<size_t>(place);
  const size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - static_cast<double>(low));
}

}  // namespace

std::map<std::string, Interval> bootstrap_intervals(std::span<const int> truth,
                                                    std::span<const int> predicted,
                                                    std::span<const int> groups, int classes, uint64_t seed,
                                                    int replicates) {
  assert(truth.size() == predicted.size() && (groups.empty() || groups.size() == truth.size()));
  assert(replicates > 0);
  std::map<std::string, Interval> intervals;
  for (const std::string& name : metric_names()) intervals[name] = {};
  if (truth.empty()) return intervals;

  const GroupCells cells = group_cells(truth, predicted, groups, classes);
  const auto count = static_cast<size_t>(replicates);
  std::vector<Scores> scores(count);
  // Blocks, because one replicate is too little work for a task; each replicate has its own Rng.
  constexpr size_t kBlock = 50;
  parallel_for((count + kBlock - 1) / kBlock, [&](size_t block) {
    for (size_t r = block * kBlock; r < std::min(count, (block + 1) * kBlock); ++r) {
      Rng rng(seed, r);
      scores[r] = replicate_scores(cells, classes, rng);
    }
  });
  std::vector<double> values(count);
  for (auto& [name, interval] : intervals) {
    for (size_t r = 0; r < count; ++r) values[r] = metric(scores[r], name);
    std::sort(values.begin(), values.end());
    interval = {quantile(values, 0.025), quantile(values, 0.975)};
  }
  return intervals;
}

}  // namespace sleeve
