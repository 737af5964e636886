// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_INTERVAL_H_
#define SLEEVE_EVAL_INTERVAL_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "eval/metrics.h"

namespace sleeve {

struct Interval {
  double low = 0;
  double high = 0;
};

// 95 % percentile bootstrap intervals (Efron & Tibshirani 1993) of every metric in metric_names(). Whole
// groups are drawn with replacement, because covers of one artist are not independent: rows drawn one by one
// would give intervals that are too narrow. `groups` may be empty: each row its own group. Same seed, same
// bits, whatever the number of threads. A class that a replicate doesn't hold has no part in its
// averages, as in score(). Both ends are 0 without rows.
// REQUIRES: as ConfusionMatrix::of(); groups empty or one per row; replicates > 0.
std::map<std::string, Interval> bootstrap_intervals(std::span<const int> truth,
                                                    std::span<const int> predicted,
                                                    std::span<const int> groups, int classes, uint64_t seed,
                                                    int replicates = 2000);

// The same for the difference of two sets of predictions of the same rows, metric of second - metric of
// first: each replicate draws groups once, for both, so that what is hard for both cancels out. REQUIRES: as
// above, for both.
std::map<std::string, Interval> bootstrap_differences(std::span<const int> truth, std::span<const int> first,
                                                      std::span<const int> second,
                                                      std::span<const int> groups, int classes, uint64_t seed,
                                                      int replicates = 2000);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_INTERVAL_H_
