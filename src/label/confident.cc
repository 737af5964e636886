// SPDX-License-Identifier: Apache-2.0
#include "label/confident.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

#include "base/rng.h"

namespace sleeve {
namespace {

std::vector<double> class_thresholds(const Matrix& probabilities, std::span<const int> labels) {
  std::vector<double> sums(probabilities.columns());
  std::vector<size_t> rows(probabilities.columns());
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto label = static_cast<size_t>(labels[i]);
    sums[label] += static_cast<double>(probabilities(i, label));
    ++rows[label];
  }
  // A class without rows is nobody's.
  for (size_t c = 0; c < sums.size(); ++c)
    sums[c] = rows[c] == 0 ? 2 : sums[c] / static_cast<double>(rows[c]);
  return sums;
}

// The class a row is counted under; nothing: no class reaches its threshold.
std::optional<size_t> confident_class(std::span<const float> row, const std::vector<double>& thresholds) {
  std::optional<size_t> best;
  for (size_t c = 0; c < row.size(); ++c) {
    if (static_cast<double>(row[c]) < thresholds[c]) continue;
    if (!best || row[c] > row[*best]) best = c;
  }
  return best;
}

// The joint with each label's row brought to the label's number of rows, as shares: what is off its diagonal.
double noise_of(const std::vector<std::vector<size_t>>& counts, std::span<const int> labels) {
  double off = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    size_t all = 0;
    for (const size_t count : counts[i]) all += count;
    const auto rows = static_cast<double>(std::ranges::count(labels, static_cast<int>(i)));
    if (all > 0) off += rows * static_cast<double>(all - counts[i][i]) / static_cast<double>(all);
  }
  return labels.empty() ? 0 : off / static_cast<double>(labels.size());
}

}  // namespace

LabelErrors find_label_errors(const Matrix& probabilities, std::span<const int> labels) {
  assert(probabilities.rows() == labels.size());
  LabelErrors errors;
  errors.thresholds = class_thresholds(probabilities, labels);
  errors.counts.assign(probabilities.columns(), std::vector<size_t>(probabilities.columns()));
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto row = probabilities.row(i);
    const auto label = static_cast<size_t>(labels[i]);
    const auto counted = confident_class(row, errors.thresholds);
    if (!counted) continue;
    ++errors.counts[label][*counted];
    if (*counted == label) continue;
    errors.suspicious.push_back({i, labels[i], static_cast<int>(*counted), static_cast<double>(row[label]),
                                 static_cast<double>(row[*counted])});
  }
  errors.noise = noise_of(errors.counts, labels);
  std::ranges::stable_sort(errors.suspicious, std::greater<>(), &Suspicion::margin);
  return errors;
}

std::vector<int> with_noise(std::span<const int> labels, int classes, double share, uint64_t seed,
                            std::vector<size_t>& changed) {
  std::vector<int> noisy(labels.begin(), labels.end());
  std::vector<size_t> order(labels.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  Rng rng(seed);
  rng.shuffle(std::span(order));
  order.resize(static_cast<size_t>(std::llround(share * static_cast<double>(labels.size()))));
  for (const size_t row : order) {
    // Any class but its own, each equally likely.
    const auto step = 1 + static_cast<int>(rng.below(static_cast<uint64_t>(classes - 1)));
    noisy[row] = (noisy[row] + step) % classes;
  }
  std::ranges::sort(order);
  changed = std::move(order);
  return noisy;
}

}  // namespace sleeve
