// SPDX-License-Identifier: Apache-2.0
#include "collect/collect.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/album_writer.h"
#include "collect/picture_fetcher.h"
#include "collect/picture_store.h"
#include "image/near_pairs.h"

namespace sleeve {
namespace {

// Bytes that albums of so many artists share are a sign, no cover.
constexpr int64_t kPlaceholderArtists = 5;
constexpr int kLookAlikeBits = 6;

class CollectorRun {
 public:
  CollectorRun(const CollectPlace& place, const SourceEntry& entry, const CollectOptions& options,
               CollectReport& report)
      : place_(place),
        collections_(place.catalogue),
        info_(entry.info()),
        source_(entry.make()),
        options_(options),
        report_(report) {}

  Status begin(bool refresh) {
    SLEEVE_CHECK(PictureStore(place_.workspace).recover(place_.catalogue));
    SLEEVE_TRY(collection_, collections_.begin(info_.name, dump_json(to_json(options_))));
    // A refresh that was stopped goes on, whoever goes on with it.
    if (refresh && collection_.refresh_since == 0) collection_.refresh_since = unix_time();
    collection_.finished = false;
    return collections_.put_progress(collection_);
  }

  Status run(ServiceSettings settings, const WorkContext& context) {
    settings.policy.refresh_before = collection_.refresh_since;
    SLEEVE_TRY(const auto services, ServiceClient::make(info_.services, std::move(settings), context));
    const Status found = find(*services);
    if (!found.ok() && services->stop_reason() == StopReason::kNone) return found;
    if (services->stop_reason() == StopReason::kNone) {
      collection_.found = true;
      SLEEVE_CHECK(fetch_pictures(*services));
    }
    SLEEVE_CHECK(finish(*services));
    report_.stop = services->stop_reason();
    report_.stop_message = services->stop_message();
    report_.calls = services->calls();
    report_.bytes = services->bytes();
    return {};
  }

 private:
  Status find(ServiceClient& services) {
    SLEEVE_TRY(const CollectPlan plan, source_->plan(options_));
    AlbumWriter writer(place_.catalogue, info_, collection_, report_);
    size_t questions = 0;
    for (const CollectPlan::Part& part : plan.parts) questions += part.pictures ? 0 : part.calls;
    services.context().progress().begin("asking for albums", questions);
    const Status found = source_->find(options_, services, writer);
    services.context().progress().end();
    // What was found before a stop is kept: it costs nothing to write it again.
    SLEEVE_CHECK(writer.flush());
    return found;
  }

  Status fetch_pictures(ServiceClient& services) {
    PictureFetcher::Headers headers;
    for (const ServiceInfo& service : info_.services) {
      SLEEVE_TRY(auto own, source_->picture_headers(service.name, services));
      if (!own.empty()) headers[service.name] = std::move(own);
    }
    return PictureFetcher(place_, collection_, services, std::move(headers), report_).run();
  }

  Status finish(ServiceClient& services) {
    const bool complete = services.stop_reason() == StopReason::kNone;
    if (complete) {
      SLEEVE_CHECK(drop_placeholders());
      SLEEVE_TRY(report_.removed_covers, PictureStore(place_.workspace).remove_unused(place_.catalogue));
    }
    SLEEVE_TRY(Transaction transaction, place_.catalogue.begin());
    SLEEVE_CHECK(rate());
    SLEEVE_CHECK(put_problems());
    collection_.finished = complete && report_.pictures_failed == 0;
    if (collection_.finished) collection_.refresh_since = 0;
    SLEEVE_CHECK(collections_.put_progress(collection_));
    SLEEVE_CHECK(transaction.commit());
    return describe();
  }

  Status drop_placeholders() {
    SLEEVE_TRY(const auto shared, collections_.shared_covers(info_.name, kPlaceholderArtists));
    if (shared.empty()) return {};
    SLEEVE_TRY(Transaction transaction, place_.catalogue.begin());
    for (const CoverRecord& cover : shared) {
      SLEEVE_CHECK(collections_.add_placeholder(
          cover.sha256.hex(),
          fmt::format("the picture of albums of {} artists or more", kPlaceholderArtists)));
      SLEEVE_CHECK(collections_.drop_placeholder_cover(cover.id));
    }
    return transaction.commit();
  }

  // Popularity within all that was collected from this source, so that collections can be compared.
  Status rate() {
    if (info_.popularity_count.empty()) return {};
    SLEEVE_TRY(const auto counts, collections_.counts(info_.name, info_.popularity_count));
    int64_t largest = 0;
    for (const AlbumCount& count : counts) largest = std::max(largest, count.value);
    for (const AlbumCount& count : counts) {
      SLEEVE_CHECK(collections_.set_popularity(count.album_id, popularity_of(count.value, largest)));
    }
    return {};
  }

  Status put_problems() {
    SLEEVE_CHECK(place_.catalogue.clear_problems_below(info_.name + ":"));
    SLEEVE_TRY(const auto troubled, collections_.troubled_pictures(info_.name));
    for (const PictureRecord& picture : troubled) {
      const ErrorCode code = picture.state == PictureState::kFailed ? ErrorCode::kIo : ErrorCode::kCorrupt;
      report_.problems.push_back({info_.name + ":" + picture.key, std::string(name_of(code)),
                                  fmt::format("{}: {}", picture.key, picture.reason)});
    }
    for (const Problem& problem : report_.problems) SLEEVE_CHECK(place_.catalogue.put_problem(problem));
    return {};
  }

  // What the report says of the whole collection.
  Status describe() {
    SLEEVE_TRY(const auto pictures, collections_.pictures(collection_.id));
    SLEEVE_TRY(const auto covers, place_.catalogue.covers());
    std::map<int64_t, uint64_t> hashes;
    for (const CoverRecord& cover : covers) {
      if (cover.phash) hashes[cover.id] = *cover.phash;
    }
    std::map<int64_t, uint64_t> ours;
    for (const PictureRecord& picture : pictures) {
      const auto hash = picture.cover_id ? hashes.find(*picture.cover_id) : hashes.end();
      if (hash != hashes.end()) ours.insert(*hash);
    }
    std::vector<uint64_t> values;
    for (const auto& [cover, hash] : ours) values.push_back(hash);
    report_.look_alikes = near_pairs(values, kLookAlikeBits).size();
    SLEEVE_TRY(const auto albums, collections_.labels_of(collection_.id));
    report_.with_genre = albums.with_genre;
    report_.with_popularity = albums.with_popularity;
    return {};
  }

  const CollectPlace& place_;
  Collections collections_;
  const SourceInfo info_;
  const std::unique_ptr<Source> source_;
  const CollectOptions& options_;
  CollectReport& report_;
  CollectionRecord collection_;
};

}  // namespace

double popularity_of(int64_t count, int64_t largest) {
  if (largest <= 0) return 0;
  return 100.0 * std::log1p(static_cast<double>(count)) / std::log1p(static_cast<double>(largest));
}

Result<CollectReport> collect(const CollectPlace& place, const SourceEntry& source,
                              const CollectOptions& options, bool refresh, ServiceSettings settings,
                              const WorkContext& context) {
  const auto start = std::chrono::steady_clock::now();
  CollectReport report;
  CollectorRun run(place, source, options, report);
  SLEEVE_CHECK(run.begin(refresh));
  SLEEVE_CHECK(run.run(std::move(settings), context));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

Json to_json(const CollectReport& report) {
  Json problems = Json::array();
  for (const Problem& problem : report.problems) {
    problems.push_back({{"item", problem.item}, {"code", problem.code}, {"reason", problem.reason}});
  }
  return Json{{"found", report.found},
              {"added", report.added},
              {"updated", report.updated},
              {"unchanged", report.unchanged},
              {"with_genre", report.with_genre},
              {"with_popularity", report.with_popularity},
              {"pictures",
               {{"there", report.pictures_there},
                {"fetched", report.pictures_fetched},
                {"taken_up", report.pictures_taken_up},
                {"none", report.pictures_none},
                {"unusable", report.pictures_unusable},
                {"placeholder", report.pictures_placeholder},
                {"failed", report.pictures_failed},
                {"left", report.pictures_left}}},
              {"new_covers", report.new_covers},
              {"same_covers", report.same_covers},
              {"look_alikes", report.look_alikes},
              {"removed_covers", report.removed_covers},
              {"calls", report.calls},
              {"bytes", report.bytes},
              {"seconds", report.seconds},
              {"notes", report.notes},
              {"problems", std::move(problems)},
              {"stopped", name_of(report.stop)},
              {"stop_message", report.stop_message}};
}

}  // namespace sleeve
