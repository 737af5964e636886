// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_PICTURE_FETCHER_H_
#define SLEEVE_COLLECT_PICTURE_FETCHER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "collect/collect.h"
#include "collect/picture_store.h"

namespace sleeve {

// Fetches the pictures that a collection still wants, on a few threads.
class PictureFetcher {
 public:
  using Headers = std::map<std::string, std::vector<std::pair<std::string, std::string>>, std::less<>>;

  PictureFetcher(const CollectPlace& place, CollectionRecord& collection, ServiceClient& services,
                 Headers headers, CollectReport& report)
      : catalogue_(place.catalogue),
        collections_(place.catalogue),
        store_(place.workspace),
        collection_(collection),
        services_(services),
        headers_(std::move(headers)),
        report_(report),
        calls_before_(collection.calls),
        bytes_before_(collection.bytes) {}

  // Until all are done or the run has to stop; that a picture can't be had is in the journal and the report.
  Status run();

 private:
  struct Task {
    PictureRecord record;
    std::vector<PictureLink> links;
    std::string name;  // under which it is put down
    bool conditional = false;
    Sha256 damaged;  // what the last attempt gave, if it was no picture
  };
  enum class Outcome { kSettled, kNextLink, kAgain, kStopped };

  Result<std::vector<Task>> wanted();
  void work(std::vector<Task>& tasks);
  Status handle(Task& task);
  Status fetch(Task& task);
  Result<Outcome> try_link(Task& task, const PictureLink& link, int attempt);
  Result<Outcome> after(Task& task, const PictureLink& link, HttpReply& reply, int attempt);
  Result<Outcome> keep(Task& task, const PictureLink& link, HttpReply& reply, int attempt);
  Result<Outcome> after_damage(Task& task, const std::string& body, const Error& error, int attempt);
  Status settle(Task& task, const CoverRecord& cover, const PictureLink* link, bool taken_up);
  Status finish(Task& task, PictureState state, const std::string& reason);
  Status write(Task& task);
  const PictureLink* link_of(const Task& task) const;

  Catalogue& catalogue_;
  Collections collections_;
  PictureStore store_;
  CollectionRecord& collection_;
  ServiceClient& services_;
  Headers headers_;
  CollectReport& report_;
  int64_t calls_before_;
  int64_t bytes_before_;
  std::mutex mutex_;  // of the catalogue, the report and failure_
  Status failure_;
  std::atomic<size_t> next_{0};
  std::atomic<int> unreachable_{0};  // in a row
};

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_PICTURE_FETCHER_H_
