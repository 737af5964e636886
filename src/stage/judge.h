// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_JUDGE_H_
#define SLEEVE_STAGE_JUDGE_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "eval/outcome.h"
#include "model/model_file.h"
#include "stage/run_predictions.h"
#include "stage/task.h"

namespace sleeve {

// One cover with its prediction by a model that has not seen it.
struct JudgedCover {
  std::string path;
  std::string title;
  Sha256 cover;
  int truth = 0;               // of several genres the first; 0 for a number
  int predicted = 0;           // the most probable; 0 for a number
  double confidence = 0;       // probability of `predicted`
  double truth_number = 0;     // kNumber: 0 to 100
  std::string truth_text;      // the class, "Pop, Rock", or "63"
  std::string predicted_text;  // the class, the most probable of the genres, or "58"
  bool right = false;          // for a number: inside the interval
};

// Numbers and label sets, as Judgement's train, test and baseline are for classes.
struct JudgedOutcomes {
  std::optional<Outcome> train;
  std::optional<Outcome> test;
  std::optional<Outcome> baseline;
};

// What a model is worth: on what it learnt from, on what it did not, and what guessing would give.
struct Judgement {
  Goal goal = Goal::kClass;
  std::vector<std::string> class_names;
  std::optional<Evaluation> train;
  std::optional<Evaluation> test;
  std::optional<Evaluation> baseline;      // the training rows' largest class (or mean), on the test rows
  JudgedOutcomes outcomes;                 // instead of these three where the goal is not a class
  std::optional<ConformalCheck> interval;  // kNumber with an interval and test rows
  std::vector<JudgedCover> covers;         // the test rows
  std::vector<int> groups;                 // of each of them
  Matrix probabilities;                    // the pipeline's outputs for the test rows
};
// {"train", "test", "baseline"}; for numbers also "interval" and "points": [truth, predicted] of each test
// cover.
Json to_json(const Judgement& judgement);

// Judges a fitted pipeline. `train_rows` and `test_rows` are rows of the task; either may be empty.
// `interval`: the model's, to be held against the test rows.
Result<Judgement> judge(const LoadedTask& loaded, const Pipeline& pipeline,
                        std::span<const size_t> train_rows, std::span<const size_t> test_rows, uint64_t seed,
                        const std::optional<PredictionInterval>& interval = {});

// The predictions of the test rows, for the run's record; none without test rows, and for what are no
// classes.
RunPredictions predictions_of(const Judgement& judgement, const std::string& pipeline);

// A sentence for every class that no test cover is of.
void add_class_warnings(const Judgement& judgement, std::vector<std::string>& warnings);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_JUDGE_H_
