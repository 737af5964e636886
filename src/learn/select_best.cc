// SPDX-License-Identifier: Apache-2.0
#include "learn/select_best.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/sort_unique.h"
#include "base/try.h"

namespace sleeve {
namespace {

// The classes' places (0 … present-1) and sizes.
struct Grouping {
  std::vector<size_t> place_of_row;
  std::vector<double> sizes;
};

Grouping group(std::span<const int> labels) {
  std::vector<int> present(labels.begin(), labels.end());
  sort_unique(present);
  Grouping result{{}, std::vector<double>(present.size())};
  for (const int label : labels) {
    const auto place = static_cast<size_t>(std::ranges::lower_bound(present, label) - present.begin());
    result.place_of_row.push_back(place);
    result.sizes[place] += 1.0;
  }
  return result;
}

double f_of_column(const Matrix& x, size_t column, const Grouping& groups) {
  const auto rows = static_cast<double>(x.rows());
  const auto classes = static_cast<double>(groups.sizes.size());
  std::vector<double> means(groups.sizes.size());
  // Around the first value, so that a constant column's means are equal to the bit.
  const auto origin = static_cast<double>(x(0, column));
  double mean = 0.0;
  for (size_t row = 0; row < x.rows(); ++row) {
    const double value = static_cast<double>(x(row, column)) - origin;
    means[groups.place_of_row[row]] += value;
    mean += value;
  }
  mean /= rows;
  double between = 0.0;
  for (size_t k = 0; k < means.size(); ++k) {
    means[k] /= groups.sizes[k];
    between += groups.sizes[k] * (means[k] - mean) * (means[k] - mean);
  }
  double within = 0.0;
  for (size_t row = 0; row < x.rows(); ++row) {
    const double difference = static_cast<double>(x(row, column)) - origin - means[groups.place_of_row[row]];
    within += difference * difference;
  }
  if (between == 0.0) return 0.0;
  if (within == 0.0) return std::numeric_limits<double>::infinity();
  return between / (classes - 1.0) / (within / (rows - classes));
}

}  // namespace

std::vector<double> anova_f(const Matrix& x, std::span<const int> labels) {
  constexpr size_t kBlock = 16;
  std::vector<double> scores(x.columns());
  const Grouping groups = group(labels);
  if (groups.sizes.size() < 2 || groups.sizes.size() >= x.rows()) return scores;
  parallel_for((x.columns() + kBlock - 1) / kBlock, [&](size_t block) {
    const size_t end = std::min(x.columns(), (block + 1) * kBlock);
    for (size_t j = block * kBlock; j < end; ++j) scores[j] = f_of_column(x, j, groups);
  });
  return scores;
}

std::vector<double> correlation_f(const Matrix& x, std::span<const float> values) {
  std::vector<double> scores(x.columns());
  const auto rows = static_cast<double>(x.rows());
  double mean = 0.0;
  for (const float value : values) mean += static_cast<double>(value) / rows;
  parallel_for(x.columns(), [&](size_t j) {
    double column_mean = 0.0;
    for (size_t row = 0; row < x.rows(); ++row) column_mean += static_cast<double>(x(row, j)) / rows;
    double both = 0.0;
    double own = 0.0;
    double others = 0.0;
    for (size_t row = 0; row < x.rows(); ++row) {
      const double a = static_cast<double>(x(row, j)) - column_mean;
      const double b = static_cast<double>(values[row]) - mean;
      both += a * b;
      own += a * a;
      others += b * b;
    }
    if (both == 0.0 || own == 0.0 || others == 0.0 || x.rows() < 3) return;
    const double share = std::min(1.0, both * both / (own * others));
    scores[j] = share == 1.0 ? std::numeric_limits<double>::infinity() : share / (1.0 - share) * (rows - 2.0);
  });
  return scores;
}

namespace {

// Of every column its largest F over the labels.
std::vector<double> largest_f(const TrainingSet& data) {
  const auto labels = static_cast<size_t>(data.classes);
  std::vector<double> scores(data.x.columns());
  for (size_t label = 0; label < labels; ++label) {
    std::vector<int> has(data.x.rows());
    for (size_t row = 0; row < has.size(); ++row) has[row] = data.members[row * labels + label];
    const std::vector<double> own = anova_f(data.x, has);
    for (size_t j = 0; j < scores.size(); ++j) scores[j] = std::max(scores[j], own[j]);
  }
  return scores;
}

std::vector<double> column_scores(const TrainingSet& data) {
  if (data.goal == Goal::kNumber) return correlation_f(data.x, data.values);
  return data.goal == Goal::kLabels ? largest_f(data) : anova_f(data.x, data.labels);
}

}  // namespace

Status SelectBest::fit(const TrainingSet& data) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "select: there are no rows to learn from");
  const std::vector<double> scores = column_scores(data);
  std::vector<uint32_t> order(data.x.columns());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) { return scores[a] > scores[b]; });
  order.resize(std::min(order.size(), static_cast<size_t>(options_.k)));
  std::ranges::sort(order);
  kept_ = std::move(order);
  return {};
}

Matrix SelectBest::apply(Matrix x) const {
  Matrix result(x.rows(), kept_.size());
  for (size_t row = 0; row < x.rows(); ++row) {
    const auto from = x.row(row);
    const auto to = result.row(row);
    for (size_t j = 0; j < kept_.size(); ++j) to[j] = from[kept_[j]];
  }
  return result;
}

Status SelectBest::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(std::vector<uint32_t> kept, in.get_array<uint32_t>());
  const bool rising =
      std::ranges::adjacent_find(kept, [](uint32_t a, uint32_t b) { return a >= b; }) == kept.end();
  if (kept.empty() || !rising || kept.back() >= columns) {
    return make_error(ErrorCode::kCorrupt, "select: the columns don't make sense");
  }
  kept_ = std::move(kept);
  return {};
}

}  // namespace sleeve
