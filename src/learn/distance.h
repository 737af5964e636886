// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_DISTANCE_H_
#define SLEEVE_LEARN_DISTANCE_H_

#include <span>
#include <string_view>

#include <sleeve/result.h>

#include "learn/matrix.h"

// Sums over two rows of equal length, in double precision and in a fixed order: equal rows give equal
// bits wherever they stand.
namespace sleeve {

double dot_product(std::span<const float> a, std::span<const float> b);
double squared_distance(std::span<const float> a, std::span<const float> b);  // Σ (a-b)²
// Σ (a-b)² / (|a|+|b|), terms of 0/0 being 0: for histograms the χ² distance Σ (a-b)² / (a+b) of
// scikit-learn's additive_chi2_kernel. A value below 0, which a histogram doesn't have, counts with its
// size below the line, so that the distance is defined for every row.
double chi2_distance(std::span<const float> a, std::span<const float> b);
double intersection(std::span<const float> a, std::span<const float> b);  // Σ min(a, b)

// kUsage naming the first row and column below 0; `what` ("knn: metric chi2") starts the message.
Status check_not_negative(const Matrix& x, std::string_view what);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_DISTANCE_H_
