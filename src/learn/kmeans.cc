// SPDX-License-Identifier: Apache-2.0
#include "learn/kmeans.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/parallel.h"
#include "base/rng.h"
#include "learn/blocks.h"

namespace sleeve {
namespace {

constexpr size_t kKmeansBlock = 256;

// Nearest words of all rows.
struct Found {
  std::vector<uint32_t> words;
  std::vector<float> squared;
};

Found find_all(const NearestWords& nearest, const Vectors& x) {
  const auto rows = static_cast<size_t>(x.rows());
  Found found{std::vector<uint32_t>(rows), std::vector<float>(rows)};
  parallel_for(blocks_in(rows, kKmeansBlock), [&](size_t block) {
    const size_t begin = block * kKmeansBlock;
    const size_t count = std::min(rows - begin, kKmeansBlock);
    nearest.find(x.middleRows(index_of(begin), index_of(count)), std::span(found.words).subspan(begin, count),
                 std::span(found.squared).subspan(begin, count));
  });
  return found;
}

Vectors picked(const Vectors& x, std::span<const size_t> rows) {
  Vectors result(index_of(rows.size()), x.cols());
  for (size_t i = 0; i < rows.size(); ++i) result.row(index_of(i)) = x.row(index_of(rows[i]));
  return result;
}

// A row drawn by its weight; `sum` is that of all.
size_t drawn_by(const std::vector<float>& weights, double sum, Rng& rng) {
  const double at = rng.uniform() * sum;
  double seen = 0.0;
  size_t last = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0.0F) continue;
    seen += static_cast<double>(weights[i]);
    last = i;
    if (seen > at) break;
  }
  return last;
}

std::vector<float> nearer_of(const Vectors& x, size_t row, const std::vector<float>& before) {
  std::vector<float> after(before.size());
  for (size_t i = 0; i < before.size(); ++i) {
    after[i] = std::min(before[i], (x.row(index_of(i)) - x.row(index_of(row))).squaredNorm());
  }
  return after;
}

double sum_of(const std::vector<float>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

// k-means++: every further word where the vectors are far from those chosen.
Vectors spread_words(const Vectors& x, size_t wanted, Rng& rng) {
  const auto rows = static_cast<size_t>(x.rows());
  const size_t draws = 2 + static_cast<size_t>(std::log(static_cast<double>(wanted)));
  std::vector<size_t> chosen = {static_cast<size_t>(rng.below(rows))};
  std::vector<float> squared =
      nearer_of(x, chosen[0], std::vector<float>(rows, std::numeric_limits<float>::max()));
  double left = sum_of(squared);
  while (chosen.size() < wanted && left > 0.0) {
    std::vector<size_t> tried(draws);
    for (size_t& row : tried) row = drawn_by(squared, left, rng);
    std::vector<std::vector<float>> after(draws);
    std::vector<double> sums(draws);
    parallel_for(draws, [&](size_t i) {
      after[i] = nearer_of(x, tried[i], squared);
      sums[i] = sum_of(after[i]);
    });
    const auto best = static_cast<size_t>(std::ranges::min_element(sums) - sums.begin());
    chosen.push_back(tried[best]);
    squared = std::move(after[best]);
    left = sums[best];
  }
  return picked(x, chosen);
}

// Words while batches move them.
struct Moving {
  Vectors words;
  std::vector<double> counts;  // vectors that each has had
  std::vector<uint8_t> used;   // in this pass
};

void move_towards(const Vectors& batch, const Found& found, Moving& moving) {
  for (size_t i = 0; i < found.words.size(); ++i) {
    const size_t word = found.words[i];
    moving.used[word] = 1;
    moving.counts[word] += 1.0;
    const auto rate = static_cast<float>(1.0 / moving.counts[word]);
    moving.words.row(index_of(word)) += rate * (batch.row(index_of(i)) - moving.words.row(index_of(word)));
  }
}

// Of the last batch the vectors that are farthest from their words.
void restart_unused(const Vectors& batch, const Found& found, Moving& moving) {
  std::vector<size_t> order(found.squared.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](size_t i) { return found.squared[i]; });
  size_t next = 0;
  for (size_t word = 0; word < moving.used.size(); ++word) {
    if (moving.used[word] != 0 || next == order.size()) continue;
    moving.words.row(index_of(word)) = batch.row(index_of(order[next++]));
    moving.counts[word] = 1.0;
  }
}

}  // namespace

NearestWords::NearestWords(const Vectors& words)
    : words_(words), squared_lengths_(words.rowwise().squaredNorm().transpose()) {}

Vectors NearestWords::distances(const Eigen::Ref<const Vectors>& x) const {
  Vectors result(x.rows(), words_.rows());
  result.noalias() = x * words_.transpose();
  result *= -2.0F;
  result.rowwise() += squared_lengths_;
  result.colwise() += x.rowwise().squaredNorm().eval();
  return result.cwiseMax(0.0F);
}

void NearestWords::find(const Eigen::Ref<const Vectors>& x, std::span<uint32_t> words,
                        std::span<float> squared) const {
  const Vectors all = distances(x);
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    Eigen::Index best = 0;
    const float least = all.row(i).minCoeff(&best);
    words[static_cast<size_t>(i)] = static_cast<uint32_t>(best);
    if (!squared.empty()) squared[static_cast<size_t>(i)] = least;
  }
}

Vectors learn_words(const Vectors& x, const KMeansOptions& options) {
  if (x.rows() == 0) return Vectors::Zero(1, x.cols());
  Rng rng(options.seed);
  std::vector<size_t> order(static_cast<size_t>(x.rows()));
  std::iota(order.begin(), order.end(), size_t{0});
  rng.shuffle(std::span(order));
  const size_t looked_at = std::min(order.size(), 3 * std::max(options.batch, options.words));
  Moving moving{spread_words(picked(x, std::span(order).first(looked_at)), options.words, rng), {}, {}};
  moving.counts.assign(static_cast<size_t>(moving.words.rows()), 0.0);
  for (size_t pass = 0; pass < options.passes; ++pass) {
    if (pass > 0) rng.shuffle(std::span(order));
    moving.used.assign(moving.counts.size(), 0);
    for (size_t begin = 0; begin < order.size(); begin += options.batch) {
      const size_t count = std::min(order.size() - begin, options.batch);
      const Vectors batch = picked(x, std::span(order).subspan(begin, count));
      const Found found = find_all(NearestWords(moving.words), batch);
      move_towards(batch, found, moving);
      if (begin + count == order.size()) restart_unused(batch, found, moving);
    }
  }
  return moving.words;
}

double inertia(const Vectors& x, const Vectors& words) {
  return sum_of(find_all(NearestWords(words), x).squared);
}

}  // namespace sleeve
