// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_CONFIDENT_H_
#define SLEEVE_LABEL_CONFIDENT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "learn/matrix.h"

namespace sleeve {

// A row whose label is probably wrong.
struct Suspicion {
  size_t row = 0;
  int label = 0;
  int suggested = 0;   // the class it was counted under
  double p_label = 0;  // out-of-fold probability of its label
  double p_suggested = 0;
  [[nodiscard]] double margin() const { return p_suggested - p_label; }
};

struct LabelErrors {
  std::vector<double> thresholds;  // per class: the mean probability of it among its own rows
  std::vector<std::vector<size_t>>
      counts;        // the confident joint: rows labelled i that are counted under class j
  double noise = 0;  // estimated share of wrong labels: the calibrated joint off its diagonal
  std::vector<Suspicion> suspicious;  // the off-diagonal rows, the largest margin first
};

// Confident learning (Northcutt, Jiang & Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset
// Labels", JAIR 70): a row is counted under the most probable of the classes whose probability reaches their
// threshold; rows counted under another class than their label are suspicious (the paper's method "confident
// joint"), ranked by margin. `probabilities` has a row per label, each by a model that had not seen it.
// REQUIRES: labels from 0 to columns-1.
LabelErrors find_label_errors(const Matrix& probabilities, std::span<const int> labels);

// Labels with a share of them changed at random to another class, seeded: to measure what is found. `changed`
// is set to the rows, ascending. REQUIRES: share from 0 to 1, classes >= 2.
std::vector<int> with_noise(std::span<const int> labels, int classes, double share, uint64_t seed,
                            std::vector<size_t>& changed);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_CONFIDENT_H_
