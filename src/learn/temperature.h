// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_TEMPERATURE_H_
#define SLEEVE_LEARN_TEMPERATURE_H_

#include <span>
#include <vector>

// From scores to probabilities by one number (Guo et al. 2017, On Calibration of Modern Neural Networks).
namespace sleeve {

inline constexpr double kLowestSharpness = 1.0 / 64;
inline constexpr double kHighestSharpness = 64.0;

// Scores become probabilities: softmax(sharpness · score). The order of the classes stays.
void softmax(std::span<double> scores, double sharpness);

// The sharpness (one over the temperature) with the least log loss on rows of `classes` scores each and
// their true classes, from `lowest` to the highest above. The truth is taken to be wrong once in rows + 2,
// as Platt's targets are, so that rows that are all right don't make it certain.
double fit_sharpness(std::span<const double> scores, std::span<const size_t> truth, size_t classes,
                     double lowest = kLowestSharpness);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_TEMPERATURE_H_
