// SPDX-License-Identifier: Apache-2.0
#include "learn/kernel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <optional>
#include <vector>

#include "base/parallel.h"
#include "base/text.h"
#include "learn/distance.h"

namespace sleeve {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"linear",  "rbf",  "poly",
                                                    "sigmoid", "chi2", "intersection"};

// By multiplication, as LIBSVM does: the same bits on every machine, which pow() doesn't promise.
double power(double base, int exponent) {
  double result = 1.0;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result *= base;
    base *= base;
  }
  return result;
}

double variance_of(const Matrix& x) {
  const auto count = static_cast<double>(x.rows() * x.columns());
  double mean = 0.0;
  for (size_t row = 0; row < x.rows(); ++row) {
    for (const float value : x.row(row)) mean += static_cast<double>(value);
  }
  mean /= count;
  double squares = 0.0;
  for (size_t row = 0; row < x.rows(); ++row) {
    for (const float value : x.row(row)) {
      squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
    }
  }
  // All equal: exactly nothing, not what rounding left of it.
  const float first = x(0, 0);
  const bool varies =
      std::any_of(x.data(), x.data() + x.rows() * x.columns(), [&](float value) { return value != first; });
  return varies ? squares / count : 0.0;
}

double mean_chi2_distance(const Matrix& x) {
  constexpr size_t kMost = 512;
  const size_t count = std::min(x.rows(), kMost);
  if (count < 2) return 0.0;
  std::vector<double> sums(count);
  parallel_for(count, [&](size_t i) {
    for (size_t j = 0; j < i; ++j) {
      sums[i] += chi2_distance(x.row(i * x.rows() / count), x.row(j * x.rows() / count));
    }
  });
  double sum = 0.0;
  for (const double part : sums) sum += part;
  return sum / (static_cast<double>(count) * static_cast<double>(count - 1) / 2.0);
}

std::optional<double> fixed_gamma(std::string_view gamma) {
  const auto value = parse_number(gamma);
  return value && *value > 0.0 && *value <= 1e100 ? value : std::nullopt;
}

}  // namespace

KernelKind kernel_kind(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name);
  assert(found != kNames.end());
  return static_cast<KernelKind>(found - kNames.begin());
}

bool for_histograms(KernelKind kind) {
  return kind == KernelKind::kChi2 || kind == KernelKind::kIntersection;
}

PairSum pair_sum_of(KernelKind kind) {
  if (kind == KernelKind::kChi2) return PairSum::kChi2;
  return kind == KernelKind::kIntersection ? PairSum::kIntersection : PairSum::kProduct;
}

double Kernel::value(double sum, double a_square, double b_square) const {
  switch (kind) {
    case KernelKind::kRbf:
      return std::exp(-gamma * std::max(0.0, a_square + b_square - 2.0 * sum));
    case KernelKind::kPoly:
      return power(gamma * sum + coef0, degree);
    case KernelKind::kSigmoid:
      return std::tanh(gamma * sum + coef0);
    case KernelKind::kChi2:
      return std::exp(-gamma * sum);
    case KernelKind::kLinear:
    case KernelKind::kIntersection:
      break;
  }
  return sum;
}

Rows Kernel::values(const Matrix& a, size_t a_begin, size_t a_end, const Matrix& b, size_t b_begin,
                    size_t b_end) const {
  Rows result = pair_sums(pair_sum_of(kind), a, a_begin, a_end, b, b_begin, b_end);
  if (kind == KernelKind::kLinear || kind == KernelKind::kIntersection) return result;
  Eigen::VectorXd a_squares = Eigen::VectorXd::Zero(result.rows());
  Eigen::VectorXd b_squares = Eigen::VectorXd::Zero(result.cols());
  if (kind == KernelKind::kRbf) {
    a_squares = block_of(a, a_begin, a_end).rowwise().squaredNorm();
    b_squares = block_of(b, b_begin, b_end).rowwise().squaredNorm();
  }
  for (Eigen::Index i = 0; i < result.rows(); ++i) {
    for (Eigen::Index j = 0; j < result.cols(); ++j) {
      result(i, j) = value(result(i, j), a_squares(i), b_squares(j));
    }
  }
  return result;
}

Rows pair_sums(PairSum kind, const Matrix& a, size_t a_begin, size_t a_end, const Matrix& b, size_t b_begin,
               size_t b_end) {
  Rows result(index_of(a_end - a_begin), index_of(b_end - b_begin));
  if (kind == PairSum::kProduct) {
    result.noalias() = block_of(a, a_begin, a_end) * block_of(b, b_begin, b_end).transpose();
    return result;
  }
  for (Eigen::Index i = 0; i < result.rows(); ++i) {
    const auto row = a.row(a_begin + static_cast<size_t>(i));
    for (Eigen::Index j = 0; j < result.cols(); ++j) {
      const auto other = b.row(b_begin + static_cast<size_t>(j));
      result(i, j) = kind == PairSum::kChi2 ? chi2_distance(row, other) : intersection(row, other);
    }
  }
  return result;
}

double scaled_gamma(KernelKind kind, const Matrix& x) {
  const double spread =
      kind == KernelKind::kChi2 ? mean_chi2_distance(x) : static_cast<double>(x.columns()) * variance_of(x);
  return spread > 0.0 ? 1.0 / spread : 1.0;
}

bool is_gamma(std::string_view gamma) { return gamma == "scale" || gamma == "auto" || fixed_gamma(gamma); }

double resolved_gamma(std::string_view gamma, KernelKind kind, const Matrix& x) {
  assert(is_gamma(gamma));
  if (gamma == "scale") return scaled_gamma(kind, x);
  if (gamma == "auto") return 1.0 / static_cast<double>(x.columns());
  return *fixed_gamma(gamma);
}

}  // namespace sleeve
