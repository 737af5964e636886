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
#include "stage/run_predictions.h"
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
};
Json to_json(const TrainOptions& options);

// One cover with its prediction by a model that has not seen it.
struct JudgedCover {
  std::string path;
  std::string title;
  Sha256 cover;
  int truth = 0;
  int predicted = 0;
  double confidence = 0;  // probability of `predicted`
};

// What a model is worth: on what it learnt from, on what it did not, and what guessing would give.
struct Judgement {
  std::vector<std::string> class_names;
  std::optional<Evaluation> train;
  std::optional<Evaluation> test;
  std::optional<Evaluation> baseline;  // the training rows' largest class, on the test rows
  std::vector<JudgedCover> covers;     // the test rows
  std::vector<int> groups;             // of each of them
  Matrix probabilities;                // test rows × classes
};

struct TrainReport {
  Json dataset;
  std::string features;
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
Json to_json(const Judgement& judgement);

// Splits, fits on the training part, judges on both parts, writes the model and records the run.
// Errors: load_task's, the split's, the pipeline's, the file's.
Result<TrainReport> train(Workspace& workspace, const TrainOptions& options, const WorkContext& context);

// The predictions of the test rows, for the run's record; none without test rows.
RunPredictions predictions_of(const Judgement& judgement, const std::string& pipeline);

// A sentence for every class that no test cover is of.
void add_class_warnings(const Judgement& judgement, std::vector<std::string>& warnings);

// Judges a fitted pipeline. `train_rows` and `test_rows` are rows of the task; either may be empty.
Result<Judgement> judge(const LoadedTask& loaded, const Pipeline& pipeline,
                        std::span<const size_t> train_rows, std::span<const size_t> test_rows, uint64_t seed);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_TRAIN_H_
