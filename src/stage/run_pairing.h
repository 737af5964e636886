// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_RUN_PAIRING_H_
#define SLEEVE_STAGE_RUN_PAIRING_H_

#include <cstdint>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "stage/run_predictions.h"
#include "stage/workspace.h"

namespace sleeve {

// A run with what its models said.
struct JudgedRun {
  RunRecord record;
  RunPredictions predictions;

  // What it answers ("genre"), and how it was split: "grouped" unless groups may straddle.
  [[nodiscard]] std::string target() const;
  [[nodiscard]] std::string split() const;
};
Result<JudgedRun> load_judged_run(Workspace& workspace, int64_t id);  // errors as compare_runs()

// The rows that two runs both judged.
struct PairedRows {
  std::vector<std::string> class_names;
  std::vector<size_t> first;   // row numbers in the first run
  std::vector<size_t> second;  // in the second, in the same order
  std::vector<int> truth;
  std::vector<int> groups;           // what either run kept together is together
  std::vector<int> class_of_second;  // of the second run's classes, the first run's number
  bool same_folds = false;           // the same covers in the same folds
};
// kConflict as compare_runs().
Result<PairedRows> pair_rows(const JudgedRun& first, const JudgedRun& second);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_RUN_PAIRING_H_
