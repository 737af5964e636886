// SPDX-License-Identifier: Apache-2.0
#include "stage/run_record.h"

#include <ctime>
#include <utility>

#include <fmt/chrono.h>

#include <sleeve/version.h>

namespace sleeve {

RunRecorder::RunRecorder(std::string command)
    : command_(std::move(command)),
      started_at_(fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))),
      start_(std::chrono::steady_clock::now()) {}

double RunRecorder::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

int64_t RunRecorder::record(Workspace& workspace, const Json& config, const std::string& fingerprint,
                            const Json& report, std::vector<std::string>& warnings,
                            const RunPredictions& predictions) {
  const auto parts = predictions.models.empty() ? std::vector<RunPart>() : encode_predictions(predictions);
  const auto id = workspace.catalogue().add_run(
      {0, command_, started_at_, seconds(), std::string(kVersion), config, fingerprint, report}, parts);
  if (id.ok()) return *id;
  warnings.push_back("this run could not be recorded: " + id.error().message);
  return 0;
}

}  // namespace sleeve
