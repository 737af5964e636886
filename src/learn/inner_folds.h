// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_INNER_FOLDS_H_
#define SLEEVE_LEARN_INNER_FOLDS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "learn/pipeline.h"
#include "learn/split.h"

// Training rows divided once more, for what has to be learnt from answers to unseen rows (calibration,
// stacking). For this room's .cc files only.
namespace sleeve {

// k_folds() of the training rows: strata as strata_of(), groups together, every row in at most one test
// part. Where that many can't be, as many as can: no more than there are groups, and rows whose class
// has no other group are trained on in every fold and tested in none. Empty if not even two can be.
std::vector<Fold> inner_folds(const TrainingSet& data, int folds, uint64_t seed);

// What pipelines answered to rows that they had not seen.
struct UnseenAnswers {
  std::vector<size_t> rows;  // rising; those that were in a test part
  Matrix outputs;            // one row each
};
// Fits the whole pipeline, transforms and all, on the training part of every fold. In parallel; the bits
// don't depend on the number of threads. Errors as Pipeline::fit.
Result<UnseenAnswers> answer_unseen(const PipelineSpec& spec, const TrainingSet& data,
                                    const std::vector<Fold>& folds, uint64_t seed,
                                    const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_INNER_FOLDS_H_
