// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_RUN_COMPARE_H_
#define SLEEVE_STAGE_RUN_COMPARE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "eval/interval.h"
#include "eval/significance.h"
#include "stage/workspace.h"

namespace sleeve {

struct CompareOptions {
  int64_t first = 0;  // runs
  int64_t second = 0;
  // Which models: numbers from 1 on, in the reports' order. None: every pipeline that both runs have, but
  // for the baseline; or the only one of each.
  std::vector<std::pair<size_t, size_t>> models;
  uint64_t seed = 22;  // of bootstrap and permutations
};

// How much better the second is in one metric. p values are two-sided; `p_holm`, of one kind of test in one
// metric, holds for all comparisons of the report together.
struct MetricComparison {
  std::string metric;
  double first = 0;
  double second = 0;
  double difference = 0;  // second - first, on all shared rows together
  Interval interval;      // of the difference, 95 %
  PairedPermutation permutation;
  double permutation_p_holm = 1;
  std::optional<ResampledT> folds;  // of the folds' differences; only on the same folds
  double folds_p_holm = 1;
};

struct ModelComparison {
  std::string first;  // pipelines
  std::string second;
  std::vector<MetricComparison> metrics;  // accuracy, macro_f1
  McNemar mcnemar;                        // takes rows for independent
  double mcnemar_p_holm = 1;
};

struct ComparedRun {
  int64_t id = 0;
  std::string command;
  std::string features;
  std::string split;
  size_t rows = 0;
};

struct CompareReport {
  ComparedRun first;
  ComparedRun second;
  size_t rows = 0;    // judged by both
  size_t groups = 0;  // of these
  bool same_folds = false;
  size_t folds = 0;  // whose scores were paired; 0 if the folds differ
  std::vector<ModelComparison> comparisons;
  std::vector<std::string> warnings;
};
Json to_json(const CompareReport& report);

// Pairs what two runs (or two models of one run) said of the same covers. kNotFound: no such run; kUsage:
// models that aren't there, or to be named first; kConflict where a comparison would mean nothing, saying
// why: other targets, classes or labels, no cover judged by both, or other folds where the splits let groups
// straddle. kNoData, kCorrupt: as decode_predictions().
Result<CompareReport> compare_runs(Workspace& workspace, const CompareOptions& options);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_RUN_COMPARE_H_
