// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_KERNEL_H_
#define SLEEVE_LEARN_KERNEL_H_

#include <cstddef>
#include <string_view>

#include "learn/blocks.h"
#include "learn/matrix.h"
#include "learn/pair_sums.h"

// Kernel functions of support vector machines, over blocks of rows. For this room's .cc files only.
namespace sleeve {

// In the order of the option's choices.
enum class KernelKind { kLinear, kRbf, kPoly, kSigmoid, kChi2, kIntersection };

PairSum pair_sum_of(KernelKind kind);

// REQUIRES: one of linear, rbf, poly, sigmoid, chi2, intersection.
KernelKind kernel_kind(std::string_view name);
// Whether it is for histograms, which have no values below 0.
bool for_histograms(KernelKind kind);

struct Kernel {
  KernelKind kind = KernelKind::kRbf;
  double gamma = 1.0;
  int degree = 3;
  double coef0 = 0.0;
  friend bool operator==(const Kernel&, const Kernel&) = default;

  // k(a, b) of the rows [a_begin, a_end) of a with [b_begin, b_end) of b, by scikit-learn's definitions:
  //   linear a·b, poly (gamma a·b + coef0)^degree, sigmoid tanh(gamma a·b + coef0), rbf exp(-gamma
  //   |a-b|²), chi2 exp(-gamma Σ (a-b)²/(a+b)), intersection Σ min(a, b).
  // From the rows' sum (see pair_sum_of) and their squares a·a and b·b, which only rbf looks at.
  [[nodiscard]] double value(double sum, double a_square, double b_square) const;
  [[nodiscard]] Rows values(const Matrix& a, size_t a_begin, size_t a_end, const Matrix& b, size_t b_begin,
                            size_t b_end) const;
};

// The sums of the rows [a_begin, a_end) of a with [b_begin, b_end) of b.
Rows pair_sums(PairSum kind, const Matrix& a, size_t a_begin, size_t a_end, const Matrix& b, size_t b_begin,
               size_t b_end);

// What gamma `scale` means: for rbf, poly and sigmoid scikit-learn's 1 / (columns × variance of all
// values); for chi2 one over the mean χ² distance between training rows (Zhang et al. 2007), of at most
// 512 of them, evenly taken. 1 where that would be one over nothing.
double scaled_gamma(KernelKind kind, const Matrix& x);

// An option gamma: `scale`, `auto` (one over the columns), or a number above 0 and at most 1e100.
bool is_gamma(std::string_view gamma);
// As a number for the rows x. REQUIRES: is_gamma(gamma).
double resolved_gamma(std::string_view gamma, KernelKind kind, const Matrix& x);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_KERNEL_H_
