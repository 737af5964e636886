// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_CROSSVAL_H_
#define SLEEVE_STAGE_CROSSVAL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/outcome.h"
#include "eval/significance.h"
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
  int permutations = 0;  // of the labels, to test each model for any signal at all; 0: no test
  Augmentation augmentation = {};
};
Json to_json(const CrossvalOptions& options);

// The goal's baseline, then the pipelines that were asked for, each once: it is part of every comparison.
Result<std::vector<PipelineSpec>> with_baseline(const std::vector<PipelineSpec>& asked,
                                                Goal goal = Goal::kClass);
// The folds of all repeats. `labels`: the rows', or others in their place. Errors as repeated_k_folds().
Result<std::vector<Fold>> crossval_folds(const LoadedTask& loaded, std::span<const int> labels,
                                         const CrossvalOptions& options);

// A cover's prediction by the fold's model that had not seen it (first repeat).
struct OutOfFold {
  std::string path;
  std::string title;
  Sha256 cover;
  size_t fold = 0;
  int truth = 0;
  int group = 0;
  std::string truth_text;  // the class, several genres joined by ';', or the popularity
};

// What a model scores on labels dealt anew, against what it scores on the true ones.
struct Signal {
  std::string metric;
  LabelPermutation test;
  double p_holm = 1;  // holds for all models of the report together
};

struct CrossvalReport {
  Json dataset;
  std::string features;
  Augmentation augmentation;
  std::string split;
  int folds = 0;
  int repeats = 0;
  std::string folds_fingerprint;
  std::vector<std::string> class_names;
  Goal goal = Goal::kClass;
  std::vector<CrossValidation> results;        // the majority baseline first, then as asked
  std::vector<OutcomeValidation> outcomes;     // instead, of several genres or numbers; baselines first
  std::vector<std::optional<Signal>> signals;  // of each result; none: not asked for, or nothing to permute
  std::vector<OutOfFold> covers;               // row i belongs to results[…].predicted[i]
  std::vector<std::string> warnings;
  std::vector<Problem> unreadable;
  int64_t run_id = 0;
  double seconds = 0;
};
Json to_json(const CrossvalReport& report);

// Every pipeline on the same folds, with the majority baseline; tested for signal, if asked, by doing all of
// it again on permuted labels (permute_labels(), folds drawn anew for each). Records the run.
Result<CrossvalReport> crossval(Workspace& workspace, const CrossvalOptions& options,
                                const WorkContext& context);

// One line per cover and pipeline: path, title, sha256, group, fold, true, pipeline, predicted,
// then a probability per class. Written in one step.
Status write_predictions(const CrossvalReport& report, const std::filesystem::path& path);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_CROSSVAL_H_
