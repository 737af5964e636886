// SPDX-License-Identifier: Apache-2.0
#include "learn/knn.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"
#include "learn/blocks.h"
#include "learn/distance.h"

namespace sleeve {
namespace {

// Rows predicted together, and training rows multiplied with them at a time: both stay in the cache.
constexpr size_t kBlock = 32;
constexpr size_t kTile = 128;

// Σ a·b of every row of the block with every training row.
Rows products_with(const Rows& block, const Matrix& x) {
  Rows result(block.rows(), index_of(x.rows()));
  for (size_t begin = 0; begin < x.rows(); begin += kTile) {
    const size_t end = std::min(x.rows(), begin + kTile);
    result.middleCols(index_of(begin), index_of(end - begin)).noalias() =
        block * block_of(x, begin, end).transpose();
  }
  return result;
}

double cosine_distance(double product, double square, double other_square) {
  const double lengths = std::sqrt(square * other_square);
  return lengths > 0.0 ? std::clamp(1.0 - product / lengths, 0.0, 2.0) : 1.0;
}

}  // namespace

Status Knn::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "knn: there are no rows to learn from");
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "knn: stopped");
  if (options_.metric == "chi2") SLEEVE_CHECK(check_not_negative(data.x, "knn: metric chi2"));
  x_ = data.x;
  labels_.assign(data.labels.begin(), data.labels.end());
  classes_ = data.classes;
  measure();
  return {};
}

void Knn::measure() {
  squares_.resize(x_.rows());
  for (size_t row = 0; row < x_.rows(); ++row) squares_[row] = dot_product(x_.row(row), x_.row(row));
}

Matrix Knn::outputs(const Matrix& x) const {
  Matrix result(x.rows(), static_cast<size_t>(classes_));
  parallel_for(blocks_in(x.rows(), kBlock), [&](size_t block) {
    predict_block(x, block * kBlock, std::min(x.rows(), (block + 1) * kBlock), result);
  });
  return result;
}

void Knn::predict_block(const Matrix& x, size_t begin, size_t end, Matrix& result) const {
  Rows products;
  if (options_.metric != "chi2") products = products_with(block_of(x, begin, end), x_);
  for (size_t i = begin; i < end; ++i) {
    const double square = dot_product(x.row(i), x.row(i));
    std::vector<Near> near;
    if (products.size() == 0) {
      for (size_t row = 0; row < x_.rows(); ++row) near.push_back({0.0, row});
    } else {
      near = candidates({products.row(index_of(i - begin)).data(), x_.rows()}, square);
    }
    for (Near& one : near) one.distance = distance(x.row(i), square, one.row);
    vote(std::move(near), result.row(i));
  }
}

std::vector<Knn::Near> Knn::candidates(std::span<const double> products, double square) const {
  // A sum of n products is off by at most n·ε/2 of the sum of their sizes, in whatever order.
  const double slack = std::numeric_limits<double>::epsilon() * static_cast<double>(x_.columns() + 8);
  const size_t k = std::min(static_cast<size_t>(options_.k), x_.rows());
  const bool cosine = options_.metric == "cosine";
  const auto rough = [&](size_t row) {
    return cosine ? cosine_distance(products[row], square, squares_[row])
                  : square + squares_[row] - 2.0 * products[row];
  };
  const auto error = [&](size_t row) { return cosine ? 2.0 * slack : slack * (square + squares_[row]); };
  std::vector<double> at_most(x_.rows());
  for (size_t row = 0; row < x_.rows(); ++row) at_most[row] = rough(row) + error(row);
  std::ranges::nth_element(at_most, at_most.begin() + static_cast<ptrdiff_t>(k - 1));
  std::vector<Near> near;
  for (size_t row = 0; row < x_.rows(); ++row) {
    if (rough(row) - error(row) <= at_most[k - 1]) near.push_back({0.0, row});
  }
  return near;
}

double Knn::distance(std::span<const float> x, double square, size_t row) const {
  if (options_.metric == "chi2") return chi2_distance(x, x_.row(row));
  if (options_.metric == "euclidean") return squared_distance(x, x_.row(row));
  return cosine_distance(dot_product(x, x_.row(row)), square, squares_[row]);
}

void Knn::vote(std::vector<Near> near, std::span<float> shares) const {
  const size_t k = std::min(static_cast<size_t>(options_.k), near.size());
  std::vector<double> distances(near.size());
  std::ranges::transform(near, distances.begin(), &Near::distance);
  std::ranges::nth_element(distances, distances.begin() + static_cast<ptrdiff_t>(k - 1));
  const double last = distances[k - 1];
  std::erase_if(near, [&](const Near& one) { return one.distance > last; });
  const auto closer =
      static_cast<size_t>(std::ranges::count_if(near, [&](const Near& one) { return one.distance < last; }));
  const double shared = static_cast<double>(k - closer) / static_cast<double>(near.size() - closer);
  const bool weigh = options_.weights == "distance";
  const bool found_equal = std::ranges::any_of(near, [](const Near& one) { return one.distance == 0.0; });
  std::vector<double> votes(shares.size());
  double sum = 0.0;
  for (const Near& one : near) {
    double count = one.distance < last ? 1.0 : shared;
    if (weigh && found_equal) {
      if (one.distance > 0.0) continue;
    } else if (weigh) {
      count /= options_.metric == "euclidean" ? std::sqrt(one.distance) : one.distance;
    }
    votes[static_cast<size_t>(labels_[one.row])] += count;
    sum += count;
  }
  for (size_t i = 0; i < shares.size(); ++i) shares[i] = static_cast<float>(votes[i] / sum);
}

void Knn::save(ByteWriter& out) const {
  out.put_array(labels_);
  out.put_array(std::span<const float>(x_.data(), x_.rows() * x_.columns()));
}

Status Knn::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(std::vector<int32_t> labels, in.get_array<int32_t>());
  SLEEVE_TRY(std::vector<float> values, in.get_array<float>());
  // Divided, because a product of damaged numbers may wrap around.
  const bool sensible =
      !labels.empty() && values.size() % columns == 0 && values.size() / columns == labels.size() &&
      std::ranges::all_of(labels, [&](int32_t label) { return label >= 0 && label < classes; }) &&
      std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  if (!sensible) return make_error(ErrorCode::kCorrupt, "knn: the rows and their classes don't make sense");
  const size_t rows = labels.size();
  labels_ = std::move(labels);
  x_ = Matrix(rows, columns, std::move(values));
  classes_ = classes;
  measure();
  return {};
}

}  // namespace sleeve
