// SPDX-License-Identifier: Apache-2.0
#include "learn/svm.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/distance.h"
#include "learn/kernel.h"
#include "learn/svm_machine.h"
#include "learn/svm_parts.h"
#include "learn/temperature.h"

namespace sleeve {
namespace {

constexpr size_t kSvmBlock = 64;
// Beyond this is only what a damaged file or rows of absurd size give.
constexpr double kLargestDecision = 1e100;

Kernel kernel_of(const SvmOptions& options, double gamma) {
  return {kernel_kind(options.kernel), gamma, options.degree, options.coef0};
}

size_t pairs_of(size_t classes) { return classes * (classes - 1) / 2; }

}  // namespace

Status check(const SvmOptions& options) {
  if (is_gamma(options.gamma)) return {};
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
  auto [labels, groups] = present_classes(data.labels, data.classes);
  classes_ = data.classes;
  present_ = std::move(labels);
  const Kernel kernel = resolved_kernel(options_, data.x);
  gamma_ = kernel.gamma;
  sharpness_ = 1.0;
  counts_.assign(present_.size(), 0);
  supports_ = Matrix(0, data.x.columns());
  coefficients_.clear();
  rhos_.clear();
  if (present_.size() == 1) return {};
  SLEEVE_TRY(const GramMatrix gram, GramMatrix::make(kernel, data.x, groups, context));
  const std::vector<SvmMachine> machines = train_all(options_, gram, groups, context);
  sharpness_ = sharpness_on_inner_folds(options_, gram, groups, data, seed, context);
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
  parallel_for(blocks_in(x.rows(), kSvmBlock), [&](size_t block) {
    const size_t begin = block * kSvmBlock;
    const size_t end = std::min(x.rows(), begin + kSvmBlock);
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
