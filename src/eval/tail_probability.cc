// SPDX-License-Identifier: Apache-2.0
#include "eval/tail_probability.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

namespace sleeve {
namespace {

// The continued fraction of the incomplete beta function (Abramowitz & Stegun 26.5.8) by Lentz's method;
// converges fast for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon();
  constexpr double kEnough = std::numeric_limits<double>::epsilon();
  constexpr int kMost = 10000;
  const auto kept_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1, d = 1 / kept_from_zero(1 - (a + b) * x / (a + 1)), result = d;
  for (int m = 1; m <= kMost; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double step = 1;
    for (const double term : {even, odd}) {
      d = 1 / kept_from_zero(1 + term * d);
      c = kept_from_zero(1 + term / c);
      step = c * d;
      result *= step;
    }
    if (std::abs(step - 1) <= kEnough) break;
  }
  return result;
}

// 1 / B(freedom / 2, 1/2), by Γ(x + 1) = x Γ(x) from freedom 1 or 2: no logarithms to lose digits in.
double inverse_beta(int freedom) {
  double value = freedom % 2 == 1 ? 1 / std::numbers::pi : 0.5;
  for (int f = 2 - freedom % 2; f < freedom; f += 2) value *= (f + 1.0) / f;
  return value;
}

}  // namespace

double student_t_two_sided(double t, int freedom) {
  assert(freedom > 0);
  if (std::isinf(t)) return 0;
  // I_x(freedom / 2, 1/2) at x = freedom / (freedom + t²); from the near side of the fraction.
  const double a = freedom / 2.0, b = 0.5;
  const double rest = 1 / (1 + freedom / (t * t));  // 1 - x, without the cancellation
  const double x = freedom / (freedom + t * t);
  const double front = std::pow(x, a) * std::sqrt(rest) * inverse_beta(freedom);
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, rest) / b;
}

double chi_squared_tail(double x) {
  assert(x >= 0);
  return std::erfc(std::sqrt(x / 2));
}

double sign_test(int64_t fewer, int64_t tosses) {
  assert(fewer >= 0 && fewer <= tosses);
  if (2 * fewer >= tosses) return 1;
  // C(tosses, fewer) as mantissa · 2^exponent, since it overflows and 2^-tosses underflows.
  double mantissa = 1;
  int64_t exponent = -tosses;
  for (int64_t i = 1; i <= fewer; ++i) {
    int shift = 0;
    mantissa *= static_cast<double>(tosses - fewer + i) / static_cast<double>(i);
    mantissa = std::frexp(mantissa, &shift);
    exponent += shift;
  }
  // The other terms as multiples of the largest.
  double term = 1, sum = 1;
  for (int64_t i = fewer; i > 0 && term > std::numeric_limits<double>::epsilon() * sum / 1e3; --i) {
    term *= static_cast<double>(i) / static_cast<double>(tosses - i + 1);
    sum += term;
  }
  const auto scale = static_cast<int>(std::clamp<int64_t>(exponent + 1, -5000, 5000));
  return std::min(1.0, std::ldexp(mantissa * sum, scale));
}

}  // namespace sleeve
