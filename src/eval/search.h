// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_SEARCH_H_
#define SLEEVE_EVAL_SEARCH_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "eval/objective.h"
#include "eval/outcome.h"
#include "eval/task.h"
#include "learn/pipeline.h"

namespace sleeve {

// Keeps what a search has done, so that one that was stopped goes on where it was. Called by one thread at a
// time.
class SearchJournal {
 public:
  virtual ~SearchJournal() = default;
  virtual std::optional<std::string> find(const std::string& key) = 0;
  virtual Status put(std::span<const std::pair<std::string, std::string>> parts) = 0;  // all or none
};

struct SearchOptions {
  const Objective* objective = nullptr;
  uint64_t seed = 0;
  // Successive halving (Jamieson & Talwalkar 2016; scikit-learn HalvingGridSearchCV): all candidates on few
  // training rows, the best 1/factor of them on factor times as many, …, the last on all. 0: none.
  int halving_factor = 0;
  // Everything that the scores depend on beside the pipeline and the fold: data, features, folds.
  std::string journal_key;
};

struct Candidate {
  PipelineSpec pipeline;
  // [fold][objective of the goal]. With halving those of the last round that it was in.
  std::vector<std::vector<std::optional<double>>> fold_scores;
  OutcomeSummary summary;     // of the objective that was searched for
  double training_share = 1;  // of a fold's training rows that these scores are of
};

struct SearchResult {
  std::vector<Candidate> candidates;  // in the order given
  std::vector<size_t> ranking;        // best first; of equal ones the one given first
  size_t fits = 0;                    // candidate × fold, done now
  size_t reused = 0;                  // taken from the journal

  [[nodiscard]] const Candidate& best() const { return candidates[ranking[0]]; }
};

// Scores every candidate on every fold. The search sees nothing but the task: what it is worth must be asked
// on rows that were not in it. `journal` may be nullptr. Errors as run_folds; kCancelled keeps the folds
// that were done in the journal.
Result<SearchResult> search(const Task& task, std::span<const Fold> folds, size_t folds_per_repeat,
                            std::span<const PipelineSpec> candidates, const SearchOptions& options,
                            SearchJournal* journal, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_SEARCH_H_
