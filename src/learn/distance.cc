// SPDX-License-Identifier: Apache-2.0
#include "learn/distance.h"

#include <array>
#include <cmath>

#include "base/error.h"
#include "learn/widest.h"

namespace sleeve {
namespace {

// Term by term into a fixed number of partial sums: the order is the same for every compiler's vectors.
constexpr size_t kLanes = 8;

template <class Term>
[[gnu::always_inline]] inline double sum_of(std::span<const float> a, std::span<const float> b,
                                            const Term& term) {
  std::array<double, kLanes> sums{};
  const float* p = a.data();
  const float* q = b.data();
  const size_t whole = a.size() / kLanes * kLanes;
  for (size_t j = 0; j < whole; j += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += term(static_cast<double>(p[j + lane]), static_cast<double>(q[j + lane]));
    }
  }
  for (size_t j = whole; j < a.size(); ++j) {
    sums[j - whole] += term(static_cast<double>(p[j]), static_cast<double>(q[j]));
  }
  double sum = 0.0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace

SLEEVE_WIDEST
double dot_product(std::span<const float> a, std::span<const float> b) {
  return sum_of(a, b, [](double x, double y) { return x * y; });
}

SLEEVE_WIDEST
double squared_distance(std::span<const float> a, std::span<const float> b) {
  return sum_of(a, b, [](double x, double y) { return (x - y) * (x - y); });
}

SLEEVE_WIDEST
double chi2_distance(std::span<const float> a, std::span<const float> b) {
  // The smallest double stands in for a sum of 0, whose difference is 0, too.
  constexpr double kTiny = 1e-300;
  return sum_of(a, b,
                [](double x, double y) { return (x - y) * (x - y) / (std::abs(x) + std::abs(y) + kTiny); });
}

SLEEVE_WIDEST
double intersection(std::span<const float> a, std::span<const float> b) {
  // The smaller of the two without a comparison, which compilers make a jump of: off by at most a
  // rounding of the larger.
  return sum_of(a, b, [](double x, double y) { return (x + y - std::abs(x - y)) * 0.5; });
}

Status check_not_negative(const Matrix& x, std::string_view what) {
  for (size_t row = 0; row < x.rows(); ++row) {
    for (size_t j = 0; j < x.columns(); ++j) {
      if (x(row, j) >= 0.0F) continue;
      return make_error(ErrorCode::kUsage,
                        "{} is for histograms, but row {}, column {} is {}: leave out transforms that make "
                        "values below 0, or use minmax",
                        what, row, j, x(row, j));
    }
  }
  return {};
}

}  // namespace sleeve
