// SPDX-License-Identifier: Apache-2.0
#include "feature/portable_math.h"

#include <cassert>
#include <cmath>

namespace sleeve {

double portable_exp(double x) {
  const double small = x / 1024.0;
  double sum = 1.0;
  for (int i = 12; i > 0; --i) sum = 1.0 + sum * small / i;
  for (int i = 0; i < 10; ++i) sum *= sum;
  return sum;
}

double portable_log(double x) {
  assert(x > 0.0);
  constexpr double kLogTwo = 0.693147180559945309417;
  int exponent = 0;
  double part = std::frexp(x, &exponent);  // exact; in [0.5, 1)
  if (part < 0.70710678118654752) {
    part *= 2.0;
    --exponent;
  }
  // log(part) = 2 artanh((part - 1) / (part + 1)), whose argument lies within 0.172.
  const double ratio = (part - 1.0) / (part + 1.0), square = ratio * ratio;
  double sum = 0.0;
  for (int i = 21; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
  return 2.0 * ratio * sum + exponent * kLogTwo;
}

double portable_cbrt(double x) {
  if (x == 0.0) return 0.0;
  int exponent = 0;
  const double part = std::frexp(std::abs(x), &exponent);
  const int third = exponent >= 0 ? exponent / 3 : -((-exponent + 2) / 3);
  double root = 1.0;
  const double scaled = std::ldexp(part, exponent - 3 * third);  // in [0.5, 4)
  for (int i = 0; i < 8; ++i) root = (2.0 * root + scaled / (root * root)) / 3.0;
  return std::copysign(std::ldexp(root, third), x);
}

}  // namespace sleeve
