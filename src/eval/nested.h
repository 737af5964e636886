// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_NESTED_H_
#define SLEEVE_EVAL_NESTED_H_

#include <functional>
#include <span>
#include <vector>

#include <sleeve/result.h>

#include "eval/search.h"

namespace sleeve {

// What a search is worth: the whole of it is done again inside every outer fold's training rows, and what it
// chose there is judged on the outer fold's test rows, which it never saw (Varma & Simon 2006; Cawley &
// Talbot 2010). So the score is of the way of choosing, not of one choice.
struct NestedFold {
  PipelineSpec chosen;
  double search_score =
      0;  // the chosen one's mean score in the inner search: too good, being the best of many
  std::optional<double> test_score;
};

struct NestedResult {
  std::vector<NestedFold> folds;
  Matrix outputs;  // of each row by what was chosen without it; zeros where no fold tests it
  size_t fits = 0;
  size_t reused = 0;
};

// `inner` divides the outer fold's training rows, given as a task of their own, into folds for the search.
struct InnerFolds {
  std::vector<Fold> folds;
  size_t per_repeat = 1;
};
using MakeInnerFolds = std::function<Result<InnerFolds>(const Task& training)>;

// Errors as search(), with the outer fold named.
Result<NestedResult> nested_search(const Task& task, std::span<const Fold> outer, const MakeInnerFolds& inner,
                                   std::span<const PipelineSpec> candidates, const SearchOptions& options,
                                   SearchJournal* journal, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_NESTED_H_
