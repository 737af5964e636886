// SPDX-License-Identifier: Apache-2.0
#include "learn/temperature.h"

#include <algorithm>
#include <cmath>

namespace sleeve {
namespace {

// The derivative of the log loss by the sharpness; it rises with it, for the loss is convex.
double slope(std::span<const double> scores, std::span<const size_t> truth, size_t classes,
             double sharpness) {
  const double wrong = 1.0 / static_cast<double>(truth.size() + 2);
  std::vector<double> shares(classes);
  double sum = 0.0;
  for (size_t row = 0; row < truth.size(); ++row) {
    const auto own = scores.subspan(row * classes, classes);
    std::ranges::copy(own, shares.begin());
    softmax(shares, sharpness);
    for (size_t k = 0; k < classes; ++k) {
      const double target = k == truth[row] ? 1.0 - wrong : wrong / static_cast<double>(classes - 1);
      sum += (shares[k] - target) * own[k];
    }
  }
  return sum;
}

}  // namespace

void softmax(std::span<double> scores, double sharpness) {
  const double largest = *std::ranges::max_element(scores);
  double sum = 0.0;
  for (double& score : scores) sum += score = std::exp(sharpness * (score - largest));
  for (double& score : scores) score /= sum;
}

double fit_sharpness(std::span<const double> scores, std::span<const size_t> truth, size_t classes,
                     double lowest) {
  if (truth.empty() || classes < 2) return 1.0;
  double low = std::log(lowest);
  double high = std::log(kHighestSharpness);
  constexpr int kHalvings = 40;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2.0;
    (slope(scores, truth, classes, std::exp(middle)) < 0.0 ? low : high) = middle;
  }
  return std::clamp(std::exp((low + high) / 2.0), lowest, kHighestSharpness);
}

}  // namespace sleeve
