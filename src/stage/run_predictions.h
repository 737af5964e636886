// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_RUN_PREDICTIONS_H_
#define SLEEVE_STAGE_RUN_PREDICTIONS_H_

#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/hash.h"
#include "learn/matrix.h"
#include "store/catalogue.h"

namespace sleeve {

// The covers that a run's models were judged on, one row each. A cover that stands under several genres
// may have several rows.
struct PredictedRows {
  std::vector<std::string> class_names;
  std::vector<Sha256> covers;
  std::vector<int> truth;   // class per row
  std::vector<int> folds;   // which fold tested the row; 0 for a hold-out
  std::vector<int> groups;  // rows of one number are not independent
  friend bool operator==(const PredictedRows&, const PredictedRows&) = default;
};

// What one pipeline said of them, each time fitted without the row and its group.
struct ModelPredictions {
  std::string pipeline;        // PipelineSpec::text()
  std::vector<int> predicted;  // class per row
  Matrix probabilities;        // rows × classes
  friend bool operator==(const ModelPredictions&, const ModelPredictions&) = default;
};

struct RunPredictions {
  PredictedRows rows;
  std::vector<ModelPredictions> models;
  friend bool operator==(const RunPredictions&, const RunPredictions&) = default;
};

// The bytes that the catalogue keeps: format 1 of docs/formats.md.
// REQUIRES: all of a length, classes from 0 on and known by name.
std::vector<RunPart> encode_predictions(const RunPredictions& predictions);

// kNoData if there are none; kCorrupt for any damage, saying which part has it; kUnsupported for a newer
// format. What is returned keeps all that encode_predictions() requires; probabilities are finite.
Result<RunPredictions> decode_predictions(const std::vector<RunPart>& parts);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_RUN_PREDICTIONS_H_
