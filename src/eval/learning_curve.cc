// SPDX-License-Identifier: Apache-2.0
#include "eval/learning_curve.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/pick.h"
#include "base/rng.h"
#include "eval/group_rows.h"
#include "eval/tail_probability.h"

namespace sleeve {
namespace {

struct PlacedGroup {
  size_t group = 0;
  int label = 0;
  double place = 0;  // 0 to 1 among the groups of its label
};

int commonest(std::span<const int> labels, std::span<const size_t> rows, int classes) {
  std::vector<size_t> counts(static_cast<size_t>(classes));
  for (const size_t row : rows) ++counts[static_cast<size_t>(labels[row])];
  return static_cast<int>(std::ranges::max_element(counts) - counts.begin());
}

// The value that Student's t exceeds either way with probability `p`.
double t_quantile(double p, int degrees) {
  double low = 0, high = 1;
  while (student_t_two_sided(high, degrees) > p) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-12 * high; ++i) {
    const double middle = (low + high) / 2;
    (student_t_two_sided(middle, degrees) > p ? low : high) = middle;
  }
  return (low + high) / 2;
}

size_t smallest_training(std::span<const Fold> folds) {
  return std::ranges::min_element(folds, {}, [](const Fold& fold) { return fold.train.size(); })
      ->train.size();
}

}  // namespace

GrowingRows::GrowingRows(std::span<const int> labels, std::span<const int> groups, int classes,
                         std::span<const size_t> rows, uint64_t seed) {
  const std::vector<int> own_labels = pick(labels, rows);
  const std::vector<int> own_groups = groups.empty() ? std::vector<int>() : pick(groups, rows);
  const GroupRows by_group(own_groups, rows.size());
  std::vector<size_t> order(by_group.groups());
  for (size_t g = 0; g < order.size(); ++g) order[g] = g;
  Rng rng(seed);
  rng.shuffle(std::span(order));

  std::vector<PlacedGroup> placed;
  std::vector<double> rows_of_label(static_cast<size_t>(classes));
  for (const size_t g : order) {
    const int label = commonest(own_labels, by_group.rows(g), classes);
    double& seen = rows_of_label[static_cast<size_t>(label)];
    const auto size = static_cast<double>(by_group.rows(g).size());
    placed.push_back({g, label, seen + size / 2});
    seen += size;
  }
  for (PlacedGroup& group : placed) group.place /= rows_of_label[static_cast<size_t>(group.label)];
  std::ranges::stable_sort(placed, {}, &PlacedGroup::place);

  for (const PlacedGroup& group : placed) {
    for (const size_t row : by_group.rows(group.group)) {
      rows_.push_back(rows[row]);
      if (least_ == 0 && labels[rows_.back()] != labels[rows_.front()]) least_ = rows_.size();
    }
    ends_.push_back(rows_.size());
  }
}

std::vector<size_t> GrowingRows::first(size_t size) const {
  assert(size > 0 && size <= rows_.size());
  const size_t end = *std::ranges::lower_bound(ends_, std::max(size, least_));
  std::vector<size_t> rows(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(end));
  std::ranges::sort(rows);
  return rows;
}

CurveScore curve_score(std::vector<double> values, size_t folds, const MetricRange& range) {
  assert(!values.empty() && folds >= 2);
  CurveScore score;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) score.mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - score.mean) * (value - score.mean);
  score.deviation = values.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
  const double widened = std::sqrt(1 / n + 1 / (static_cast<double>(folds) - 1));
  const double t = values.size() > 1 ? t_quantile(0.05, static_cast<int>(values.size()) - 1) : 0;
  score.low = std::max(range.lowest, score.mean - t * widened * score.deviation);
  score.high = std::min(range.highest, score.mean + t * widened * score.deviation);
  score.values = std::move(values);
  return score;
}

Result<std::vector<CurveStep>> curve_steps(const Task& task, std::span<const Fold> folds,
                                           std::span<const size_t> sizes, uint64_t seed) {
  const size_t most = smallest_training(folds);
  for (const size_t size : sizes) {
    if (size == 0 || size > most) {
      return make_error(ErrorCode::kUsage,
                        "a training part of {} covers is not possible: with these folds from 1 to {}", size,
                        most);
    }
  }
  const Strata strata = strata_of(task.set());
  std::vector<GrowingRows> growing;
  for (size_t f = 0; f < folds.size(); ++f) {
    growing.emplace_back(strata.labels, task.groups, strata.classes, folds[f].train, mix_seed(seed, f));
  }
  std::vector<CurveStep> steps;
  for (const size_t size : sizes) {
    CurveStep step{size, 0, {}};
    for (size_t f = 0; f < folds.size(); ++f) {
      step.folds.push_back({growing[f].first(size), folds[f].test});
      step.covers += static_cast<double>(step.folds.back().train.size()) / static_cast<double>(folds.size());
    }
    if (steps.empty() || step.folds != steps.back().folds) steps.push_back(std::move(step));
  }
  return steps;
}

std::vector<size_t> even_sizes(std::span<const Fold> folds, size_t steps) {
  const size_t most = smallest_training(folds);
  std::vector<size_t> sizes;
  for (size_t i = 1; i <= steps; ++i) {
    const size_t size = std::max<size_t>(1, most * i / steps);
    if (sizes.empty() || size > sizes.back()) sizes.push_back(size);
  }
  return sizes;
}

}  // namespace sleeve
