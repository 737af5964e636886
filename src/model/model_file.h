// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_MODEL_MODEL_FILE_H_
#define SLEEVE_MODEL_MODEL_FILE_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/hash.h"
#include "base/json.h"
#include "feature/feature_set.h"
#include "learn/pipeline.h"

// A trained model on disk: one self-contained `.sleeve` file (docs/formats.md).
namespace sleeve {

// Around a predicted number: half_width to each side held the truth in `coverage` of covers never seen.
struct PredictionInterval {
  double coverage = 0.9;
  double half_width = 0;
};

struct Model {
  std::string target;                     // "genre" or "popularity"
  std::vector<std::string> class_names;   // class number → name
  FeatureSet features;                    // what to extract from a picture
  Pipeline pipeline;                      // what to do with it
  std::vector<Sha256> training_covers;    // so that nobody evaluates on them by mistake,
  std::vector<uint64_t> training_keys;    // nor on covers of their artists (checksums of group keys)
  std::vector<uint64_t> training_hashes;  // nor on their look-alikes (perceptual hashes)
  Json record;                            // how it came about: data, split, options, scores
  std::optional<PredictionInterval> interval = {};  // of a number
};

// Replaces the file in one step.
Status save_model(const Model& model, const std::filesystem::path& path);

// kNotFound, kIo; kCorrupt if the file is no model, truncated or altered; kUnsupported if it was
// written by a newer sleeve, or with a descriptor version that this one doesn't have. Errors name
// the file and say what to do.
Result<Model> load_model(const std::filesystem::path& path);

// The same on bytes, for tests and fuzzing.
Bytes encode_model(const Model& model);
Result<Model> decode_model(std::span<const std::byte> bytes);

// Of the file's bytes: what runs know a model by. Fails as load_model() does.
Result<Sha256> hash_model_file(const std::filesystem::path& path);

}  // namespace sleeve

#endif  // SLEEVE_MODEL_MODEL_FILE_H_
