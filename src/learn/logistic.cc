// SPDX-License-Identifier: Apache-2.0
#include "learn/logistic.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/sort_unique.h"
#include "base/try.h"
#include "learn/blocks.h"
#include "learn/few_vectors.h"
#include "learn/lbfgs.h"

namespace sleeve {
namespace {

using WeightMap = Eigen::Map<const Rows>;

// Rows are taken in blocks of a fixed size, whose sums are added in order: the bits don't depend on
// the number of threads. A block as doubles stays in the second cache.
constexpr size_t kLogisticBlock = 64;
// Weights beyond this come from no data, only from a damaged file; scores then stay finite.
constexpr double kLargestLogisticWeight = 1e100;

// Weight vectors needed for so many classes: of two classes the first's score is always 0.
size_t vectors_for(size_t present) { return present <= 2 ? present - 1 : present; }

// Class probabilities of a block, one column per present class. `weights` is vectors × (columns + 1).
Rows softmax_of(const RowBlock& block, const WeightMap& weights, size_t present) {
  const auto classes = static_cast<Eigen::Index>(present);
  const Eigen::Index vectors = weights.rows();
  Rows scores = Rows::Zero(index_of(block.end - block.begin), classes);
  if (vectors > 0) {
    // Of two classes the first has no weights.
    multiply(block, {weights.data(), static_cast<size_t>(vectors), static_cast<size_t>(weights.cols())},
             scores.data() + (classes - vectors), present);
    scores.rightCols(vectors).rowwise() += weights.col(weights.cols() - 1).transpose();
  }
  for (Eigen::Index i = 0; i < scores.rows(); ++i) {
    const double largest = scores.row(i).maxCoeff();
    double sum = 0.0;
    for (Eigen::Index k = 0; k < classes; ++k) sum += scores(i, k) = std::exp(scores(i, k) - largest);
    scores.row(i) /= sum;
  }
  return scores;
}

// The mean log loss plus ‖w‖² / (2·c·rows): scikit-learn's objective divided by c·rows, so that the
// tolerance means the same for any amount of data.
class LogLoss {
 public:
  // `class_weights`: how much a row of each present class counts; on average over the rows 1.
  LogLoss(const Matrix& x, std::vector<size_t> places, std::vector<double> class_weights, double c)
      : x_(x),
        places_(std::move(places)),
        class_weights_(std::move(class_weights)),
        present_(class_weights_.size()),
        vectors_(vectors_for(present_)),
        penalty_(1.0 / (c * static_cast<double>(x.rows()))),
        partial_((x.rows() + kLogisticBlock - 1) / kLogisticBlock) {}

  [[nodiscard]] size_t size() const { return vectors_ * (x_.columns() + 1); }

  double operator()(std::span<const double> at, std::span<double> gradient) {
    const WeightMap weights(at.data(), static_cast<Eigen::Index>(vectors_),
                            static_cast<Eigen::Index>(x_.columns() + 1));
    parallel_for(partial_.size(), [&](size_t block) { take_block(block, weights); });
    const auto rows = static_cast<double>(x_.rows());
    Eigen::Map<Rows> sum(gradient.data(), weights.rows(), weights.cols());
    sum.setZero();
    double loss = 0.0;
    for (const Partial& part : partial_) {
      loss += part.loss;
      sum += part.gradient;
    }
    sum /= rows;
    const auto columns = static_cast<Eigen::Index>(x_.columns());
    sum.leftCols(columns) += penalty_ * weights.leftCols(columns);
    return loss / rows + 0.5 * penalty_ * weights.leftCols(columns).squaredNorm();
  }

 private:
  struct Partial {
    double loss = 0.0;
    Rows gradient;
  };

  void take_block(size_t block, const WeightMap& weights) {
    const size_t begin = block * kLogisticBlock;
    const size_t end = std::min(x_.rows(), begin + kLogisticBlock);
    const RowBlock rows{x_, begin, end};
    Rows errors = softmax_of(rows, weights, present_);
    Partial& part = partial_[block];
    part.loss = 0.0;
    for (size_t row = begin; row < end; ++row) {
      const double weight = class_weights_[places_[row]];
      const auto at = static_cast<Eigen::Index>(row - begin);
      double& probability = errors(at, static_cast<Eigen::Index>(places_[row]));
      part.loss -= weight * std::log(std::max(probability, 1e-300));
      probability -= 1.0;
      if (weight != 1.0) errors.row(at) *= weight;
    }
    part.gradient.setZero(weights.rows(), weights.cols());
    add_rows(rows, errors.data() + (present_ - vectors_), present_,
             {part.gradient.data(), vectors_, x_.columns() + 1});
    part.gradient.col(weights.cols() - 1) = errors.rightCols(weights.rows()).colwise().sum().transpose();
  }

  const Matrix& x_;
  std::vector<size_t> places_;  // per row: which of the present classes it has
  std::vector<double> class_weights_;
  size_t present_;
  size_t vectors_;
  double penalty_;
  std::vector<Partial> partial_;
};

// One for each of the present classes.
std::vector<double> weights_of(const std::vector<size_t>& places, size_t present, bool balanced) {
  std::vector<double> weights(present, 1.0);
  if (!balanced) return weights;
  std::vector<size_t> rows(present);
  for (const size_t place : places) ++rows[place];
  for (size_t k = 0; k < present; ++k) {
    weights[k] = static_cast<double>(places.size()) / static_cast<double>(present * rows[k]);
  }
  return weights;
}

}  // namespace

Status Logistic::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "logistic: there are no rows to learn from");
  present_.assign(data.labels.begin(), data.labels.end());
  sort_unique(present_);
  std::vector<size_t> places;
  for (const int label : data.labels) {
    places.push_back(static_cast<size_t>(std::ranges::lower_bound(present_, label) - present_.begin()));
  }
  columns_ = data.x.columns();
  classes_ = data.classes;
  std::vector<double> class_weights =
      weights_of(places, present_.size(), options_.class_weight == "balanced");
  LogLoss loss(data.x, std::move(places), std::move(class_weights), options_.c);
  const LbfgsSettings settings{options_.max_iterations, options_.tolerance, 10};
  LbfgsResult result = minimise(std::ref(loss), std::vector<double>(loss.size()), settings,
                                [&] { return context.stopping(); });
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "logistic: stopped before it converged");
  weights_ = std::move(result.at);
  iterations_ = result.iterations;
  converged_ = result.converged;
  if (!converged_) {
    log_warning(
        fmt::format("logistic: not converged after {} iterations (largest gradient {:.2g}, tolerance "
                    "{:.2g}); the model is "
                    "usable, but not the best: standardise the features, raise max_iterations or lower c",
                    iterations_, result.largest_gradient, options_.tolerance));
  }
  return {};
}

Matrix Logistic::outputs(const Matrix& x) const {
  Matrix result(x.rows(), static_cast<size_t>(classes_));
  const WeightMap weights(weights_.data(), static_cast<Eigen::Index>(vectors_for(present_.size())),
                          static_cast<Eigen::Index>(columns_ + 1));
  parallel_for((x.rows() + kLogisticBlock - 1) / kLogisticBlock, [&](size_t block) {
    const size_t begin = block * kLogisticBlock;
    const size_t end = std::min(x.rows(), begin + kLogisticBlock);
    const Rows shares = softmax_of({x, begin, end}, weights, present_.size());
    for (size_t row = begin; row < end; ++row) {
      for (size_t k = 0; k < present_.size(); ++k) {
        result(row, static_cast<size_t>(present_[k])) =
            static_cast<float>(shares(static_cast<Eigen::Index>(row - begin), static_cast<Eigen::Index>(k)));
      }
    }
  });
  return result;
}

void Logistic::save(ByteWriter& out) const {
  out.put_array(present_);
  out.put_array(weights_);
  out.put(iterations_);
  out.put<uint8_t>(converged_ ? 1 : 0);
}

Status Logistic::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(std::vector<int32_t> present, in.get_array<int32_t>());
  SLEEVE_TRY(std::vector<double> weights, in.get_array<double>());
  SLEEVE_TRY(const int32_t iterations, in.get<int32_t>());
  SLEEVE_TRY(const uint8_t converged, in.get<uint8_t>());
  const bool rising =
      std::ranges::adjacent_find(present, [](int32_t a, int32_t b) { return a >= b; }) == present.end();
  if (present.empty() || !rising || present.front() < 0 || present.back() >= classes) {
    return make_error(ErrorCode::kCorrupt, "logistic: the classes don't make sense");
  }
  const bool sensible =
      std::ranges::all_of(weights, [](double weight) { return std::abs(weight) <= kLargestLogisticWeight; });
  const size_t vectors = vectors_for(present.size());
  if (!sensible || weights.size() != vectors * (columns + 1) || converged > 1 || iterations < 0) {
    return make_error(ErrorCode::kCorrupt, "logistic: the weights don't make sense");
  }
  columns_ = columns;
  classes_ = classes;
  present_ = std::move(present);
  weights_ = std::move(weights);
  iterations_ = iterations;
  converged_ = converged == 1;
  return {};
}

}  // namespace sleeve
