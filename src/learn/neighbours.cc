// SPDX-License-Identifier: Apache-2.0
#include "learn/neighbours.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"
#include "learn/blocks.h"
#include "learn/distance.h"

namespace sleeve {
namespace {

// Rows predicted together, and training rows multiplied with them at a time: both stay in the cache.
constexpr size_t kNeighbourBlock = 32;
constexpr size_t kNeighbourTile = 128;

// Σ a·b of every row of the block with every training row.
Rows products_with(const Rows& block, const Matrix& x) {
  Rows result(block.rows(), index_of(x.rows()));
  for (size_t begin = 0; begin < x.rows(); begin += kNeighbourTile) {
    const size_t end = std::min(x.rows(), begin + kNeighbourTile);
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

Status Neighbours::keep(const Matrix& x) {
  if (options_.metric == "chi2") SLEEVE_CHECK(check_not_negative(x, "knn: metric chi2"));
  x_ = x;
  measure();
  return {};
}

void Neighbours::measure() {
  squares_.resize(x_.rows());
  for (size_t row = 0; row < x_.rows(); ++row) squares_[row] = dot_product(x_.row(row), x_.row(row));
}

void Neighbours::for_each(const Matrix& x,
                          const std::function<void(size_t, std::span<const Near>)>& found) const {
  parallel_for(blocks_in(x.rows(), kNeighbourBlock), [&](size_t block) {
    find_block(x, block * kNeighbourBlock, std::min(x.rows(), (block + 1) * kNeighbourBlock), found);
  });
}

void Neighbours::find_block(const Matrix& x, size_t begin, size_t end,
                            const std::function<void(size_t, std::span<const Near>)>& found) const {
  Rows products;
  if (options_.metric != "chi2") products = products_with(block_of(x, begin, end), x_);
  for (size_t i = begin; i < end; ++i) {
    const double square = dot_product(x.row(i), x.row(i));
    std::vector<Distant> near;
    if (products.size() == 0) {
      for (size_t row = 0; row < x_.rows(); ++row) near.push_back({0.0, row});
    } else {
      near = candidates({products.row(index_of(i - begin)).data(), x_.rows()}, square);
    }
    for (Distant& one : near) one.distance = distance(x.row(i), square, one.row);
    found(i, nearest(std::move(near)));
  }
}

std::vector<Neighbours::Distant> Neighbours::candidates(std::span<const double> products,
                                                        double square) const {
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
  std::vector<Distant> near;
  for (size_t row = 0; row < x_.rows(); ++row) {
    if (rough(row) - error(row) <= at_most[k - 1]) near.push_back({0.0, row});
  }
  return near;
}

double Neighbours::distance(std::span<const float> x, double square, size_t row) const {
  if (options_.metric == "chi2") return chi2_distance(x, x_.row(row));
  if (options_.metric == "euclidean") return squared_distance(x, x_.row(row));
  return cosine_distance(dot_product(x, x_.row(row)), square, squares_[row]);
}

std::vector<Neighbours::Near> Neighbours::nearest(std::vector<Distant> distant) const {
  const size_t k = std::min(static_cast<size_t>(options_.k), distant.size());
  std::vector<double> distances(distant.size());
  std::ranges::transform(distant, distances.begin(), &Distant::distance);
  std::ranges::nth_element(distances, distances.begin() + static_cast<ptrdiff_t>(k - 1));
  const double last = distances[k - 1];
  std::erase_if(distant, [&](const Distant& one) { return one.distance > last; });
  const auto closer = static_cast<size_t>(
      std::ranges::count_if(distant, [&](const Distant& one) { return one.distance < last; }));
  const double shared = static_cast<double>(k - closer) / static_cast<double>(distant.size() - closer);
  const bool weigh = options_.weights == "distance";
  const bool found_equal =
      std::ranges::any_of(distant, [](const Distant& one) { return one.distance == 0.0; });
  std::vector<Near> near;
  for (const Distant& one : distant) {
    double weight = one.distance < last ? 1.0 : shared;
    if (weigh && found_equal) {
      if (one.distance > 0.0) continue;
    } else if (weigh) {
      weight /= options_.metric == "euclidean" ? std::sqrt(one.distance) : one.distance;
    }
    near.push_back({weight, one.row});
  }
  return near;
}

void Neighbours::save(ByteWriter& out) const {
  out.put_array(std::span<const float>(x_.data(), x_.rows() * x_.columns()));
}

Status Neighbours::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(std::vector<float> values, in.get_array<float>());
  const bool sensible = !values.empty() && values.size() % columns == 0 &&
                        std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  if (!sensible) return make_error(ErrorCode::kCorrupt, "knn: the training rows don't make sense");
  const size_t rows = values.size() / columns;
  x_ = Matrix(rows, columns, std::move(values));
  measure();
  return {};
}

}  // namespace sleeve
