// SPDX-License-Identifier: Apache-2.0
#include "stage/enrich.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/album_match.h"
#include "collect/collect.h"
#include "collect/metabrainz_questions.h"
#include "store/library_table.h"

namespace sleeve {
namespace {

constexpr size_t kEnrichBatch = 50;  // albums between two transactions
constexpr size_t kCandidates = 3;    // of a search
constexpr size_t kMostWeak = 100;    // in a report
constexpr const char* kMetabrainz = "metabrainz";

// Keeps what a source finds.
class Catcher final : public AlbumSink {
 public:
  Status found(FoundAlbum album) override {
    albums.push_back(std::move(album));
    return {};
  }
  void note(const std::string& text) override { notes.insert(text); }
  void problem(const std::string& /*item*/, const Error& /*error*/) override {}

  std::vector<FoundAlbum> albums;
  std::set<std::string> notes;
};

// An album that lacks something.
struct Target {
  AlbumRecord album;
  std::string release_group;  // known, or found
  bool wants_genres = false;
  bool wants_popularity = false;
  bool asked = false;  // to the end: a stop may come in between
  std::optional<FoundAlbum> answer;
  WeakMatch best;  // if nothing was enough like it; a score of 0: nothing was found
};

std::string words_of(const std::string& artist, const std::string& title) { return artist + " - " + title; }

void look_better(Target& target, const std::string& artist, const std::string& title, double score) {
  if (score <= target.best.score) return;
  target.best = {words_of(target.album.artist_name, target.album.title), words_of(artist, title), score};
}

class Enricher {
 public:
  Enricher(Workspace& workspace, const EnrichOptions& options, const SourceEntry& entry,
           ServiceClient& services, const WorkContext& context)
      : catalogue_(workspace.catalogue()),
        collections_(workspace.catalogue()),
        options_(options),
        info_(entry.info()),
        source_(entry.make()),
        services_(services),
        context_(context),
        count_(info_.name + ":" + info_.popularity_count) {}

  Status run(std::vector<Target> targets, EnrichReport& report) {
    context_.progress().begin("looking up albums", targets.size());
    for (size_t first = 0; first < targets.size(); first += kEnrichBatch) {
      const auto batch = std::span(targets).subspan(first, std::min(kEnrichBatch, targets.size() - first));
      const Status asked = ask(batch);
      // What was found before a stop is kept.
      if (!asked.ok() && services_.stop_reason() == StopReason::kNone) return asked;
      SLEEVE_CHECK(write(batch, report));
      context_.progress().step(batch.size());
      if (!asked.ok()) break;
    }
    context_.progress().end();
    report.notes.assign(notes_.begin(), notes_.end());
    return rate();
  }

 private:
  Status ask(std::span<Target> batch) {
    for (Target& target : batch) {
      if (info_.name != kMetabrainz) {
        SLEEVE_CHECK(search(target));
      } else if (target.release_group.empty()) {
        SLEEVE_CHECK(find_release_group(target));
      }
    }
    return info_.name == kMetabrainz ? ask_release_groups(batch) : Status();
  }

  // By names, of a source that searches; Last.fm is asked for the very album.
  Status search(Target& target) {
    CollectOptions wish;
    wish.source = info_.name;
    wish.limit = kCandidates;
    const AlbumRecord& album = target.album;
    if (std::ranges::find(info_.wishes, "search") != info_.wishes.end()) {
      wish.searches = {album.artist_name + " " + album.title};
    } else {
      wish.albums = {album.artist_name + " / " + album.title};
    }
    Catcher caught;
    SLEEVE_CHECK(source_->find(wish, services_, caught));
    notes_.merge(caught.notes);
    for (FoundAlbum& found : caught.albums) {
      const double score =
          match_score(album.title, album.artist_name, found.album.title, found.album.artist_name);
      const bool better = score > target.best.score;
      look_better(target, found.album.artist_name, found.album.title, score);
      if (better && score >= options_.min_score) target.answer = std::move(found);
    }
    target.asked = true;
    return {};
  }

  Status find_release_group(Target& target) {
    const AlbumRecord& album = target.album;
    const std::string query =
        metabrainz::query_by_names(plain_name(album.title), plain_name(album.artist_name));
    SLEEVE_TRY(const auto page, metabrainz::search(services_, query, 2 * kCandidates, 0));
    if (!page.value) return {};
    for (const metabrainz::ReleaseGroup& group : page.value->albums) {
      const double score = match_score(album.title, album.artist_name, group.title, group.artist_name);
      if (score > target.best.score && score >= options_.min_score) target.release_group = group.mbid;
      look_better(target, group.artist_name, group.title, score);
    }
    return {};
  }

  Status ask_release_groups(std::span<Target> batch) {
    CollectOptions wish;
    for (const Target& target : batch) {
      const auto& ids = wish.albums;
      if (!target.release_group.empty() && std::ranges::find(ids, target.release_group) == ids.end())
        wish.albums.push_back(target.release_group);
    }
    Catcher caught;
    if (!wish.albums.empty()) SLEEVE_CHECK(source_->find(wish, services_, caught));
    notes_.merge(caught.notes);
    for (Target& target : batch) {
      target.asked = true;
      for (const FoundAlbum& found : caught.albums) {
        if (found.album.key == target.release_group) target.answer = found;
      }
    }
    return {};
  }

  Status write(std::span<Target> batch, EnrichReport& report) {
    SLEEVE_TRY(Transaction transaction, catalogue_.begin());
    for (Target& target : batch) {
      if (!target.asked) continue;
      ++report.asked;
      if (target.answer) {
        ++report.matched;
        SLEEVE_CHECK(add(target, report));
      } else if (target.best.score > 0 && target.release_group.empty()) {
        ++report.too_different;
        if (report.weak.size() < kMostWeak) report.weak.push_back(target.best);
      } else {
        ++report.not_found;
      }
    }
    return transaction.commit();
  }

  Status add(Target& target, EnrichReport& report) {
    FoundAlbum& found = *target.answer;
    AlbumRecord& album = target.album;
    SLEEVE_TRY(const auto id, collections_.album_id(album.source, album.key));
    if (!id) return {};
    if (target.wants_genres && !found.album.genres.empty()) {
      album.genres = std::move(found.album.genres);
      album.votes = std::move(found.album.votes);
      SLEEVE_CHECK(catalogue_.put_album(album));
      SLEEVE_CHECK(collections_.put_origin(*id, "genres", found.origins["genres"]));
      ++report.genres_added;
    }
    const auto count = found.counts.find(info_.popularity_count);
    if (target.wants_popularity && count != found.counts.end()) {
      SLEEVE_TRY(auto counts, collections_.counts_of(*id));
      counts[count_] = count->second;
      SLEEVE_CHECK(collections_.put_counts(*id, counts));
      SLEEVE_CHECK(collections_.put_origin(*id, "popularity", found.origins["popularity"]));
      ++report.popularity_added;
    }
    if (target.release_group.empty()) return {};
    return put_album_id(catalogue_, album.source, album.key, "mb_release_group", target.release_group);
  }

  // Popularity of all albums that got it from this source, within them.
  Status rate() {
    if (info_.popularity_count.empty()) return {};
    SLEEVE_TRY(const auto albums, catalogue_.albums());
    std::set<std::string> sources;
    for (const AlbumRecord& album : albums) sources.insert(album.source);
    std::vector<AlbumCount> all;
    int64_t largest = 0;
    for (const std::string& source : sources) {
      SLEEVE_TRY(const auto counts, collections_.counts(source, count_));
      for (const AlbumCount& count : counts) {
        largest = std::max(largest, count.value);
        all.push_back(count);
      }
    }
    SLEEVE_TRY(Transaction transaction, catalogue_.begin());
    for (const AlbumCount& count : all) {
      SLEEVE_CHECK(collections_.set_popularity(count.album_id, popularity_of(count.value, largest)));
    }
    return transaction.commit();
  }

  Catalogue& catalogue_;
  Collections collections_;
  const EnrichOptions& options_;
  const SourceInfo info_;
  const std::unique_ptr<Source> source_;
  ServiceClient& services_;
  const WorkContext& context_;
  const std::string count_;  // the name under which the source's figure is kept
  std::set<std::string> notes_;
};

// The albums that lack something, in the catalogue's order.
Result<std::vector<Target>> find_targets(Catalogue& catalogue, const EnrichOptions& options,
                                         const SourceInfo& info, EnrichReport& report) {
  SLEEVE_TRY(auto albums, catalogue.albums());
  std::map<std::string, std::string> groups;
  if (info.name == kMetabrainz) {
    SLEEVE_TRY(groups, album_ids(catalogue, "mb_release_group"));
  }
  std::vector<Target> targets;
  for (AlbumRecord& album : albums) {
    if (!album.cover_id) continue;
    ++report.covered;
    if (album.genres.empty()) ++report.without_genre;
    if (!album.popularity) ++report.without_popularity;
    Target target;
    target.wants_genres = options.genres && album.genres.empty();
    target.wants_popularity = options.popularity && !album.popularity && !info.popularity_count.empty();
    // What the source itself was collected from holds all that it has.
    if ((!target.wants_genres && !target.wants_popularity) || album.source == info.name) continue;
    const auto group = groups.find(album.source + "\n" + album.key);
    if (group != groups.end()) target.release_group = group->second;
    if (target.release_group.empty() &&
        (plain_name(album.title).empty() || plain_name(album.artist_name).empty())) {
      ++report.nameless;
      continue;
    }
    if (options.limit > 0 && targets.size() >= options.limit) continue;
    if (!target.release_group.empty()) ++report.by_id;
    target.album = std::move(album);
    targets.push_back(std::move(target));
  }
  return targets;
}

}  // namespace

std::vector<std::string> enrich_sources() {
  std::vector<std::string> names;
  for (const SourceEntry& entry : sources()) {
    const SourceInfo info = entry.info();
    if (!info.needs_permission) names.push_back(info.name);
  }
  return names;
}

Result<EnrichReport> enrich(Workspace& workspace, const EnrichOptions& options, ServiceSettings settings,
                            const WorkContext& context) {
  const auto names = enrich_sources();
  if (std::ranges::find(names, options.source) == names.end()) {
    return make_error(ErrorCode::kUsage, "'{}' can't be asked to enrich{}",
                      printable(std::string_view(options.source)), suggestion(options.source, names));
  }
  SLEEVE_TRY(const SourceEntry* entry, find_source(options.source));
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  EnrichReport report;
  report.source = options.source;
  report.dry_run = options.dry_run;
  SLEEVE_TRY(auto targets, find_targets(workspace.catalogue(), options, entry->info(), report));
  if (options.dry_run) {
    report.asked = targets.size();
    return report;
  }
  SLEEVE_TRY(const auto services,
             ServiceClient::make(entry->info().services, std::move(settings), context.without_progress()));
  SLEEVE_CHECK(Enricher(workspace, options, *entry, *services, context).run(std::move(targets), report));
  report.calls = services->calls();
  report.stop = services->stop_reason();
  report.stop_message = services->stop_message();
  return report;
}

Status keep_enriched(Catalogue& catalogue, AlbumRecord& album) {
  if (!album.genres.empty() && album.popularity) return {};
  Collections collections(catalogue);
  SLEEVE_TRY(const auto id, collections.album_id(album.source, album.key));
  if (!id) return {};
  SLEEVE_TRY(const auto origins, collections.origins_of(*id));
  if (origins.empty()) return {};
  SLEEVE_TRY(const auto known, collections.album(*id));
  if (!known) return {};
  if (album.genres.empty() && origins.contains("genres")) {
    album.genres = known->genres;
    album.votes = known->votes;
  }
  if (!album.popularity && origins.contains("popularity")) album.popularity = known->popularity;
  return {};
}

Json to_json(const EnrichReport& report) {
  Json weak = Json::array();
  for (const WeakMatch& match : report.weak) {
    weak.push_back({{"album", match.album}, {"best", match.best}, {"score", match.score}});
  }
  return Json{{"source", report.source},
              {"dry_run", report.dry_run},
              {"covered", report.covered},
              {"without_genre", report.without_genre},
              {"without_popularity", report.without_popularity},
              {"nameless", report.nameless},
              {"asked", report.asked},
              {"by_id", report.by_id},
              {"matched", report.matched},
              {"too_different", report.too_different},
              {"not_found", report.not_found},
              {"genres_added", report.genres_added},
              {"popularity_added", report.popularity_added},
              {"weak", std::move(weak)},
              {"notes", report.notes},
              {"calls", report.calls},
              {"stopped", name_of(report.stop)},
              {"stop_message", report.stop_message}};
}

}  // namespace sleeve
