// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_COLLECT_H_
#define SLEEVE_STAGE_COLLECT_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "base/progress.h"
#include "collect/collect.h"

namespace sleeve {

// What changes how a collection is made, but not what it holds.
struct CollectRun {
  bool refresh = false;    // ask again for everything; what hasn't changed isn't sent again
  bool offline = false;    // use what is kept, ask nobody
  size_t max_calls = 0;    // 0: no bound
  uint64_t max_bytes = 0;  // 0: no bound
};

// What a collection would cost, about, if nothing of it were there.
struct CollectEstimate {
  std::string source;
  CollectPlan plan;
  size_t calls = 0;
  double minutes = 0;       // at the services' limits
  double megabytes = 0;     // of pictures
  size_t albums_there = 0;  // of this collection, from an earlier run
  size_t pictures_there = 0;
  bool finished = false;  // an earlier run came to its end
  std::string notice;     // of the source
};
Json to_json(const CollectEstimate& estimate);

// Asks nobody and writes nothing. `workspace` need not exist. kUsage if the wish can't be fulfilled.
Result<CollectEstimate> estimate_collect(const std::filesystem::path& workspace,
                                         const CollectOptions& options);

// Makes the workspace where it is missing. kUsage; kConflict if another process is at work there.
Result<CollectReport> run_collect(const std::filesystem::path& workspace, const CollectOptions& options,
                                  const CollectRun& run, const WorkContext& context);

// Ids from a file: a CSV file whose header has a column "id" (rows of another "source" are left out, if there
// is that column), JSON lines with a member "id" (likewise), or plain lines, each with the id as its first
// word. Empty lines and those that begin with # are left out. Each id once, in the file's order. kNoData if
// there are none; kCorrupt, naming the line, if one can't be read.
Result<std::vector<std::string>> read_id_list(const std::filesystem::path& file, const std::string& source);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_COLLECT_H_
