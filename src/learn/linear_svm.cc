// SPDX-License-Identifier: Apache-2.0
#include "learn/linear_svm.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/sort_unique.h"
#include "base/try.h"
#include "learn/blocks.h"
#include "learn/few_vectors.h"
#include "learn/inner_folds.h"
#include "learn/lbfgs.h"
#include "learn/temperature.h"

namespace sleeve {
namespace {

// Sums of blocks are added in order: the bits don't depend on the number of threads.
constexpr size_t kLinearSvmBlock = 256;
constexpr double kLargestSvmWeight = 1e100;
constexpr int kLinearSvmFolds = 5;

using WeightVectorMap = Eigen::Map<const Eigen::VectorXd>;

size_t machines_for(size_t present) { return present == 2 ? 1 : present == 1 ? 0 : present; }

// Of a machine: the penalty and squared hinge losses divided by c · rows, so that the tolerance means the
// same for any amount of data.
class SquaredHinge {
 public:
  // `sides`: 1 or -1 a row; `costs`: c of a row on either side, [0] for -1.
  SquaredHinge(const Matrix& x, std::vector<double> sides, std::array<double, 2> costs, double c)
      : x_(x),
        sides_(std::move(sides)),
        costs_(costs),
        scale_(1.0 / (c * static_cast<double>(x.rows()))),
        losses_(blocks_in(x.rows(), kLinearSvmBlock)),
        gradients_(losses_.size()) {}

  double operator()(std::span<const double> at, std::span<double> gradient) {
    const WeightVectorMap weights(at.data(), index_of(x_.columns() + 1));
    parallel_for(losses_.size(), [&](size_t block) { take_block(block, weights); });
    double loss = 0.5 * weights.squaredNorm();
    Eigen::Map<Eigen::VectorXd> sum(gradient.data(), weights.size());
    sum = weights;
    for (size_t block = 0; block < losses_.size(); ++block) {
      loss += losses_[block];
      sum += gradients_[block];
    }
    sum *= scale_;
    return loss * scale_;
  }

 private:
  void take_block(size_t block, const WeightVectorMap& weights) {
    const size_t begin = block * kLinearSvmBlock;
    const RowBlock rows{x_, begin, std::min(x_.rows(), begin + kLinearSvmBlock)};
    const Eigen::Index columns = index_of(x_.columns());
    Eigen::VectorXd pulls(index_of(rows.end - begin));
    multiply(rows, {weights.data(), 1, x_.columns()}, pulls.data(), 1);
    double loss = 0.0;
    for (Eigen::Index i = 0; i < pulls.size(); ++i) {
      const double side = sides_[begin + static_cast<size_t>(i)];
      const double missing = std::max(0.0, 1.0 - side * (pulls(i) + weights(columns)));
      const double cost = costs_[side > 0.0 ? 1 : 0];
      loss += cost * missing * missing;
      pulls(i) = -2.0 * cost * side * missing;
    }
    losses_[block] = loss;
    gradients_[block].setZero(columns + 1);
    add_rows(rows, pulls.data(), 1, {gradients_[block].data(), 1, x_.columns()});
    gradients_[block](columns) = pulls.sum();
  }

  const Matrix& x_;
  std::vector<double> sides_;
  std::array<double, 2> costs_;
  double scale_;
  std::vector<double> losses_;
  std::vector<Eigen::VectorXd> gradients_;
};

std::vector<int32_t> classes_in(std::span<const int> labels) {
  std::vector<int32_t> present(labels.begin(), labels.end());
  sort_unique(present);
  return present;
}

double balance_of(const LinearSvmOptions& options, double own, double rows, size_t classes) {
  return options.class_weight == "balanced" ? rows / (static_cast<double>(classes) * own) : 1.0;
}

// The weight vectors of all machines, one behind the other.
std::vector<double> train(const LinearSvmOptions& options, const Matrix& x, std::span<const int> labels,
                          std::span<const int32_t> present, bool warn, const WorkContext& context) {
  std::vector<double> weights;
  const auto rows = static_cast<double>(x.rows());
  for (size_t machine = 0; machine < machines_for(present.size()); ++machine) {
    const int positive = present[present.size() == 2 ? 1 : machine];
    std::vector<double> sides;
    for (const int label : labels) sides.push_back(label == positive ? 1.0 : -1.0);
    const auto own = static_cast<double>(std::ranges::count(sides, 1.0));
    // LIBLINEAR weighs the rest as one class of weight 1, but where there are only two.
    const double rest = present.size() == 2 ? balance_of(options, rows - own, rows, 2) : 1.0;
    const double mine = balance_of(options, own, rows, present.size());
    SquaredHinge loss(x, std::move(sides), {options.c * rest, options.c * mine}, options.c);
    const LbfgsSettings settings{options.max_iterations, options.tolerance, 10};
    const LbfgsResult found = minimise(std::ref(loss), std::vector<double>(x.columns() + 1), settings,
                                       [&] { return context.stopping(); });
    if (warn && !found.converged && !context.stopping()) {
      log_warning(
          fmt::format("linear_svm: not converged after {} iterations (largest gradient {:.2g}, tolerance "
                      "{:.2g}); the model is usable, but not the best: standardise the features, raise "
                      "max_iterations or lower c",
                      found.iterations, found.largest_gradient, options.tolerance));
    }
    weights.insert(weights.end(), found.at.begin(), found.at.end());
  }
  return weights;
}

Matrix decide(const Matrix& x, const std::vector<double>& weights) {
  const size_t width = x.columns() + 1;
  const size_t machines = weights.size() / width;
  Matrix result(x.rows(), machines);
  parallel_for(blocks_in(x.rows(), kLinearSvmBlock), [&](size_t block) {
    const size_t begin = block * kLinearSvmBlock;
    const size_t end = std::min(x.rows(), begin + kLinearSvmBlock);
    std::vector<double> values((end - begin) * machines);
    multiply({x, begin, end}, {weights.data(), machines, width}, values.data(), machines);
    for (size_t row = begin; row < end; ++row) {
      for (size_t k = 0; k < machines; ++k) {
        const double score = values[(row - begin) * machines + k] + weights[k * width + x.columns()];
        result(row, k) = static_cast<float>(std::isnan(score) ? 0.0 : std::clamp(score, -1e30, 1e30));
      }
    }
  });
  return result;
}

// A score for every class: of two the first's is 0.
void append_scores(std::span<const float> decisions, std::vector<double>& scores) {
  if (decisions.size() == 1) scores.push_back(0.0);
  scores.insert(scores.end(), decisions.begin(), decisions.end());
}

double fitted_sharpness(const LinearSvmOptions& options, const TrainingSet& data,
                        std::span<const int32_t> present, uint64_t seed, const WorkContext& context) {
  std::vector<double> scores;
  std::vector<size_t> truth;
  for (const Fold& fold : inner_folds(data, kLinearSvmFolds, seed)) {
    const Matrix x = data.x.select(fold.train);
    const Answers answers = Answers::of(data, fold.train);
    // A class may be missing where groups are few: its machine would have nothing to find.
    if (context.stopping() || classes_in(answers.labels).size() != present.size()) continue;
    const Matrix decided =
        decide(data.x.select(fold.test), train(options, x, answers.labels, present, false, context));
    for (size_t i = 0; i < fold.test.size(); ++i) {
      append_scores(decided.row(i), scores);
      const int label = data.labels[fold.test[i]];
      truth.push_back(static_cast<size_t>(std::ranges::lower_bound(present, label) - present.begin()));
    }
  }
  return fit_sharpness(scores, truth, present.size());
}

}  // namespace

Status LinearSvm::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  if (data.x.rows() == 0)
    return make_error(ErrorCode::kNoData, "linear_svm: there are no rows to learn from");
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "linear_svm: stopped");
  columns_ = data.x.columns();
  classes_ = data.classes;
  present_ = classes_in(data.labels);
  weights_ = train(options_, data.x, data.labels, present_, true, context);
  sharpness_ = present_.size() > 1 ? fitted_sharpness(options_, data, present_, seed, context) : 1.0;
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "linear_svm: stopped");
  return {};
}

Matrix LinearSvm::decisions(const Matrix& x) const { return decide(x, weights_); }

Matrix LinearSvm::outputs(const Matrix& x) const {
  Matrix result(x.rows(), static_cast<size_t>(classes_));
  const Matrix decided = decisions(x);
  for (size_t row = 0; row < x.rows(); ++row) {
    std::vector<double> shares;
    if (present_.size() > 1) append_scores(decided.row(row), shares);
    if (present_.size() == 1) shares = {0.0};
    softmax(shares, sharpness_);
    for (size_t k = 0; k < shares.size(); ++k) {
      result(row, static_cast<size_t>(present_[k])) = static_cast<float>(shares[k]);
    }
  }
  return result;
}

void LinearSvm::save(ByteWriter& out) const {
  out.put_array(present_);
  out.put_array(weights_);
  out.put(sharpness_);
}

Status LinearSvm::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(present_, in.get_array<int32_t>());
  SLEEVE_TRY(weights_, in.get_array<double>());
  SLEEVE_TRY(sharpness_, in.get<double>());
  const bool rising = std::ranges::adjacent_find(present_, std::greater_equal<>()) == present_.end();
  if (present_.empty() || !rising || present_.front() < 0 || present_.back() >= classes) {
    return make_error(ErrorCode::kCorrupt, "linear_svm: the classes don't make sense");
  }
  const auto bounded = [](double weight) { return std::abs(weight) <= kLargestSvmWeight; };
  if (weights_.size() != machines_for(present_.size()) * (columns + 1) ||
      !std::ranges::all_of(weights_, bounded) || !(sharpness_ >= kLowestSharpness) ||
      !(sharpness_ <= kHighestSharpness)) {
    return make_error(ErrorCode::kCorrupt, "linear_svm: the weights don't make sense");
  }
  columns_ = columns;
  classes_ = classes;
  return {};
}

}  // namespace sleeve
