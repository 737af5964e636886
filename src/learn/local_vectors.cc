// SPDX-License-Identifier: Apache-2.0
#include "learn/local_vectors.h"

#include <numeric>

#include <Eigen/Eigenvalues>

#include "base/error.h"
#include "base/rng.h"
#include "base/try.h"
#include "learn/blocks.h"
#include "learn/centred.h"

namespace sleeve {
namespace {

// RootSIFT (Arandjelović & Zisserman 2012): square roots of shares, so that Euclid's distance is Hellinger's.
void root_of_shares(std::span<float> values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  if (sum == 0.0) return;
  for (float& value : values) value = static_cast<float>(std::sqrt(static_cast<double>(value) / sum));
}

void unpack_bits(std::span<const uint8_t> bytes, std::span<float> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>((bytes[i / 8] >> (i % 8)) & 1U);
  }
}

}  // namespace

void scale_to_length_one(std::span<float> values) {
  double squares = 0.0;
  for (const float value : values) squares += static_cast<double>(value) * static_cast<double>(value);
  if (squares == 0.0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
  for (float& value : values) value *= factor;
}

Vectors LocalVectors::raw_vectors(std::span<const float> row, std::vector<ItemPlace>& places) const {
  const BagRow bag(layout_, row);
  Vectors result(index_of(bag.count()), index_of(layout_.dimensions()));
  std::vector<uint8_t> bytes(layout_.bytes);
  for (size_t i = 0; i < bag.count(); ++i) {
    bag.unpack(i, bytes);
    places.push_back(bag.place(i));
    const std::span<float> values(result.data() + i * layout_.dimensions(), layout_.dimensions());
    if (layout_.kind == LocalKind::kBits) {
      unpack_bits(bytes, values);
      continue;
    }
    const float zero = layout_.kind == LocalKind::kSigned ? 128.0F : 0.0F;
    std::ranges::transform(bytes, values.begin(),
                           [&](uint8_t byte) { return static_cast<float>(byte) - zero; });
    if (layout_.kind == LocalKind::kHistogram && options_.root) {
      root_of_shares(values);
    } else {
      scale_to_length_one(values);
    }
  }
  return result;
}

Vectors LocalVectors::reduced(Vectors raw) const {
  if (mean_.empty()) return raw;
  const Eigen::Map<const Eigen::RowVectorXf> mean(mean_.data(), index_of(mean_.size()));
  raw.rowwise() -= mean;
  return raw * axes_.transpose();
}

Vectors LocalVectors::add_places(Vectors vectors, std::span<const ItemPlace> places) const {
  if (options_.place == 0.0) return vectors;
  const auto weight = static_cast<float>(options_.place);
  Vectors result(vectors.rows(), vectors.cols() + 2);
  result.leftCols(vectors.cols()) = vectors;
  for (size_t i = 0; i < places.size(); ++i) {
    // Whatever a row claims, a place is inside the picture.
    result(index_of(i), vectors.cols()) = weight * (std::clamp(places[i].x, 0.0F, 1.0F) - 0.5F);
    result(index_of(i), vectors.cols() + 1) = weight * (std::clamp(places[i].y, 0.0F, 1.0F) - 0.5F);
  }
  return result;
}

Vectors LocalVectors::of(std::span<const float> row, std::vector<ItemPlace>& places) const {
  Vectors raw = raw_vectors(row, places);
  return add_places(reduced(std::move(raw)), places);
}

// Local vectors of the training rows, each as likely as any other: selection sampling (Knuth, algorithm S).
Vectors LocalVectors::sampled(const Matrix& x, ColumnRange bag, size_t wanted, uint64_t seed,
                              std::vector<ItemPlace>& places) const {
  size_t left = 0;
  for (size_t row = 0; row < x.rows(); ++row) {
    left += BagRow(layout_, x.row(row).subspan(bag.begin, bag.width())).count();
  }
  wanted = std::min(left, wanted);
  Vectors result(index_of(wanted), index_of(layout_.dimensions()));
  Eigen::Index next = 0;
  Rng rng(seed);
  for (size_t row = 0; row < x.rows() && wanted > 0; ++row) {
    const auto columns = x.row(row).subspan(bag.begin, bag.width());
    std::vector<size_t> chosen;
    const size_t count = BagRow(layout_, columns).count();
    for (size_t i = 0; i < count; ++i, --left) {
      if (rng.below(left) >= wanted) continue;
      chosen.push_back(i);
      --wanted;
    }
    if (chosen.empty()) continue;
    std::vector<ItemPlace> all;
    const Vectors vectors = raw_vectors(columns, all);
    for (const size_t i : chosen) {
      result.row(next++) = vectors.row(index_of(i));
      places.push_back(all[i]);
    }
  }
  return result;
}

// Principal components of the sampled vectors.
void LocalVectors::fit_reduction(const Vectors& raw) {
  mean_.clear();
  axes_.resize(0, 0);
  if (options_.reduce == 0) return;
  Rows rows = raw.cast<double>();
  const Eigen::RowVectorXd mean =
      raw.rows() > 0 ? Eigen::RowVectorXd(rows.colwise().mean()) : Eigen::RowVectorXd::Zero(raw.cols());
  rows.rowwise() -= mean;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(column_products(rows));
  const Eigen::RowVectorXf single = mean.cast<float>();
  mean_.assign(single.data(), single.data() + single.size());
  axes_ = solver.eigenvectors().rightCols(index_of(kept())).rowwise().reverse().transpose().cast<float>();
}

Vectors LocalVectors::fit(const Matrix& x, ColumnRange bag, size_t wanted, uint64_t seed) {
  std::vector<ItemPlace> places;
  Vectors sample = sampled(x, bag, wanted, seed, places);
  fit_reduction(sample);
  return add_places(reduced(std::move(sample)), places);
}

size_t LocalVectors::dimensions() const {
  return (kept() > 0 ? kept() : layout_.dimensions()) + (options_.place != 0.0 ? 2 : 0);
}

void LocalVectors::save(ByteWriter& out) const {
  out.put_array(mean_);
  out.put_array(values_of(axes_));
}

Status LocalVectors::load(ByteReader& in) {
  SLEEVE_TRY(mean_, in.get_array<float>());
  SLEEVE_TRY(const auto axes, in.get_array<float>());
  const bool sensible = mean_.size() == (kept() > 0 ? layout_.dimensions() : 0) &&
                        axes.size() == kept() * mean_.size() && all_finite(mean_) && all_finite(axes);
  if (!sensible) return make_error(ErrorCode::kCorrupt, "words: the reduction doesn't make sense");
  axes_ = as_rows(axes, kept());
  return {};
}

}  // namespace sleeve
