// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_REGRESSION_METRICS_H_
#define SLEEVE_EVAL_REGRESSION_METRICS_H_

#include <cstddef>
#include <optional>
#include <span>

// How near predicted numbers (a popularity from 0 to 100) come to the true ones, and whether they rank alike.
// REQUIRES everywhere: as many predictions as truths, all finite.
namespace sleeve {

// Mean absolute error and root of the mean squared error, in the unit of the truth. 0 without rows.
double mean_absolute_error(std::span<const double> truth, std::span<const double> predicted);
double root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted);

// 1 - squared errors / squared deviations of the truth from its own mean: 1 is perfect, 0 is what
// that mean would get, below is worse. Where the truth is constant: 1 if it is hit exactly, else 0, as
// scikit-learn has it. nullopt with fewer than two rows.
std::optional<double> r_squared(std::span<const double> truth, std::span<const double> predicted);

// Rank correlations, from -1 to 1. Spearman: the correlation of ranks, equal values sharing their mean
// rank. Kendall: tau-b (Kendall 1945), corrected for ties on both sides, in O(n log n) (Knight 1966).
// nullopt with fewer than two rows, or where either side is constant.
std::optional<double> spearman(std::span<const double> truth, std::span<const double> predicted);
std::optional<double> kendall_tau(std::span<const double> truth, std::span<const double> predicted);

// All of them.
struct RegressionScores {
  size_t rows = 0;
  double mae = 0;
  double rmse = 0;
  std::optional<double> r_squared;
  std::optional<double> spearman;
  std::optional<double> kendall_tau;
};
RegressionScores score_regression(std::span<const double> truth, std::span<const double> predicted);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_REGRESSION_METRICS_H_
