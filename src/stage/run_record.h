// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_RUN_RECORD_H_
#define SLEEVE_STAGE_RUN_RECORD_H_

#include <chrono>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "stage/run_predictions.h"
#include "stage/workspace.h"

namespace sleeve {

// Times one execution of a protocol and writes it into the catalogue.
class RunRecorder {
 public:
  explicit RunRecorder(std::string command);
  // `config` is everything that changes the result; `fingerprint` is the data set's. `predictions` are kept
  // if there are any, so that the run can be compared with others. The run's id; 0 if it could not be
  // recorded, which becomes a warning: the result itself is worth keeping.
  int64_t record(Workspace& workspace, const Json& config, const std::string& fingerprint, const Json& report,
                 std::vector<std::string>& warnings, const RunPredictions& predictions = {});
  [[nodiscard]] double seconds() const;

 private:
  std::string command_;
  std::string started_at_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace sleeve

#endif  // SLEEVE_STAGE_RUN_RECORD_H_
