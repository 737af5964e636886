// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_RUN_REPEAT_H_
#define SLEEVE_STAGE_RUN_REPEAT_H_

#include <cstdint>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "base/progress.h"
#include "stage/workspace.h"

namespace sleeve {

struct RepeatReport {
  int64_t run = 0;
  int64_t again = 0;  // the run that repeats it: recorded like any other
  std::string command;
  bool same = false;         // every figure, and every recorded prediction, to the bit; times aside
  size_t figures = 0;        // numbers compared
  std::string where;         // the first that differs: "results[1].pooled.accuracy.value"
  std::string then;          // its value in the old run
  std::string now;           // and in the new one
  std::string version_then;  // of sleeve
  std::string version_now;
  std::vector<std::string> warnings;
};
Json to_json(const RepeatReport& report);

// Runs the recorded configuration again. A trained model is not written anew, but compared by its SHA-256
// where the record has it. kNotFound: no such run, or its model file is gone; kConflict: covers, labels or
// groups, or the model file, have changed since; kUnsupported: another version of a descriptor, or a command
// that can't be repeated; the command's own errors.
Result<RepeatReport> repeat_run(Workspace& workspace, int64_t id, const WorkContext& context);

// The first place where `now` lacks or changes what `then` has, with both values; nothing if there is none.
// What only `now` has doesn't count: a newer sleeve may tell more. `figures` counts the numbers compared.
struct JsonDifference {
  std::string where;
  std::string then;
  std::string now;
};
std::vector<JsonDifference> first_difference(const Json& then, const Json& now, size_t& figures);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_RUN_REPEAT_H_
