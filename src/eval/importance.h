// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_IMPORTANCE_H_
#define SLEEVE_EVAL_IMPORTANCE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "eval/objective.h"
#include "learn/pipeline.h"

namespace sleeve {

// How much worse an objective became when the columns of a block were shuffled among the rows.
struct Importance {
  ColumnBlock block;
  double drop = 0;       // mean over the repeats; above 0: the model needs the columns
  double deviation = 0;  // sample standard deviation over the repeats; 0 for one
};

struct PermutationImportance {
  double score = 0;                // of the untouched rows
  std::vector<Importance> blocks;  // in the order given
};

// One block for every column, "column 0" ….
std::vector<ColumnBlock> single_columns(size_t columns);

// Permutation importance (Breiman 2001; scikit-learn's permutation_importance) of a fitted pipeline on rows
// that it has not seen: the columns of a block keep each other's company, but are given to other rows, all
// else staying; what the objective loses is the block's importance. Columns that tell the same hide each
// other: shuffle them as one block. Deterministic for a seed, whatever the number of threads.
//
// kUsage: blocks that are not in x, repeats below 1, an objective of another goal than the rows have, or
// pipeline and rows don't fit; kNoData if the objective can't be computed on these rows; kCancelled.
Result<PermutationImportance> permutation_importance(const Pipeline& pipeline, const TrainingSet& unseen,
                                                     std::span<const ColumnBlock> blocks,
                                                     const Objective& objective, int repeats, uint64_t seed,
                                                     const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_IMPORTANCE_H_
