// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_LEARNING_CURVE_H_
#define SLEEVE_EVAL_LEARNING_CURVE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "eval/cross_validate.h"
#include "eval/objective.h"

namespace sleeve {

// One growing training set: the rows of whole groups in an order of which every beginning has about the
// classes' shares (each class's groups are shuffled and spread evenly over the order).
class GrowingRows {
 public:
  // REQUIRES: labels from 0 to classes-1, one per row of the task; groups empty or one per row; rows of
  // these.
  GrowingRows(std::span<const int> labels, std::span<const int> groups, int classes,
              std::span<const size_t> rows, uint64_t seed);

  // The smallest beginning that has `size` rows, and two classes if the rows have them; ascending.
  // A larger size gives a superset. REQUIRES: size from 1 to the number of rows.
  [[nodiscard]] std::vector<size_t> first(size_t size) const;

 private:
  std::vector<size_t> rows_;  // group after group
  std::vector<size_t> ends_;  // where each group ends
  size_t least_ = 0;          // rows until there are two classes
};

// Mean over folds, and how far it is known: mean ± t √((1/n + 1/(k-1)) variance), 95 %, for n fold scores of
// k folds: the interval of the corrected resampled t test (Nadeau & Bengio 2003) for the full training part,
// for smaller ones a little wide. Cut off where the score's range ends.
struct CurveScore {
  double mean = 0;
  double deviation = 0;
  double low = 0;
  double high = 0;
  std::vector<double> values;  // of each fold that has one
};
// REQUIRES: at least one value; folds >= 2.
CurveScore curve_score(std::vector<double> values, size_t folds, const MetricRange& range = {});

// The folds with smaller training parts, nested from size to size; the test parts stay.
struct CurveStep {
  size_t size = 0;    // as asked
  double covers = 0;  // training rows, mean over folds: whole groups can't be cut
  std::vector<Fold> folds;
};
// A step of which every training part is that of the step before (whole groups can't be cut) is left out.
// Numbers and label sets are divided by what stands for their classes (strata_of).
// kUsage if a size is 0 or larger than the smallest fold's training part, saying how large that is.
// REQUIRES: folds that fit the task.
Result<std::vector<CurveStep>> curve_steps(const Task& task, std::span<const Fold> folds,
                                           std::span<const size_t> sizes, uint64_t seed);

// `steps` sizes in equal distances up to the smallest fold's training part; fewer where it has fewer rows.
// REQUIRES: steps > 0.
std::vector<size_t> even_sizes(std::span<const Fold> folds, size_t steps);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_LEARNING_CURVE_H_
