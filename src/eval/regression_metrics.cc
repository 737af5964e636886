// SPDX-License-Identifier: Apache-2.0
#include "eval/regression_metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace sleeve {
namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double squared_errors(std::span<const double> truth, std::span<const double> predicted) {
  double sum = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const double error = truth[i] - predicted[i];
    sum += error * error;
  }
  return sum;
}

bool constant(std::span<const double> values) {
  return std::ranges::all_of(values, [&](double value) { return value == values.front(); });
}

bool can_rank(std::span<const double> truth, std::span<const double> predicted) {
  return truth.size() >= 2 && !constant(truth) && !constant(predicted);
}

// Doubled, less one more than the rows: mean ranks around 0 as whole numbers, so that sums of them are exact.
std::vector<double> centred_ranks(std::span<const double> values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = static_cast<double>(begin + end) - static_cast<double>(values.size());
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
    begin = end;
  }
  return ranks;
}

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// Sorts values[begin, end), and counts the pairs that were the wrong way round.
int64_t sort_counting_swaps(std::vector<double>& values, std::vector<double>& room, size_t begin,
                            size_t end) {
  if (end - begin < 2) return 0;
  const size_t middle = begin + (end - begin) / 2;
  int64_t swaps =
      sort_counting_swaps(values, room, begin, middle) + sort_counting_swaps(values, room, middle, end);
  size_t left = begin, right = middle;
  for (size_t to = begin; to < end; ++to) {
    if (right == end || (left < middle && values[left] <= values[right])) {
      room[to] = values[left++];
    } else {
      swaps += static_cast<int64_t>(middle - left);
      room[to] = values[right++];
    }
  }
  const auto from = static_cast<std::ptrdiff_t>(begin), to = static_cast<std::ptrdiff_t>(end);
  std::copy(room.begin() + from, room.begin() + to, values.begin() + from);
  return swaps;
}

int64_t pairs(size_t count) { return static_cast<int64_t>(count) * (static_cast<int64_t>(count) - 1) / 2; }

// How many pairs of neighbours' runs are equal: same(i) says whether items i and i + 1 are.
template <class Same>
int64_t tied_pairs(size_t count, const Same& same) {
  int64_t sum = 0;
  size_t run = 1;
  for (size_t i = 0; i + 1 < count; ++i) {
    if (same(i)) {
      ++run;
    } else {
      sum += pairs(run);
      run = 1;
    }
  }
  return sum + pairs(run);
}

}  // namespace

double mean_absolute_error(std::span<const double> truth, std::span<const double> predicted) {
  assert(truth.size() == predicted.size());
  if (truth.empty()) return 0;
  double sum = 0;
  for (size_t i = 0; i < truth.size(); ++i) sum += std::abs(truth[i] - predicted[i]);
  return sum / static_cast<double>(truth.size());
}

double root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted) {
  assert(truth.size() == predicted.size());
  if (truth.empty()) return 0;
  return std::sqrt(squared_errors(truth, predicted) / static_cast<double>(truth.size()));
}

std::optional<double> r_squared(std::span<const double> truth, std::span<const double> predicted) {
  assert(truth.size() == predicted.size());
  if (truth.size() < 2) return std::nullopt;
  const double errors = squared_errors(truth, predicted);
  if (errors == 0) return 1;
  if (constant(truth)) return 0;
  const std::vector<double> always_mean(truth.size(), mean_of(truth));
  return 1 - errors / squared_errors(truth, always_mean);
}

std::optional<double> spearman(std::span<const double> truth, std::span<const double> predicted) {
  assert(truth.size() == predicted.size());
  if (!can_rank(truth, predicted)) return std::nullopt;
  const std::vector<double> a = centred_ranks(truth), b = centred_ranks(predicted);
  return std::clamp(dot(a, b) / std::sqrt(dot(a, a) * dot(b, b)), -1.0, 1.0);
}

std::optional<double> kendall_tau(std::span<const double> truth, std::span<const double> predicted) {
  assert(truth.size() == predicted.size());
  if (!can_rank(truth, predicted)) return std::nullopt;
  const size_t rows = truth.size();
  std::vector<std::pair<double, double>> both(rows);
  for (size_t i = 0; i < rows; ++i) both[i] = {truth[i], predicted[i]};
  std::ranges::sort(both);
  std::vector<double> second(rows), room(rows);
  for (size_t i = 0; i < rows; ++i) second[i] = both[i].second;
  const int64_t discordant = sort_counting_swaps(second, room, 0, rows);

  const int64_t all = pairs(rows);
  const int64_t tied_both = tied_pairs(rows, [&](size_t i) { return both[i] == both[i + 1]; });
  const int64_t tied_truth = tied_pairs(rows, [&](size_t i) { return both[i].first == both[i + 1].first; });
  const int64_t tied_predicted = tied_pairs(rows, [&](size_t i) { return second[i] == second[i + 1]; });
  const int64_t concordant = all - tied_truth - tied_predicted + tied_both - discordant;
  const double untied = static_cast<double>(all - tied_truth) * static_cast<double>(all - tied_predicted);
  const double tau = static_cast<double>(concordant - discordant) / std::sqrt(untied);
  return std::clamp(tau, -1.0, 1.0);
}

RegressionScores score_regression(std::span<const double> truth, std::span<const double> predicted) {
  return {truth.size(),
          mean_absolute_error(truth, predicted),
          root_mean_squared_error(truth, predicted),
          r_squared(truth, predicted),
          spearman(truth, predicted),
          kendall_tau(truth, predicted)};
}

}  // namespace sleeve
