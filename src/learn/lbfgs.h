// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_LBFGS_H_
#define SLEEVE_LEARN_LBFGS_H_

#include <functional>
#include <span>
#include <vector>

namespace sleeve {

// The function's value at `at`; writes its gradient (as many places).
using Objective = std::function<double(std::span<const double> at, std::span<double> gradient)>;

struct LbfgsSettings {
  int max_iterations = 1000;
  double tolerance = 1e-5;  // converged when no part of the gradient is larger
  size_t memory = 10;       // pairs of steps and gradient changes kept
};

struct LbfgsResult {
  std::vector<double> at;
  int iterations = 0;
  double largest_gradient = 0.0;
  bool converged = false;
};

// Minimises a smooth function by limited-memory BFGS (Liu & Nocedal 1989) with a bisecting line
// search for the weak Wolfe conditions (Lewis & Overton 2013). Deterministic if the objective is.
// `stopping` is asked once an iteration; the result so far is returned when it says true.
LbfgsResult minimise(const Objective& objective, std::vector<double> start, const LbfgsSettings& settings,
                     const std::function<bool()>& stopping);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_LBFGS_H_
