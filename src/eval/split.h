// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_SPLIT_H_
#define SLEEVE_EVAL_SPLIT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"

namespace sleeve {

struct Fold {
  std::vector<size_t> train;  // row numbers, ascending
  std::vector<size_t> test;   // row numbers, ascending
  friend bool operator==(const Fold&, const Fold&) = default;
};

// How rows are divided. "stratified" keeps the classes' shares; "grouped" does so, too, as well
// as it can while no group stands on both sides.
enum class SplitKind { kStratified, kGrouped };

struct SplitInput {
  std::span<const int> labels;  // class per row
  std::span<const int> groups;  // group per row, any numbers; empty means each row is its own group
  int classes = 0;
};

// One hold-out: about `test_size` (0 to 1, exclusive) of the rows in `test`.
// kNoData if a class would have no training row or if the test part would be empty, saying how many rows and
// groups there are.
Result<Fold> holdout(SplitKind kind, const SplitInput& input, double test_size, uint64_t seed);

// `folds` folds whose test parts cover every row exactly once. Grouped: greedy, largest and most
// uneven groups first, as scikit-learn's StratifiedGroupKFold, ties by seed. kUsage if folds < 2; kNoData if
// there are fewer rows (groups) than folds or a class with fewer than 2 rows (groups).
Result<std::vector<Fold>> k_folds(SplitKind kind, const SplitInput& input, int folds, uint64_t seed);

// `repeats` times k_folds with seeds derived from `seed`; folds × repeats folds in order.
Result<std::vector<Fold>> repeated_k_folds(SplitKind kind, const SplitInput& input, int folds, int repeats,
                                           uint64_t seed);

// A fingerprint of the division, stored with a run: equal if and only if the folds are.
std::string fingerprint(std::span<const Fold> folds);

// Joins rows into groups: rows that share any key end up in one group, transitively (union-find).
class GroupBuilder {
 public:
  explicit GroupBuilder(size_t rows);
  void join(size_t row_a, size_t row_b);
  // Group numbers 0 … n-1 in the order of first appearance.
  [[nodiscard]] std::vector<int> groups() const;

 private:
  [[nodiscard]] size_t root(size_t row) const;
  std::vector<size_t> parent_;
};

}  // namespace sleeve

#endif  // SLEEVE_EVAL_SPLIT_H_
