// SPDX-License-Identifier: Apache-2.0
#include "eval/significance.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"
#include "eval/group_rows.h"
#include "eval/metrics.h"
#include "eval/tail_probability.h"

namespace sleeve {
namespace {

// Scores that are equal but for the order of their sums count as equal.
bool as_high(double value, double than) { return value >= than - 1e-12 * std::max(1.0, std::abs(than)); }

// Groups that may exchange their labels: of one size, and not all with the same labels.
using Exchange = std::vector<size_t>;

std::vector<int> labels_of(std::span<const int> labels, std::span<const size_t> rows) {
  std::vector<int> result;
  result.reserve(rows.size());
  for (const size_t row : rows) result.push_back(labels[row]);
  return result;
}

std::vector<Exchange> exchanges(std::span<const int> labels, const GroupRows& groups) {
  std::map<size_t, Exchange> by_size;
  for (size_t g = 0; g < groups.groups(); ++g) by_size[groups.rows(g).size()].push_back(g);
  std::vector<Exchange> result;
  for (auto& [size, members] : by_size) {
    const std::vector<int> one = labels_of(labels, groups.rows(members.front()));
    const bool all_the_same =
        std::ranges::all_of(members, [&](size_t g) { return labels_of(labels, groups.rows(g)) == one; });
    if (!all_the_same) result.push_back(std::move(members));
  }
  return result;
}

std::vector<int> dealt_anew(std::span<const int> labels, const GroupRows& groups,
                            std::span<const Exchange> exchanges, Rng& rng) {
  std::vector<int> result(labels.begin(), labels.end());
  for (const Exchange& members : exchanges) {
    std::vector<size_t> from = members;
    rng.shuffle(std::span(from));
    for (size_t i = 0; i < members.size(); ++i) {
      const auto source = groups.rows(from[i]), target = groups.rows(members[i]);
      for (size_t k = 0; k < target.size(); ++k) result[target[k]] = labels[source[k]];
    }
  }
  return result;
}

// An own error before a cancellation: which permutations were stopped depends on the moment.
Status first_error(std::span<const std::optional<Result<double>>> results) {
  const Error* first = nullptr;
  for (const auto& result : results) {
    if (result->ok()) continue;
    const Error& error = result->error();
    if (first == nullptr || (first->code == ErrorCode::kCancelled && error.code != first->code)) {
      first = &error;
    }
  }
  return first == nullptr ? Status() : Status(*first);
}

// What swapping the two sets' predictions does to their confusion counts, of one group.
struct Swap {
  size_t first = 0;   // cell of the row in the first set's confusion
  size_t second = 0;  // and in the second's
};

// Both sets' counts, and what each group that they differ on would move from one to the other.
class PairedCounts {
 public:
  PairedCounts(std::span<const int> truth, std::span<const int> first, std::span<const int> second,
               const GroupRows& groups, int classes)
      : classes_(classes),
        first_(static_cast<size_t>(classes) * static_cast<size_t>(classes)),
        second_(first_.size()) {
    const auto cell = [&](size_t row, std::span<const int> predicted) {
      assert(truth[row] >= 0 && truth[row] < classes && predicted[row] >= 0 && predicted[row] < classes);
      return static_cast<size_t>(truth[row]) * static_cast<size_t>(classes) +
             static_cast<size_t>(predicted[row]);
    };
    for (size_t g = 0; g < groups.groups(); ++g) {
      std::vector<Swap> swaps;
      for (const size_t row : groups.rows(g)) {
        const Swap swap{cell(row, first), cell(row, second)};
        ++first_[swap.first];
        ++second_[swap.second];
        if (swap.first != swap.second) swaps.push_back(swap);
      }
      if (!swaps.empty()) swaps_.push_back(std::move(swaps));
    }
  }

  [[nodiscard]] size_t groups() const { return swaps_.size(); }

  // swapped(g) says whether the predictions of group g change sides.
  template <class Swapped>
  [[nodiscard]] double difference(const std::string& name, const Swapped& swapped) const {
    std::vector<int64_t> first = first_, second = second_;
    for (size_t g = 0; g < swaps_.size(); ++g) {
      if (!swapped(g)) continue;
      for (const Swap& swap : swaps_[g]) {
        --first[swap.first];
        ++first[swap.second];
        --second[swap.second];
        ++second[swap.first];
      }
    }
    return metric(scores(first), name) - metric(scores(second), name);
  }

 private:
  [[nodiscard]] Scores scores(std::span<const int64_t> counts) const {
    ConfusionMatrix confusion(classes_);
    size_t cell = 0;
    for (int t = 0; t < classes_; ++t) {
      for (int p = 0; p < classes_; ++p) confusion.add(t, p, counts[cell++]);
    }
    return score(confusion);
  }

  int classes_;
  std::vector<int64_t> first_;
  std::vector<int64_t> second_;
  std::vector<std::vector<Swap>> swaps_;  // only groups where something would move
};

}  // namespace

Result<LabelPermutation> permute_labels(std::span<const int> labels, std::span<const int> groups,
                                        const LabelScore& score, int permutations, uint64_t seed,
                                        const WorkContext& context) {
  assert(permutations > 0);
  const GroupRows group_rows(groups, labels.size());
  const std::vector<Exchange> exchanged = exchanges(labels, group_rows);
  if (exchanged.empty()) {
    return make_error(ErrorCode::kNoData, "no two groups of one size differ in labels: nothing to permute");
  }
  LabelPermutation result;
  for (const Exchange& members : exchanged) {
    result.movable_rows += members.size() * group_rows.rows(members.front()).size();
  }
  SLEEVE_TRY(result.observed, score(labels));

  const auto count = static_cast<size_t>(permutations);
  std::vector<std::optional<Result<double>>> scores(count);
  context.progress().begin("permuting labels", count);
  parallel_for(count, [&](size_t p) {
    if (context.stopping()) {
      scores[p] = Error{ErrorCode::kCancelled, "stopped on request"};
      return;
    }
    Rng rng(seed, p);
    scores[p] = score(dealt_anew(labels, group_rows, exchanged, rng));
    context.progress().step();
  });
  context.progress().end();
  SLEEVE_CHECK(first_error(scores));
  size_t high = 0;
  for (const auto& value : scores) {
    result.permuted.push_back(value->value());
    if (as_high(value->value(), result.observed)) ++high;
  }
  result.p_value = static_cast<double>(1 + high) / static_cast<double>(1 + count);
  return result;
}

McNemar mcnemar(int64_t only_first, int64_t only_second) {
  assert(only_first >= 0 && only_second >= 0);
  McNemar test{only_first, only_second};
  const int64_t both = only_first + only_second;
  if (both == 0) return test;
  test.p_exact = sign_test(std::min(only_first, only_second), both);
  const auto surplus = static_cast<double>(std::max<int64_t>(0, std::abs(only_first - only_second) - 1));
  test.chi_squared = surplus * surplus / static_cast<double>(both);
  test.p_chi_squared = chi_squared_tail(test.chi_squared);
  return test;
}

McNemar mcnemar(std::span<const int> truth, std::span<const int> first, std::span<const int> second) {
  assert(truth.size() == first.size() && truth.size() == second.size());
  int64_t only_first = 0, only_second = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    only_first += first[i] == truth[i] && second[i] != truth[i] ? 1 : 0;
    only_second += first[i] != truth[i] && second[i] == truth[i] ? 1 : 0;
  }
  return mcnemar(only_first, only_second);
}

ResampledT corrected_resampled_t(std::span<const double> differences, double train_rows, double test_rows) {
  assert(differences.size() >= 2 && train_rows > 0 && test_rows >= 0);
  const auto n = static_cast<double>(differences.size());
  ResampledT test;
  test.mean = std::accumulate(differences.begin(), differences.end(), 0.0) / n;
  // Told apart exactly: rounding would leave a variance that is not quite 0.
  const bool all_the_same = std::ranges::all_of(differences, [&](double d) { return d == differences[0]; });
  if (all_the_same) {
    if (differences[0] == 0) return test;
    test.t = std::copysign(std::numeric_limits<double>::infinity(), differences[0]);
    test.p_value = 0;
    return test;
  }
  double squares = 0;
  for (const double difference : differences) squares += (difference - test.mean) * (difference - test.mean);
  const double variance = squares / (n - 1);
  test.t = test.mean / std::sqrt((1 / n + test_rows / train_rows) * variance);
  test.p_value = student_t_two_sided(test.t, static_cast<int>(differences.size()) - 1);
  return test;
}

PairedPermutation paired_permutation_test(std::span<const int> truth, std::span<const int> first,
                                          std::span<const int> second, std::span<const int> groups,
                                          int classes, const std::string& metric, uint64_t seed,
                                          int permutations) {
  assert(truth.size() == first.size() && truth.size() == second.size() && permutations > 0);
  const PairedCounts counts(truth, first, second, GroupRows(groups, truth.size()), classes);
  PairedPermutation test;
  test.differing_groups = counts.groups();
  test.difference = counts.difference(metric, [](size_t) { return false; });
  const auto asked = static_cast<size_t>(permutations);
  test.exact = counts.groups() < 31 && (size_t{1} << counts.groups()) <= asked;
  const size_t count = test.exact ? size_t{1} << counts.groups() : asked;

  std::vector<uint8_t> high(count);
  // Blocks, because one permutation is too little work for a task; each has its own Rng.
  constexpr size_t kBlock = 50;
  parallel_for((count + kBlock - 1) / kBlock, [&](size_t block) {
    for (size_t p = block * kBlock; p < std::min(count, (block + 1) * kBlock); ++p) {
      Rng rng(seed, p);
      const auto swapped = [&](size_t g) { return test.exact ? (p >> g & 1) != 0 : rng.below(2) != 0; };
      high[p] = as_high(std::abs(counts.difference(metric, swapped)), std::abs(test.difference)) ? 1 : 0;
    }
  });
  // All ways include the one that was observed; a sample is given it by the +1 rule.
  const size_t own = test.exact ? 0 : 1;
  const auto as_extreme = static_cast<size_t>(std::count(high.begin(), high.end(), uint8_t{1}));
  test.p_value = static_cast<double>(own + as_extreme) / static_cast<double>(own + count);
  return test;
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double highest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    highest = std::max(highest, p_values[order[rank]] * static_cast<double>(order.size() - rank));
    adjusted[order[rank]] = std::min(1.0, highest);
  }
  return adjusted;
}

}  // namespace sleeve
