// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_PROBABILITY_METRICS_H_
#define SLEEVE_EVAL_PROBABILITY_METRICS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "learn/matrix.h"

// Scores of probabilities, where eval/metrics.h scores the classes chosen by them. Everywhere:
// `probabilities` is rows × classes, each row from 0 to 1 and with sum 1; `truth` is one class per row.
// REQUIRES: as many truths as rows, all from 0 to classes-1; finite probabilities. Without rows the
// losses and shares are 0; what can't be computed (an area where one side is missing) is nullopt.
namespace sleeve {

// Mean of -ln of the true class's probability. As scikit-learn does for floats, probabilities are first
// brought into [e, 1-e], e = 2⁻²³, and each row divided by its sum, so that one certain error costs 16, not
// infinity.
double log_loss(const Matrix& probabilities, std::span<const int> truth);

// Mean over rows of the squared distance between the probabilities and the truth (1 for the true class, 0 for
// the others), summed over all classes (Brier 1950): from 0 to 2, and for two classes twice
// scikit-learn's brier_score_loss.
double brier_score(const Matrix& probabilities, std::span<const int> truth);

// Share of rows whose true class is among the k most probable. Among equals the class of the lower number
// counts as more probable, as in most_probable(): k = 1 gives the accuracy. REQUIRES: k > 0.
double top_k_accuracy(const Matrix& probabilities, std::span<const int> truth, int k);

// Rows whose confidence (the probability of the most probable class) lies in (low, high]; the first bin
// also holds 0. Mean confidence and accuracy are 0 where rows is 0.
struct ReliabilityBin {
  double low = 0;
  double high = 0;
  int64_t rows = 0;
  double confidence = 0;  // mean
  double accuracy = 0;
};
// Bins of equal width from 0 to 1, empty ones included. REQUIRES: bins > 0.
std::vector<ReliabilityBin> reliability_curve(const Matrix& probabilities, std::span<const int> truth,
                                              int bins = 10);
// The expected calibration error of Guo et al. (2017): mean over rows of the bin's |accuracy - confidence|.
// From 0 to 1. It depends on the bins, and for few rows is above 0 even where all is well.
double calibration_error(std::span<const ReliabilityBin> curve);

// How several classes' (or pairs') areas become one: their plain mean, or weighted by their share of rows.
enum class Average { kMacro, kWeighted };

// Area under the ROC curve of one class against all others: the chance that a row of the class gets a
// higher probability for it than another row does, ties counting half. Mean over the classes that some rows,
// but not all, belong to; nullopt if there are none.
std::optional<double> roc_auc_ovr(const Matrix& probabilities, std::span<const int> truth, Average average);

// The same for every pair of classes that both have rows, on the rows of the pair alone, as the mean of both
// ways round (Hand & Till 2001). kWeighted weighs pairs by their rows. nullopt with fewer than two classes.
std::optional<double> roc_auc_ovo(const Matrix& probabilities, std::span<const int> truth, Average average);

// Area under the precision-recall curve as a step function, Σ (R_n - R_(n-1)) P_n over the
// thresholds, of each class against all others; mean over the classes with rows. nullopt without rows.
std::optional<double> average_precision(const Matrix& probabilities, std::span<const int> truth,
                                        Average average);

// The same two for one score per row and a yes or no (positive[i] is 0 or 1): for several labels per row.
// nullopt if all (area) or none (both) are positive. REQUIRES: as many of both; finite scores.
std::optional<double> binary_roc_auc(std::span<const float> scores, std::span<const uint8_t> positive);
std::optional<double> binary_average_precision(std::span<const float> scores,
                                               std::span<const uint8_t> positive);

// The usual ones at once.
struct ProbabilityScores {
  double log_loss = 0;
  double brier = 0;
  double calibration_error = 0;             // 10 bins
  double top2_accuracy = 0;                 // 1 if there are only two classes
  std::optional<double> roc_auc_ovr;        // macro
  std::optional<double> roc_auc_ovo;        // macro
  std::optional<double> average_precision;  // macro
  std::vector<ReliabilityBin> reliability;  // the 10 bins
};
ProbabilityScores score_probabilities(const Matrix& probabilities, std::span<const int> truth);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_PROBABILITY_METRICS_H_
