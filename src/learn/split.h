// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SPLIT_H_
#define SLEEVE_LEARN_SPLIT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

namespace sleeve {

struct Fold {
  std::vector<size_t> train;  // row numbers, ascending
  std::vector<size_t> test;   // row numbers, ascending
  friend bool operator==(const Fold&, const Fold&) = default;
};

// How rows are divided. "stratified" keeps the classes' shares; "grouped" does so, too, as well
// as it can while no group stands on both sides.
enum class SplitKind { kStratified, kGrouped };

// REQUIRES: labels from 0 to classes-1; groups empty or one per label.
struct SplitInput {
  std::span<const int> labels;  // class per row
  std::span<const int> groups;  // group per row, any numbers; empty means each row is its own group
  int classes = 0;
};

// A class without any row asks for nothing, here and below.
//
// One hold-out: about `test_size` (0 to 1, exclusive) of the rows in `test`; every class keeps a training row
// (grouped: a group). Stratified: each class within one row of its share. Grouped: greedy as
// k_folds(), each side filled in proportion to its size. kUsage if test_size is out of range; kNoData if
// the test part would be empty, saying how many rows or groups there are.
Result<Fold> holdout(SplitKind kind, const SplitInput& input, double test_size, uint64_t seed);

// `folds` folds whose test parts cover every row exactly once. Stratified: each class and each
// fold as even as whole rows allow. Grouped: greedy, the groups whose classes are most uneven first, each
// into the fold where the classes' shares then differ least, as scikit-learn's StratifiedGroupKFold; ties by
// seed. kUsage if folds < 2; kNoData if there are fewer rows (groups) than folds, a class with fewer
// than 2 rows (groups), or a fold would be left without a test row.
Result<std::vector<Fold>> k_folds(SplitKind kind, const SplitInput& input, int folds, uint64_t seed);

// `repeats` times k_folds with seeds derived from `seed`; folds × repeats folds in order. kUsage if
// repeats < 1.
Result<std::vector<Fold>> repeated_k_folds(SplitKind kind, const SplitInput& input, int folds, int repeats,
                                           uint64_t seed);

// A fingerprint of the division, stored with a run: equal if and only if the folds are. SHA-256, 64 hex
// digits.
std::string fingerprint(std::span<const Fold> folds);

// Joins rows into groups: rows that share any key end up in one group, transitively (union-find).
class GroupBuilder {
 public:
  explicit GroupBuilder(size_t rows);
  // REQUIRES: both below `rows`.
  void join(size_t row_a, size_t row_b);
  // Group numbers 0 … n-1 in the order of first appearance.
  [[nodiscard]] std::vector<int> groups() const;

 private:
  size_t root(size_t row);
  std::vector<size_t> parent_;  // never a later row than the row itself
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SPLIT_H_
