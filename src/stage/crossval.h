// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_CROSSVAL_H_
#define SLEEVE_STAGE_CROSSVAL_H_

#include "stage/task.h"

namespace sleeve {

struct CrossvalOptions {
  Question question;
  FeatureSet features;
  std::vector<PipelineSpec> pipelines;
  SplitKind split = SplitKind::kGrouped;
  int folds = 10;
  int repeats = 1;
  uint64_t seed = 22;
};
Json to_json(const CrossvalOptions& options);

// A cover's prediction by the fold's model that had not seen it (first repeat).
struct OutOfFold {
  std::string path;
  std::string title;
  Sha256 cover;
  size_t fold = 0;
  int truth = 0;
  int group = 0;
};

struct CrossvalReport {
  Json dataset;
  std::string features;
  std::string split;
  int folds = 0;
  int repeats = 0;
  std::string folds_fingerprint;
  std::vector<std::string> class_names;
  std::vector<CrossValidation> results;  // the majority baseline first, then as asked
  std::vector<OutOfFold> covers;         // row i belongs to results[…].predicted[i]
  std::vector<std::string> warnings;
  std::vector<Problem> unreadable;
  int64_t run_id = 0;
  double seconds = 0;
};
Json to_json(const CrossvalReport& report);

// Every pipeline on the same folds, with the majority baseline. Records the run.
Result<CrossvalReport> crossval(Workspace& workspace, const CrossvalOptions& options,
                                const WorkContext& context);

// One line per cover and pipeline: path, title, sha256, group, fold, true, pipeline, predicted,
// then a probability per class. Written in one step.
Status write_predictions(const CrossvalReport& report, const std::filesystem::path& path);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_CROSSVAL_H_
