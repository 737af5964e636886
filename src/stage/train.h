// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_TRAIN_H_
#define SLEEVE_STAGE_TRAIN_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "base/progress.h"
#include "model/model_file.h"
#include "stage/judge.h"
#include "stage/task.h"

namespace sleeve {

struct TrainOptions {
  Question question;
  FeatureSet features;
  PipelineSpec pipeline;
  SplitKind split = SplitKind::kGrouped;
  double test_size = 0.2;  // 0: nothing held out, no honest score
  uint64_t seed = 22;
  std::filesystem::path out;  // empty: the model is not written
  Augmentation augmentation = {};
};
Json to_json(const TrainOptions& options);

struct TrainReport {
  Json dataset;
  std::string features;
  Augmentation augmentation;
  std::string pipeline;
  std::string split;
  std::string split_fingerprint;
  Json learner_facts;  // Learner::facts()
  Judgement judgement;
  std::vector<std::string> warnings;
  std::vector<Problem> unreadable;
  std::filesystem::path out;
  std::string model_sha256;
  int64_t run_id = 0;
  double seconds = 0;
};
Json to_json(const TrainReport& report);

// Which rows are trained on and which held out (none with test_size 0).
Result<Fold> divide(const LoadedTask& loaded, const TrainOptions& options);

// Fits on the fold's training rows, judges on both parts, and writes the model; records nothing.
Result<TrainReport> train_on(const LoadedTask& loaded, const Fold& fold, const TrainOptions& options,
                             const WorkContext& context);

// Splits, fits on the training part, judges on both parts, writes the model and records the run.
// Errors: load_task's, the split's, the pipeline's, the file's.
Result<TrainReport> train(Workspace& workspace, const TrainOptions& options, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_TRAIN_H_
