// SPDX-License-Identifier: Apache-2.0
#include "feature/second_order.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

namespace sleeve {
namespace {

using Maps = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

void SecondOrder::add(std::span<const float> maps) {
  assert(channels_ > 0 && !maps.empty() && maps.size() % channels_ == 0);
  const auto channels = static_cast<Eigen::Index>(channels_);
  const auto places = static_cast<Eigen::Index>(maps.size() / channels_);
  // In double: a channel's variance may be small beside its mean.
  const Eigen::MatrixXd values = Eigen::Map<const Maps>(maps.data(), channels, places).cast<double>();
  Eigen::Map<Eigen::VectorXd>(sums_.data(), channels) += values.rowwise().sum();
  Eigen::Map<Eigen::MatrixXd>(products_.data(), channels, channels)
      .selfadjointView<Eigen::Lower>()
      .rankUpdate(values);
  places_ += static_cast<size_t>(places);
}

std::vector<double> SecondOrder::root_of_covariance() const {
  assert(places_ > 0);
  const auto channels = static_cast<Eigen::Index>(channels_);
  const auto places = static_cast<double>(places_);
  const Eigen::VectorXd means = Eigen::Map<const Eigen::VectorXd>(sums_.data(), channels) / places;
  // The solver reads the lower triangle only.
  const Eigen::MatrixXd covariance =
      Eigen::Map<const Eigen::MatrixXd>(products_.data(), channels, channels) / places -
      means * means.transpose();
  std::vector<double> triangle(second_order_size(channels_), std::numeric_limits<double>::quiet_NaN());
  if (!covariance.triangularView<Eigen::Lower>().toDenseMatrix().allFinite()) return triangle;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
  if (solver.info() != Eigen::Success) return triangle;
  // Rounding makes variances of nothing a little less than nothing.
  const Eigen::VectorXd roots = solver.eigenvalues().cwiseMax(0.0).cwiseSqrt();
  const Eigen::MatrixXd root = solver.eigenvectors() * roots.asDiagonal() * solver.eigenvectors().transpose();
  size_t place = 0;
  for (Eigen::Index row = 0; row < channels; ++row) {
    for (Eigen::Index column = row; column < channels; ++column) {
      triangle[place++] = root(row, column) * (row == column ? 1.0 : std::numbers::sqrt2);
    }
  }
  return triangle;
}

}  // namespace sleeve
