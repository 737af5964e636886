// SPDX-License-Identifier: Apache-2.0
#include "learn/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>

namespace sleeve {
namespace {

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void add_scaled(std::vector<double>& to, double factor, const std::vector<double>& from) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

double largest(const std::vector<double>& values) {
  double result = 0.0;
  for (const double value : values) result = std::max(result, std::abs(value));
  return result;
}

struct Point {
  std::vector<double> at;
  std::vector<double> gradient;
  double value = 0.0;
};

struct Pair {
  std::vector<double> step;
  std::vector<double> change;  // of the gradient
  double product;
};

// Minus the inverse Hessian's approximation times the gradient: the two-loop recursion.
std::vector<double> descent(const std::vector<double>& gradient, const std::deque<Pair>& pairs) {
  std::vector<double> direction = gradient;
  std::vector<double> factors(pairs.size());
  for (size_t k = pairs.size(); k-- > 0;) {
    factors[k] = dot(pairs[k].step, direction) / pairs[k].product;
    add_scaled(direction, -factors[k], pairs[k].change);
  }
  // Before there is any pair, a first step of length 1 at most.
  const double scale = pairs.empty() ? 1.0 / std::max(1.0, std::sqrt(dot(gradient, gradient)))
                                     : pairs.back().product / dot(pairs.back().change, pairs.back().change);
  for (double& part : direction) part *= scale;
  for (size_t k = 0; k < pairs.size(); ++k) {
    const double factor = factors[k] - dot(pairs[k].change, direction) / pairs[k].product;
    add_scaled(direction, factor, pairs[k].step);
  }
  for (double& part : direction) part = -part;
  return direction;
}

// The next point along `direction`; false if none is lower within the precision of doubles.
bool search_line(const Objective& objective, const Point& from, const std::vector<double>& direction,
                 Point& to) {
  constexpr double kDecrease = 1e-4;
  constexpr double kCurvature = 0.9;
  constexpr int kTries = 60;
  const double slope = dot(from.gradient, direction);
  if (!(slope < 0.0)) return false;
  double low = 0.0;
  double high = std::numeric_limits<double>::infinity();
  double step = 1.0;
  for (int i = 0; i < kTries; ++i) {
    to.at = from.at;
    add_scaled(to.at, step, direction);
    to.value = objective(to.at, to.gradient);
    if (!(to.value <= from.value + kDecrease * step * slope)) {
      high = step;
    } else if (dot(to.gradient, direction) < kCurvature * slope) {
      low = step;
    } else {
      return true;
    }
    step = std::isinf(high) ? 2.0 * low : 0.5 * (low + high);
  }
  return false;
}

}  // namespace

LbfgsResult minimise(const Objective& objective, std::vector<double> start, const LbfgsSettings& settings,
                     const std::function<bool()>& stopping) {
  const size_t size = start.size();
  Point now{std::move(start), std::vector<double>(size), 0.0};
  now.value = objective(now.at, now.gradient);
  Point next{{}, std::vector<double>(size), 0.0};
  std::deque<Pair> pairs;
  LbfgsResult result;
  while (largest(now.gradient) > settings.tolerance && result.iterations < settings.max_iterations &&
         !stopping()) {
    if (!search_line(objective, now, descent(now.gradient, pairs), next)) {
      if (pairs.empty()) break;
      pairs.clear();  // the curvature learnt so far may be what misleads: once more, straight down
      continue;
    }
    ++result.iterations;
    Pair pair{next.at, next.gradient, 0.0};
    add_scaled(pair.step, -1.0, now.at);
    add_scaled(pair.change, -1.0, now.gradient);
    pair.product = dot(pair.step, pair.change);
    if (pair.product > 0.0) pairs.push_back(std::move(pair));
    if (pairs.size() > settings.memory) pairs.pop_front();
    std::swap(now, next);
  }
  result.largest_gradient = largest(now.gradient);
  result.converged = result.largest_gradient <= settings.tolerance;
  result.at = std::move(now.at);
  return result;
}

}  // namespace sleeve
