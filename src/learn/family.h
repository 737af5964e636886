// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_FAMILY_H_
#define SLEEVE_LEARN_FAMILY_H_

#include <cstdint>
#include <span>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "learn/pair_sums.h"
#include "learn/pipeline.h"

// Many pipelines on the same rows, sharing what they have in common: transforms that begin alike are fitted
// once, a forest of 1000 trees answers for those of 10 and 100, features are binned once for all forests,
// and SVMs share the sums that their kernels are made of, with those of other folds, too.
namespace sleeve {

// What is wanted beside the outputs for the test rows.
struct FamilyWants {
  bool train_outputs = false;
  bool probabilities = true;  // false: only the order of a row's outputs counts, which may save work
};

struct FamilyOutputs {
  Matrix test;
  Matrix train;  // empty unless wanted
};

// Sums over the pairs of rows of the matrix that a fold's training and test rows are taken from.
struct SharedRows {
  const PairSums& sums;
  std::span<const size_t> train;
  std::span<const size_t> test;
};

// The sums that pipelines without transforms can share between folds of `x`; none if they would not fit
// into memory, or for histograms where x has values below 0. kCancelled.
Result<PairSums> shareable_sums(std::span<const PipelineSpec> pipelines, const Matrix& x,
                                const WorkContext& context);

// At most how many bytes of kernel values lie in memory while the pipelines are fitted on so many rows; 0 for
// those that have none.
double kernel_bytes(std::span<const PipelineSpec> pipelines, size_t rows);

// For each pipeline what Pipeline::fit() on the training rows and outputs() give, to the bit but for SVMs,
// whose kernel values may be rounded otherwise. A pipeline's result doesn't depend on the others, unless it
// is an error: then it is that of the first that failed, with the pipeline named. `shared` may be nullptr.
Result<std::vector<FamilyOutputs>> fit_family(std::span<const PipelineSpec> pipelines,
                                              const TrainingSet& train, const Matrix& test,
                                              const SharedRows* shared, const FamilyWants& wants,
                                              uint64_t seed, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_FAMILY_H_
