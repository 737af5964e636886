// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_SOURCE_PARTS_H_
#define SLEEVE_COLLECT_SOURCE_PARTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <sleeve/result.h>

#include "collect/source.h"

// What sources of one album after another have in common.
namespace sleeve {

// kUsage if the options wish for nothing, or for something that the source doesn't take.
Status check_wishes(const CollectOptions& options, const SourceInfo& info);

// The year that a date begins with: "1994-08-22", "1994-08", "1994"; nothing for "", 0 and the like.
std::optional<int> year_of_date(std::string_view date);

// An id that is put into an address: letters and digits, 1 to 64 of them.
bool is_plain_id(std::string_view id);

// One run of a source: remembers what was taken, and when it is enough.
class SourceRun {
 public:
  SourceRun(const CollectOptions& options, ServiceClient& services, AlbumSink& sink)
      : options_(options), services_(services), sink_(sink) {}

 protected:
  [[nodiscard]] bool full() const { return options_.limit > 0 && taken_ >= options_.limit; }
  // True the first time.
  bool is_new(const std::string& key) { return seen_.insert(key).second; }
  Status take(FoundAlbum album) {
    ++taken_;
    return sink_.found(std::move(album));
  }
  // What became of a question: the run goes on where only this one failed.
  Status pass_on(const std::string& item, const Error& error) {
    if (services_.stop_reason() != StopReason::kNone) return error;
    sink_.problem(item, error);
    return {};
  }
  void missing(const std::string& item, std::string_view service) {
    sink_.problem(item, Error{ErrorCode::kNotFound,
                              item + ": " + std::string(service) + " doesn't have it (any more)"});
  }

  const CollectOptions& options_;
  ServiceClient& services_;
  AlbumSink& sink_;

 private:
  std::unordered_set<std::string> seen_;
  size_t taken_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_SOURCE_PARTS_H_
