// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SYMMETRIC_SUMS_H_
#define SLEEVE_LEARN_SYMMETRIC_SUMS_H_

#include <span>
#include <vector>

#include "base/progress.h"
#include "learn/kernel.h"
#include "learn/matrix.h"
#include "learn/pair_sums.h"

// For this room's .cc files only.
namespace sleeve {

// The products, χ² distances or intersections of all pairs of rows: rows² doubles.
class SymmetricSums {
 public:
  SymmetricSums(PairSum kind, const Matrix& x, const WorkContext& context);

  // k(a_i, b_j) for rows a and b of the matrix.
  [[nodiscard]] Rows kernel_values(const Kernel& kernel, std::span<const size_t> a,
                                   std::span<const size_t> b) const;

 private:
  Rows sums_;
  std::vector<double> squares_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SYMMETRIC_SUMS_H_
