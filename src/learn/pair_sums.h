// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_PAIR_SUMS_H_
#define SLEEVE_LEARN_PAIR_SUMS_H_

#include <array>
#include <cstddef>
#include <memory>

#include <sleeve/result.h>

#include "base/progress.h"
#include "learn/matrix.h"

// What the kernels of all pairs of rows of a matrix are made of, computed once for all kernels, costs and
// folds. Nothing is learnt here: a pair's sum depends on its two rows and nothing else, so that sums of
// test rows may lie beside those of training rows without leaking.
namespace sleeve {

class SymmetricSums;

// What a kernel is a function of, beside the squares of the two rows: their product, χ² distance or
// intersection.
enum class PairSum { kProduct, kChi2, kIntersection };

// The sums of one matrix, each kind once.
class PairSums {
 public:
  // Whether all sums of one kind fit into a quarter of the memory.
  [[nodiscard]] static bool fit_in_memory(size_t rows);
  // Does nothing if they are there already. kCancelled. REQUIRES: fit_in_memory(), and always the same
  // matrix; for χ² and intersections: no values below 0.
  Status add(PairSum kind, const Matrix& x, const WorkContext& context);
  // nullptr if not added. Thread-safe while nothing is added.
  [[nodiscard]] const SymmetricSums* find(PairSum kind) const;

 private:
  std::array<std::shared_ptr<const SymmetricSums>, 3> sums_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_PAIR_SUMS_H_
