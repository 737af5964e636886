// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_FINITE_FLOAT_H_
#define SLEEVE_LEARN_FINITE_FLOAT_H_

#include <algorithm>
#include <cmath>
#include <limits>

namespace sleeve {

// The nearest float that is a number: what a learner of numbers may answer, whatever a damaged file or
// features of absurd size made of the sum. Not-a-number becomes 0.
inline float finite_float(double value) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return std::isnan(value) ? 0.0F : static_cast<float>(std::clamp(value, -kMost, kMost));
}

}  // namespace sleeve

#endif  // SLEEVE_LEARN_FINITE_FLOAT_H_
