// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_PREDICT_H_
#define SLEEVE_STAGE_PREDICT_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "base/error.h"
#include "base/json.h"
#include "base/progress.h"
#include "model/augmentation.h"
#include "model/model_file.h"

namespace sleeve {

// What a model says of one file.
struct Prediction {
  std::string path;
  std::optional<Error> error;        // set: the file could not be judged, and why
  Sha256 cover;                      // of its bytes
  int predicted = 0;                 // class number
  std::vector<float> probabilities;  // one per class of the model; of a number empty
  double number = 0;                 // what a model of numbers says, within 0 to 100
};

struct PredictReport {
  size_t done = 0;
  size_t failed = 0;
  bool cancelled = false;
};

// {"path", "genre", "confidence", "probabilities"} — "class" for a model of popularity classes, "genres"
// (those of at least even odds) for one of several genres — or {"path", "popularity", "interval": [low,
// high]}, or {"path", "error"}.
Json to_json(const Prediction& prediction, const Model& model);

// What the model's interval comes to around a predicted number, within 0 to 100; the whole of it if the model
// has none.
std::pair<double, double> interval_around(double number, const Model& model);
// Of several genres those of at least even odds, the most probable first.
std::vector<size_t> likely_labels(const Prediction& prediction);

// The files that `paths` name: files as they are, folders with every file below them (hidden ones
// left out), in order. A path that isn't there stays in the list: it becomes an error of its own.
std::vector<std::filesystem::path> files_below(std::span<const std::filesystem::path> paths);

// Judges the files on all threads and hands each prediction over in the order of the list, as soon
// as it is ready. Errors of single files are in their predictions; the whole fails only if the
// model's descriptors can't be made. Answers are averaged over `test_copies` copies of each cover beside
// itself; by default over as many as when the model was trained.
Result<PredictReport> predict(const Model& model, std::span<const std::filesystem::path> files,
                              const std::function<void(const Prediction&)>& take, const WorkContext& context,
                              std::optional<int> test_copies = {});

}  // namespace sleeve

#endif  // SLEEVE_STAGE_PREDICT_H_
