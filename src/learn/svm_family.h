// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SVM_FAMILY_H_
#define SLEEVE_LEARN_SVM_FAMILY_H_

#include <cstdint>
#include <span>
#include <vector>

#include <sleeve/result.h>

#include "learn/family.h"
#include "learn/pair_sums.h"
#include "learn/svm.h"

namespace sleeve {

// SVMs of several options on the same rows: kernel values are made once for all costs, of sums that may be
// shared with other rows (folds). What Svm::fit and outputs give, but for the rounding of kernel values;
// without `probabilities` the sharpness stays 1: the order of the classes is the same.
// `train_rows` and `test_rows` are rows of the matrix that `sums` are of; every kind needed must be there.
// Errors as Svm::fit.
Result<std::vector<FamilyOutputs>> svm_family(std::span<const SvmOptions> options, const TrainingSet& train,
                                              const PairSums& sums, std::span<const size_t> train_rows,
                                              std::span<const size_t> test_rows, const FamilyWants& wants,
                                              uint64_t seed, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SVM_FAMILY_H_
