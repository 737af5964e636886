// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_FOLD_OUTPUTS_H_
#define SLEEVE_EVAL_FOLD_OUTPUTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "eval/task.h"
#include "learn/family.h"

namespace sleeve {

// What is done with a fold's outputs, one per pipeline. Called from any thread: writes only to what belongs
// to its fold.
using TakeFold = std::function<Status(size_t fold, std::vector<FamilyOutputs> outputs)>;

// Fits every pipeline on every fold's training rows (and on nothing else: transforms are learnt inside the
// fold) and hands on what they say of its test rows. Folds run in parallel, as far as memory allows; a
// pipeline's outputs are the same bits for any number of threads and whatever the other pipelines are.
// `progress` names the work; `folds_per_repeat` is for messages. kUsage: a fold that doesn't fit the task, or
// tests a row that it trains on; else the first fold's error, with its name; kCancelled.
struct FoldRun {
  std::span<const Fold> folds;
  size_t folds_per_repeat = 1;
  std::span<const PipelineSpec> pipelines;
  FamilyWants wants;
  uint64_t seed = 0;
  std::string what;  // for progress
  // Only these folds, by their number; empty: all. A fold's outputs don't depend on it.
  std::span<const size_t> only = {};
};
Status run_folds(const Task& task, const FoldRun& run, const WorkContext& context, const TakeFold& take);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_FOLD_OUTPUTS_H_
