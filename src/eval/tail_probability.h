// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_TAIL_PROBABILITY_H_
#define SLEEVE_EVAL_TAIL_PROBABILITY_H_

#include <cstdint>

// The tails of the distributions that the tests of eval/significance.h need, exact to about 1e-12 relative.
namespace sleeve {

// P(|T| ≥ |t|) for Student's t with `freedom` degrees of freedom. 0 for infinite t. REQUIRES: freedom > 0.
double student_t_two_sided(double t, int freedom);

// P(X ≥ x) for χ² with one degree of freedom. REQUIRES: x ≥ 0.
double chi_squared_tail(double x);

// The two-sided sign test: twice the chance of at most `fewer` heads among `tosses` of a fair coin, at
// most 1. REQUIRES: 0 ≤ fewer ≤ tosses.
double sign_test(int64_t fewer, int64_t tosses);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_TAIL_PROBABILITY_H_
