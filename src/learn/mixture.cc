// SPDX-License-Identifier: Apache-2.0
#include "learn/mixture.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/parallel.h"
#include "learn/blocks.h"

namespace sleeve {
namespace {

constexpr size_t kMixtureBlock = 1024;
constexpr double kSmallestWeight = 1e-6;

// MixtureSums of shares, of shares × vectors and of shares × squared vectors.
struct MixtureSums {
  Eigen::VectorXd shares;
  Rows first;
  Rows second;
  double log_likelihood = 0.0;

  void add(const MixtureSums& other) {
    shares += other.shares;
    first += other.first;
    second += other.second;
    log_likelihood += other.log_likelihood;
  }
};

MixtureSums sums_of(const Eigen::Ref<const Vectors>& x, const Vectors& shares, double log_likelihood) {
  return {shares.colwise().sum().transpose().cast<double>(), (shares.transpose() * x).cast<double>(),
          (shares.transpose() * x.cwiseAbs2()).cast<double>(), log_likelihood};
}

// `shares_of` gives a block's shares and adds to its likelihood.
template <class SharesOf>
MixtureSums sum_up(const Vectors& x, const SharesOf& shares_of) {
  const auto rows = static_cast<size_t>(x.rows());
  std::vector<MixtureSums> parts(blocks_in(rows, kMixtureBlock));
  parallel_for(parts.size(), [&](size_t block) {
    const auto part = x.middleRows(index_of(block * kMixtureBlock),
                                   index_of(std::min(rows - block * kMixtureBlock, kMixtureBlock)));
    double log_likelihood = 0.0;
    const Vectors shares = shares_of(part, log_likelihood);
    parts[block] = sums_of(part, shares, log_likelihood);
  });
  MixtureSums sums = std::move(parts[0]);
  for (size_t block = 1; block < parts.size(); ++block) sums.add(parts[block]);
  return sums;
}

Vectors nearest_only(const NearestWords& nearest, const Eigen::Ref<const Vectors>& x, Eigen::Index words) {
  std::vector<uint32_t> found(static_cast<size_t>(x.rows()));
  nearest.find(x, found, {});
  Vectors shares = Vectors::Zero(x.rows(), words);
  for (size_t i = 0; i < found.size(); ++i) shares(index_of(i), index_of(found[i])) = 1.0F;
  return shares;
}

// `least`: per dimension.
void maximise(const MixtureSums& sums, const Eigen::RowVectorXd& least, Mixture& mixture) {
  const double all = sums.shares.sum();
  double weights = 0.0;
  for (Eigen::Index k = 0; k < mixture.means.rows(); ++k) {
    const double share = sums.shares(k);
    const double weight = std::max(share / all, kSmallestWeight);
    weights += weight;
    mixture.weights[static_cast<size_t>(k)] = static_cast<float>(weight);
    if (share < 1e-3) continue;  // hardly a vector: it keeps its place
    const Eigen::RowVectorXd mean = sums.first.row(k) / share;
    const Eigen::RowVectorXd variance = (sums.second.row(k) / share - mean.cwiseAbs2()).cwiseMax(least);
    mixture.means.row(k) = mean.cast<float>();
    mixture.variances.row(k) = variance.cast<float>();
  }
  for (float& weight : mixture.weights) weight = static_cast<float>(static_cast<double>(weight) / weights);
}

// Per dimension over all vectors.
Eigen::RowVectorXd variances_of(const Vectors& x) {
  const Eigen::RowVectorXd mean = x.cast<double>().colwise().mean();
  Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(x.cols());
  for (Eigen::Index i = 0; i < x.rows(); ++i) sum += (x.row(i).cast<double>() - mean).cwiseAbs2();
  return sum / static_cast<double>(x.rows());
}

}  // namespace

Shares::Shares(const Mixture& mixture)
    : precisions_(mixture.variances.cwiseInverse()),
      weighted_means_(mixture.means.cwiseProduct(precisions_)),
      constants_(mixture.means.rows()) {
  for (Eigen::Index k = 0; k < mixture.means.rows(); ++k) {
    double constant = 2.0 * std::log(static_cast<double>(mixture.weights[static_cast<size_t>(k)]));
    for (Eigen::Index j = 0; j < mixture.means.cols(); ++j) {
      const auto variance = static_cast<double>(mixture.variances(k, j));
      const auto mean = static_cast<double>(mixture.means(k, j));
      constant -= std::log(2.0 * std::numbers::pi * variance) + mean * mean / variance;
    }
    constants_(k) = static_cast<float>(0.5 * constant);
  }
}

Vectors Shares::of(const Eigen::Ref<const Vectors>& x, double* log_likelihood) const {
  Vectors logs(x.rows(), precisions_.rows());
  logs.noalias() = x * weighted_means_.transpose();
  logs.noalias() -= (0.5F * x.cwiseAbs2()).eval() * precisions_.transpose();
  logs.rowwise() += constants_;
  for (Eigen::Index i = 0; i < logs.rows(); ++i) {
    const float largest = logs.row(i).maxCoeff();
    logs.row(i) = (logs.row(i).array() - largest).exp().matrix();
    const float sum = logs.row(i).sum();
    logs.row(i) /= sum;
    if (log_likelihood != nullptr) *log_likelihood += static_cast<double>(largest + std::log(sum));
  }
  return logs;
}

Mixture learn_mixture(const Vectors& x, const Vectors& words, const MixtureOptions& options) {
  const auto count = static_cast<size_t>(words.rows());
  Mixture mixture{std::vector<float>(count, 1.0F / static_cast<float>(count)), words,
                  Vectors::Ones(words.rows(), words.cols())};
  if (x.rows() == 0) return mixture;
  const Eigen::RowVectorXd all = variances_of(x);
  const double floor = std::max(1e-8, options.least_share * all.mean());
  const Eigen::RowVectorXd least = (options.least_share * all).cwiseMax(floor);
  mixture.variances.rowwise() = all.cwiseMax(least).cast<float>();
  const NearestWords nearest(words);
  const auto once = [&](const auto& part, double&) { return nearest_only(nearest, part, words.rows()); };
  maximise(sum_up(x, once), least, mixture);
  double before = 0.0;
  for (size_t round = 0; round < options.rounds; ++round) {
    const Shares shares(mixture);
    const MixtureSums sums =
        sum_up(x, [&](const auto& part, double& log_likelihood) { return shares.of(part, &log_likelihood); });
    maximise(sums, least, mixture);
    const double mean = sums.log_likelihood / static_cast<double>(x.rows());
    if (round > 0 && mean - before < options.enough) break;
    before = mean;
  }
  return mixture;
}

}  // namespace sleeve
