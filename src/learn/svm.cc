// SPDX-License-Identifier: Apache-2.0
#include "learn/svm.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/distance.h"
#include "learn/kernel.h"
#include "learn/svm_machine.h"
#include "learn/temperature.h"

namespace sleeve {
namespace {

constexpr size_t kBlock = 64;
constexpr size_t kInnerFolds = 5;
// Beyond this is only what a damaged file or rows of absurd size give.
constexpr double kLargestDecision = 1e100;

using Groups = std::vector<std::vector<uint32_t>>;  // rows by present class

std::optional<double> number_of(const std::string& gamma) {
  const auto value = parse_number(gamma);
  return value && *value > 0.0 && *value <= 1e100 ? value : std::nullopt;
}

double resolved_gamma(const SvmOptions& options, const Matrix& x) {
  if (options.gamma == "scale") return scaled_gamma(kernel_kind(options.kernel), x);
  if (options.gamma == "auto") return 1.0 / static_cast<double>(x.columns());
  return *number_of(options.gamma);
}

Kernel kernel_of(const SvmOptions& options, double gamma) {
  return {kernel_kind(options.kernel), gamma, options.degree, options.coef0};
}

size_t pairs_of(size_t classes) { return classes * (classes - 1) / 2; }

// Calls body(pair, i, j) for the pairs (0, 1), (0, 2), …, (1, 2), ….
template <class Body>
void for_pairs(size_t classes, const Body& body) {
  size_t pair = 0;
  for (size_t i = 0; i < classes; ++i) {
    for (size_t j = i + 1; j < classes; ++j) body(pair++, i, j);
  }
}

std::vector<double> costs_of(const SvmOptions& options, const Groups& groups) {
  std::vector<double> costs(groups.size(), options.c);
  if (options.class_weight != "balanced") return costs;
  double rows = 0.0;
  for (const auto& group : groups) rows += static_cast<double>(group.size());
  for (size_t k = 0; k < groups.size(); ++k) {
    costs[k] *= rows / (static_cast<double>(groups.size()) * static_cast<double>(groups[k].size()));
  }
  return costs;
}

std::vector<SvmMachine> train_all(const SvmOptions& options, const GramMatrix& gram, const Groups& groups,
                                  const WorkContext& context) {
  const std::vector<double> costs = costs_of(options, groups);
  std::vector<std::pair<size_t, size_t>> pairs;
  for_pairs(groups.size(), [&](size_t, size_t i, size_t j) { pairs.emplace_back(i, j); });
  std::vector<SvmMachine> machines(pairs.size());
  parallel_for(pairs.size(), [&](size_t pair) {
    if (context.stopping()) return;
    const auto [i, j] = pairs[pair];
    machines[pair] = train_machine(gram, groups[i], costs[i], groups[j], costs[j], options.tolerance);
  });
  return machines;
}

// See the class's head.
std::vector<double> scores_of(std::span<const double> decisions, size_t classes) {
  if (classes == 2) return {decisions[0], 0.0};
  std::vector<double> votes(classes);
  std::vector<double> confidences(classes);
  for_pairs(classes, [&](size_t pair, size_t i, size_t j) {
    votes[decisions[pair] > 0.0 ? i : j] += 1.0;
    confidences[i] += decisions[pair];
    confidences[j] -= decisions[pair];
  });
  for (size_t k = 0; k < classes; ++k) votes[k] += confidences[k] / (3.0 * (std::abs(confidences[k]) + 1.0));
  return votes;
}

// Fold `fold` of the rows: a class of one row is never held out, so that no class is missing.
void split_fold(const Groups& shuffled, size_t fold, Groups& train, Groups& held_out) {
  for (size_t k = 0; k < shuffled.size(); ++k) {
    train.emplace_back();
    held_out.emplace_back();
    for (size_t i = 0; i < shuffled[k].size(); ++i) {
      const bool out = shuffled[k].size() > 1 && i % kInnerFolds == fold;
      (out ? held_out : train)[k].push_back(shuffled[k][i]);
    }
    // The order that the outer fit has, for LIBSVM's path depends on it.
    std::ranges::sort(train[k]);
  }
}

double sharpness_on_inner_folds(const SvmOptions& options, const GramMatrix& gram, Groups groups,
                                uint64_t seed, const WorkContext& context) {
  Rng rng(seed);
  for (auto& group : groups) rng.shuffle(std::span(group));
  std::vector<std::vector<double>> scores(kInnerFolds);
  std::vector<std::vector<size_t>> truth(kInnerFolds);
  parallel_for(kInnerFolds, [&](size_t fold) {
    Groups train;
    Groups held_out;
    split_fold(groups, fold, train, held_out);
    const auto machines = train_all(options, gram, train, context);
    for (size_t k = 0; k < held_out.size(); ++k) {
      for (const uint32_t row : held_out[k]) {
        std::vector<double> decisions;
        for (const SvmMachine& machine : machines) decisions.push_back(machine.decide(gram, row));
        const auto own = scores_of(decisions, groups.size());
        scores[fold].insert(scores[fold].end(), own.begin(), own.end());
        truth[fold].push_back(k);
      }
    }
  });
  for (size_t fold = 1; fold < kInnerFolds; ++fold) {
    scores[0].insert(scores[0].end(), scores[fold].begin(), scores[fold].end());
    truth[0].insert(truth[0].end(), truth[fold].begin(), truth[fold].end());
  }
  return fit_sharpness(scores[0], truth[0], groups.size());
}

}  // namespace

Status check(const SvmOptions& options) {
  if (options.gamma == "scale" || options.gamma == "auto" || number_of(options.gamma)) return {};
  return make_error(ErrorCode::kUsage, "svm: gamma={} is none of scale, auto, or a number above 0",
                    printable(std::string_view(options.gamma)));
}

Status Svm::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "svm: there are no rows to learn from");
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "svm: stopped");
  SLEEVE_CHECK(check(options_));
  if (for_histograms(kernel_kind(options_.kernel))) {
    SLEEVE_CHECK(check_not_negative(data.x, fmt::format("svm: kernel {}", options_.kernel)));
  }
  Groups groups(static_cast<size_t>(data.classes));
  for (size_t row = 0; row < data.labels.size(); ++row) {
    groups[static_cast<size_t>(data.labels[row])].push_back(static_cast<uint32_t>(row));
  }
  classes_ = data.classes;
  present_.clear();
  for (int label = 0; label < data.classes; ++label) {
    if (!groups[static_cast<size_t>(label)].empty()) present_.push_back(label);
  }
  std::erase_if(groups, [](const auto& group) { return group.empty(); });
  gamma_ = resolved_gamma(options_, data.x);
  sharpness_ = 1.0;
  counts_.assign(present_.size(), 0);
  supports_ = Matrix(0, data.x.columns());
  coefficients_.clear();
  rhos_.clear();
  if (present_.size() == 1) return {};
  SLEEVE_TRY(const GramMatrix gram, GramMatrix::make(kernel_of(options_, gamma_), data.x, context));
  const std::vector<SvmMachine> machines = train_all(options_, gram, groups, context);
  sharpness_ = sharpness_on_inner_folds(options_, gram, groups, seed, context);
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "svm: stopped");
  keep(data.x, groups, machines);
  return {};
}

void Svm::keep(const Matrix& x, const std::vector<std::vector<uint32_t>>& groups,
               const std::vector<SvmMachine>& machines) {
  // Where a training row stands among the support vectors, which are in the order of classes and rows.
  std::vector<char> used(x.rows(), 0);
  for (const SvmMachine& machine : machines) {
    for (const auto& support : machine.supports) used[support.row] = 1;
  }
  std::vector<size_t> place(x.rows());
  std::vector<size_t> rows;
  for (size_t k = 0; k < groups.size(); ++k) {
    for (const uint32_t row : groups[k]) {
      if (used[row] == 0) continue;
      place[row] = rows.size();
      rows.push_back(row);
      ++counts_[k];
    }
  }
  supports_ = x.select(rows);
  const size_t count = rows.size();
  coefficients_.assign((groups.size() - 1) * count, 0.0);
  std::vector<size_t> class_of(count);
  for (size_t k = 0, at = 0; k < groups.size(); ++k) {
    for (size_t n = 0; n < counts_[k]; ++n) class_of[at++] = k;
  }
  for_pairs(groups.size(), [&](size_t pair, size_t i, size_t j) {
    rhos_.push_back(machines[pair].rho);
    for (const auto& support : machines[pair].supports) {
      const size_t at = place[support.row];
      coefficients_[(class_of[at] == i ? j - 1 : i) * count + at] = support.coefficient;
    }
  });
}

std::vector<std::vector<double>> Svm::decisions(const Matrix& x) const {
  std::vector<std::vector<double>> result(x.rows());
  const Kernel kernel = kernel_of(options_, gamma_);
  const Eigen::Map<const Rows> coefficients(coefficients_.data(), index_of(present_.size() - 1),
                                            index_of(supports_.rows()));
  std::vector<size_t> starts(present_.size());
  std::exclusive_scan(counts_.begin(), counts_.end(), starts.begin(), size_t{0});
  parallel_for(blocks_in(x.rows(), kBlock), [&](size_t block) {
    const size_t begin = block * kBlock;
    const size_t end = std::min(x.rows(), begin + kBlock);
    const Rows values = kernel.values(x, begin, end, supports_, 0, supports_.rows());
    const auto part = [&](size_t row, size_t against, size_t k) {
      const Eigen::Index start = index_of(starts[k]);
      const Eigen::Index count = index_of(counts_[k]);
      return values.row(index_of(row - begin))
          .segment(start, count)
          .dot(coefficients.row(index_of(against)).segment(start, count));
    };
    for (size_t row = begin; row < end; ++row) {
      for_pairs(present_.size(), [&](size_t pair, size_t i, size_t j) {
        const double decision = part(row, j - 1, i) + part(row, i, j) - rhos_[pair];
        result[row].push_back(
            std::isnan(decision) ? 0.0 : std::clamp(decision, -kLargestDecision, kLargestDecision));
      });
    }
  });
  return result;
}

Matrix Svm::outputs(const Matrix& x) const {
  Matrix result(x.rows(), static_cast<size_t>(classes_));
  if (present_.size() == 1) {
    for (size_t row = 0; row < x.rows(); ++row) result(row, static_cast<size_t>(present_[0])) = 1.0F;
    return result;
  }
  const auto decided = decisions(x);
  for (size_t row = 0; row < x.rows(); ++row) {
    std::vector<double> shares = scores_of(decided[row], present_.size());
    softmax(shares, sharpness_);
    for (size_t k = 0; k < shares.size(); ++k) {
      result(row, static_cast<size_t>(present_[k])) = static_cast<float>(shares[k]);
    }
  }
  return result;
}

void Svm::save(ByteWriter& out) const {
  out.put(gamma_);
  out.put(sharpness_);
  out.put_array(present_);
  out.put_array(counts_);
  out.put_array(std::span<const float>(supports_.data(), supports_.rows() * supports_.columns()));
  out.put_array(coefficients_);
  out.put_array(rhos_);
}

Status Svm::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(gamma_, in.get<double>());
  SLEEVE_TRY(sharpness_, in.get<double>());
  SLEEVE_TRY(present_, in.get_array<int32_t>());
  SLEEVE_TRY(counts_, in.get_array<uint32_t>());
  SLEEVE_TRY(std::vector<float> values, in.get_array<float>());
  SLEEVE_TRY(coefficients_, in.get_array<double>());
  SLEEVE_TRY(rhos_, in.get_array<double>());
  if (values.size() % columns != 0 ||
      !std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    return make_error(ErrorCode::kCorrupt, "svm: the support vectors don't make sense");
  }
  const size_t rows = values.size() / columns;
  supports_ = Matrix(rows, columns, std::move(values));
  classes_ = classes;
  return check_loaded();
}

Status Svm::check_loaded() const {
  const bool rising =
      std::ranges::adjacent_find(present_, [](int32_t a, int32_t b) { return a >= b; }) == present_.end();
  if (present_.empty() || !rising || present_.front() < 0 || present_.back() >= classes_) {
    return make_error(ErrorCode::kCorrupt, "svm: the classes don't make sense");
  }
  const size_t rows = supports_.rows();
  const auto bounded = [](double value) { return std::abs(value) <= kLargestDecision; };
  const bool shapes = counts_.size() == present_.size() &&
                      std::accumulate(counts_.begin(), counts_.end(), uint64_t{0}) == rows &&
                      coefficients_.size() == (present_.size() - 1) * rows &&
                      rhos_.size() == pairs_of(present_.size());
  const bool values = std::ranges::all_of(coefficients_, bounded) && std::ranges::all_of(rhos_, bounded) &&
                      gamma_ > 0.0 && std::isfinite(gamma_) && sharpness_ >= kLowestSharpness &&
                      sharpness_ <= kHighestSharpness;
  if (!shapes || !values) return make_error(ErrorCode::kCorrupt, "svm: the machines don't make sense");
  return {};
}

}  // namespace sleeve
