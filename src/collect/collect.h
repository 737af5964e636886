// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_COLLECT_H_
#define SLEEVE_COLLECT_COLLECT_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "collect/source.h"

namespace sleeve {

// Where what is collected goes. Nobody else may be at work in the workspace.
struct CollectPlace {
  Catalogue& catalogue;
  std::filesystem::path workspace;  // the folder that holds catalogue.db
};

struct CollectReport {
  size_t found = 0;    // albums that the source named
  size_t added = 0;    // of them new to the catalogue
  size_t updated = 0;  // known, and something about them has changed
  size_t unchanged = 0;
  size_t with_genre = 0;
  size_t with_popularity = 0;
  size_t pictures_there = 0;  // albums whose picture was there already
  size_t pictures_fetched = 0;
  size_t pictures_taken_up = 0;  // had come before a kill, and weren't fetched again
  size_t pictures_none = 0;      // the service has none
  size_t pictures_unusable = 0;
  size_t pictures_placeholder = 0;
  size_t pictures_failed = 0;  // the next run tries again
  size_t pictures_left = 0;    // not asked for yet, because the run was stopped
  size_t new_covers = 0;
  size_t same_covers = 0;  // fetched pictures whose bytes were there already
  size_t look_alikes = 0;  // pairs of this collection's covers that differ in at most six bits of their hash
  size_t removed_covers = 0;  // of ours, that no album has any more
  size_t calls = 0;
  uint64_t bytes = 0;
  double seconds = 0;
  std::vector<std::string> notes;
  std::vector<Problem> problems;
  StopReason stop = StopReason::kNone;
  std::string stop_message;
};
Json to_json(const CollectReport& report);

// Finds what the options wish for, and fetches the pictures. May be stopped at any moment and called again:
// it goes on where it was. kUsage if the wish can't be fulfilled; errors of the catalogue and the disk. That
// a service could not be reached is no error but the report's `stop`, as everything that was done is kept.
Result<CollectReport> collect(const CollectPlace& place, const SourceEntry& source,
                              const CollectOptions& options, bool refresh, ServiceSettings settings,
                              const WorkContext& context);

// 0 to 100 within a collection: 100 · ln(1 + count) / ln(1 + largest). 0 if the largest is 0.
double popularity_of(int64_t count, int64_t largest);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_COLLECT_H_
