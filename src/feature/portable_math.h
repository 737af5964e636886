// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_PORTABLE_MATH_H_
#define SLEEVE_FEATURE_PORTABLE_MATH_H_

// Functions from +, ×, / and square roots alone: the C library's differ in their last bit between CPUs, and
// descriptors have to be the same everywhere.
namespace sleeve {

// For x in [-50, 50]. Relative error below 1e-12.
double portable_exp(double x);
// Natural logarithm of x > 0. Absolute error below 1e-13 for x in [1e-30, 1e30].
double portable_log(double x);
// The real cube root. Relative error below 1e-14.
double portable_cbrt(double x);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_PORTABLE_MATH_H_
