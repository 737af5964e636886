// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_SIGNIFICANCE_H_
#define SLEEVE_EVAL_SIGNIFICANCE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"

// Is there a signal at all, and is one model better than another? All p values are for one comparison:
// who tries twenty models finds one of them at 0.05 by chance.
namespace sleeve {

// How good the labels are when they are dealt out anew.
struct LabelPermutation {
  double observed = 0;           // the score of the labels as they are
  double p_value = 1;            // (1 + permutations that score as high) / (1 + permutations)
  std::vector<double> permuted;  // the scores of the permutations
  size_t movable_rows = 0;       // rows in groups whose labels can change at all
};

// Higher is better. Called from several threads at once.
using LabelScore = std::function<Result<double>(std::span<const int> labels)>;

// Tests whether covers tell anything about labels (Ojala & Garriga 2010, test 1), where covers of one group
// are not independent: the labels of a whole group go, in their order, to another group of the same size
// (whole-block exchange, Winkler et al. 2015), so that every permutation has the classes and the groups'
// inner likeness of the original. `groups` may be empty: each row its own. A group of a size that no other
// has keeps its labels, which can only raise p; movable_rows says how much that concerns. Whatever
// depends on labels, stratified folds included, belongs inside `score`. Same seed, same bits, for any
// number of threads.
// kNoData if no exchange changes anything; kCancelled; else the first error of `score`.
// REQUIRES: groups empty or one per label; permutations > 0.
Result<LabelPermutation> permute_labels(std::span<const int> labels, std::span<const int> groups,
                                        const LabelScore& score, int permutations, uint64_t seed,
                                        const WorkContext& context);

// Two classifiers on the same rows: those that only one of them got right (McNemar 1947). It takes rows for
// independent; where groups hold several rows, paired_permutation_test() is the honest one.
struct McNemar {
  int64_t only_first = 0;
  int64_t only_second = 0;
  double p_exact = 1;  // binomial, two-sided
  double chi_squared =
      0;  // (max(0, |only_first - only_second| - 1))² / both, with Edwards' continuity correction
  double p_chi_squared = 1;
};
// REQUIRES: counts not negative.
McNemar mcnemar(int64_t only_first, int64_t only_second);
// REQUIRES: all of the same length.
McNemar mcnemar(std::span<const int> truth, std::span<const int> first, std::span<const int> second);

// Two pipelines on the same folds: t test of the differences of their scores, with the variance widened by
// test rows / training rows because the folds' training sets overlap (Nadeau & Bengio 2003; for repeated
// k-fold, Bouckaert & Frank 2004). Two-sided.
struct ResampledT {
  double mean = 0;
  double t = 0;  // infinite if all differences are the same, not 0
  double p_value = 1;
};
// `differences`: one per fold, of all repeats; the row counts are those of one fold (their mean).
// REQUIRES: at least two differences, finite; train_rows > 0.
ResampledT corrected_resampled_t(std::span<const double> differences, double train_rows, double test_rows);

// Two sets of predictions of the same rows: how often a difference of their scores as large, either way,
// arises when for every group it is left to chance which set its predictions belong to. With so few groups
// that differ that all 2^groups ways are no more than `permutations`, all are tried and p is exact; else p
// has the +1 rule.
struct PairedPermutation {
  double difference = 0;  // metric of first - metric of second
  double p_value = 1;
  size_t differing_groups = 0;
  bool exact = false;
};
// `groups` may be empty: each row its own. Same seed, same bits, for any number of threads.
// REQUIRES: as ConfusionMatrix::of() for both; groups empty or one per row; metric is one of metric_names();
// permutations > 0.
PairedPermutation paired_permutation_test(std::span<const int> truth, std::span<const int> first,
                                          std::span<const int> second, std::span<const int> groups,
                                          int classes, const std::string& metric, uint64_t seed,
                                          int permutations = 10000);

// p values that hold for all comparisons together: who calls those below 0.05 differences is wrong about any
// of them in at most one of twenty cases (Holm 1979). In the order given; never below the p value itself, at
// most 1. REQUIRES: from 0 to 1.
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_SIGNIFICANCE_H_
