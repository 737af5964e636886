// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LABEL_SUSPICIOUS_H_
#define SLEEVE_STAGE_LABEL_SUSPICIOUS_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "label/confident.h"
#include "label/decisions.h"
#include "stage/task.h"

// Labels that a model which had not seen them contradicts, and what a person says of them.
namespace sleeve {

struct LabelSuspiciousOptions {
  FeatureSet features;
  PipelineSpec pipeline;
  int folds = 5;
  uint64_t seed = 22;
  double plant = 0;     // change this share of the labels first, and say how many of these are found
  bool effect = false;  // measure what cleaning the training folds does
};

struct SuspiciousCover {
  std::string id;  // the first 12 digits of the cover's hash
  Sha256 cover;
  std::string path;
  std::string title;
  std::string label;
  std::string suggested;
  double p_label = 0;
  double p_suggested = 0;
  bool planted = false;  // its label was changed on purpose
};

struct PlantedNoise {
  double share = 0;
  size_t changed = 0;
  size_t found = 0;      // of the suspicious
  double precision = 0;  // of the suspicious the share that was changed
  double recall = 0;     // of the changed the share that is suspicious
};

// One way of cleaning the training folds, judged on test folds that nobody cleaned.
struct CleaningArm {
  std::string name;       // "as labelled", "contradictory kept", "suspicious dropped"
  double train_rows = 0;  // mean over folds
  Evaluation test;        // pooled over all folds
  double difference = 0;  // of macro-F1 to "as labelled"
  double p_value = 1;     // paired permutation test by groups
};

struct LabelSuspiciousReport {  // NOLINT(bugprone-exception-escape): Json's move throws nothing
  Json dataset;
  std::string features;
  std::string pipeline;
  int folds = 0;
  std::vector<std::string> class_names;
  LabelErrors errors;
  std::vector<SuspiciousCover> covers;  // but for accepted ones
  size_t accepted_before = 0;           // suspicious, but a person said that they are right
  std::optional<PlantedNoise> planted;
  std::vector<CleaningArm> arms;
  std::vector<std::string> warnings;
  double seconds = 0;
};
Json to_json(const LabelSuspiciousReport& report);

// Out-of-fold probabilities by grouped cross-validation, then confident learning (label/confident.h). Changes
// no label. Errors: load_task's, the split's, the pipeline's; kCancelled.
Result<LabelSuspiciousReport> label_suspicious(Workspace& workspace, const LabelSuspiciousOptions& options,
                                               const WorkContext& context);

// One line per cover: id, label, suggested, both probabilities, title, path.
Status write_suspicious(const LabelSuspiciousReport& report, const std::filesystem::path& path);

struct ReviewOptions {
  std::vector<std::string> ids;      // first hex digits (6 or more) of covers' hashes
  bool accept = true;                // the label is right; else it is wrong
  std::optional<std::string> genre;  // with a rejected label: the right one; nothing: left out
  std::string note;                  // the person's reason
};
// {"covers": [{id, title, path}], "decisions": …}. kNotFound or kUsage naming the id that fits no cover, or
// several; nothing is recorded then.
Result<Json> review_labels(Workspace& workspace, const ReviewOptions& options);

// label_effect.cc: every arm on the same folds. Test rows are all that have one label; contradictory covers
// only ever train. Suspicious rows are found by a cross-validation inside each training part.
Result<std::vector<CleaningArm>> measure_cleaning(Workspace& workspace, const LabelSuspiciousOptions& options,
                                                  const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LABEL_SUSPICIOUS_H_
