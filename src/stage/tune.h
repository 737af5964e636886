// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_TUNE_H_
#define SLEEVE_STAGE_TUNE_H_

#include <optional>
#include <string>
#include <vector>

#include "eval/grid.h"
#include "eval/nested.h"
#include "eval/search.h"
#include "stage/train.h"

namespace sleeve {

struct TuneOptions {
  Question question;
  FeatureSet features;
  Grid grid;
  const Objective* objective = nullptr;
  SplitKind split = SplitKind::kGrouped;
  int folds = 5;  // of sets that don't say
  int repeats = 1;
  double test_size = 0.2;  // held out from the search; 0: nothing, no honest score
  int nested = 0;          // outer folds that the search is judged by; 0: not done
  int halving_factor = 0;  // 0: every candidate on all covers
  uint64_t seed = 22;
  bool fresh = false;         // forgets what an earlier search has done
  std::filesystem::path out;  // empty: the model is not written
  Augmentation augmentation = {};
};
Json to_json(const TuneOptions& options);

struct TunedSet {
  std::string name;
  int folds = 0;
  int repeats = 0;
  std::string folds_fingerprint;
  SearchResult result;
  double seconds = 0;
};

struct NestedReport {
  int folds = 0;
  NestedResult result;
  std::optional<Evaluation> evaluation;  // classes: of all outer test rows together
  std::optional<Outcome> outcome;        // labels and numbers
};

struct TuneReport {
  std::string metric;
  Goal goal = Goal::kClass;
  std::vector<TunedSet> sets;
  PipelineSpec best;   // of all sets
  PipelineSpec final;  // what was fitted: the best, unless the grid names another
  TrainReport trained;
  std::optional<NestedReport> nested;
  size_t tried = 0;  // different pipelines
  double seconds = 0;
  int64_t run_id = 0;
};
Json to_json(const TuneReport& report);

// Searches on the training part, fits what is best there, judges it on the held-out part, which the search
// never saw, and records the run. What a stopped search has done is kept in the catalogue and used by the
// next. Errors: load_task's, the splits', the pipelines', the file's.
Result<TuneReport> tune(Workspace& workspace, const TuneOptions& options, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_TUNE_H_
