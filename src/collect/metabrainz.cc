// SPDX-License-Identifier: Apache-2.0
#include "collect/metabrainz.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/json_fields.h"
#include "collect/metabrainz_questions.h"
#include "collect/source_parts.h"

namespace sleeve {
namespace {

using metabrainz::kBatch;
using metabrainz::kPage;
using metabrainz::kPopularity;
using metabrainz::ReleaseGroup;

constexpr double kCoverShare = 0.69;  // of release groups with a picture, September 2026: for the plan only

constexpr std::string_view kTagLicence = "tags and genres: CC BY-NC-SA 3.0, credit MusicBrainz";
constexpr std::string_view kRanges[] = {"all_time", "year",      "half_yearly", "quarter",  "month",
                                        "week",     "this_year", "this_month",  "this_week"};

int front_size(int size) { return size <= 250 ? 250 : size <= 500 ? 500 : 1200; }

size_t parts_of(size_t count, size_t size) { return (count + size - 1) / size; }

// A wish that has been turned into albums, whose metadata may be missing yet.
struct Candidate {
  ReleaseGroup album;
  std::string collection;
  std::map<std::string, OriginRecord> origins;
  std::map<std::string, int64_t> counts;
};

// A service that claims more and more albums is not followed for ever.
bool is_last(const auto& page, size_t offset) {
  constexpr size_t kMost = 100'000;
  return page.length == 0 || static_cast<int64_t>(offset) >= page.count || offset >= kMost;
}

std::vector<std::string> mbids_of(std::span<const Candidate> candidates) {
  std::vector<std::string> mbids;
  for (const Candidate& candidate : candidates) mbids.push_back(candidate.album.mbid);
  return mbids;
}

Status check_options(const CollectOptions& options) {
  SLEEVE_CHECK(check_wishes(options, metabrainz_info()));
  for (const std::string& chart : options.charts) {
    if (std::ranges::find(kRanges, chart) != std::end(kRanges)) continue;
    const std::vector<std::string> known(std::begin(kRanges), std::end(kRanges));
    return make_error(ErrorCode::kUsage, "there is no chart '{}'{}", printable(std::string_view(chart)),
                      suggestion(chart, known));
  }
  const auto is_mbid = [](std::string_view id) { return !uuid_of(id).empty(); };
  SLEEVE_CHECK(check_ids({&options.artists}, is_mbid, "no MBID of an artist: 32 hex digits and four dashes"));
  return check_ids({&options.albums}, is_mbid, "no MBID of a release group: 32 hex digits and four dashes");
}

// One run's questions.
class Finder {
 public:
  Finder(const CollectOptions& options, ServiceClient& services, AlbumSink& sink)
      : options_(options), services_(services), sink_(sink) {}

  Status run() {
    SLEEVE_CHECK(find_albums());
    SLEEVE_CHECK(find_charts());
    SLEEVE_CHECK(find_artists());
    for (const std::string& genre : options_.genres) SLEEVE_CHECK(find_genre(genre));
    for (size_t first = 0; first < chosen_.size(); first += kPopularity) {
      const size_t count = std::min(kPopularity, chosen_.size() - first);
      SLEEVE_CHECK(rate(std::span(chosen_).subspan(first, count)));
    }
    for (Candidate& candidate : chosen_) SLEEVE_CHECK(hand_over(candidate));
    return {};
  }

 private:
  [[nodiscard]] bool full() const { return options_.limit > 0 && chosen_.size() >= options_.limit; }

  Status find_albums() {
    std::vector<Candidate> candidates;
    for (const std::string& id : options_.albums) {
      ReleaseGroup album;
      album.mbid = uuid_of(id);
      add(candidates, std::move(album), "list", {});
    }
    return choose(std::move(candidates), true, 0).status;
  }

  Status find_charts() {
    for (const std::string& range : options_.charts) {
      SLEEVE_TRY(const auto rows, metabrainz::chart(services_, range));
      if (!rows.value) {
        sink_.note("ListenBrainz has no chart '" + range + "' now");
        continue;
      }
      std::vector<Candidate> candidates;
      for (const ReleaseGroup& row : *rows.value) add(candidates, row, "chart " + range, rows.origin);
      SLEEVE_CHECK(choose(std::move(candidates), false, 0).status);
    }
    return {};
  }

  Status find_artists() {
    for (const std::string& artist : options_.artists) {
      for (size_t offset = 0;;) {
        if (full()) return {};
        SLEEVE_TRY(const auto page, metabrainz::browse_artist(services_, uuid_of(artist), offset));
        if (!page.value) {
          sink_.problem("artist " + artist,
                        make_error(ErrorCode::kNotFound, "{}: MusicBrainz knows no such artist", artist));
          break;
        }
        std::vector<Candidate> candidates;
        for (const ReleaseGroup& album : page.value->albums)
          add(candidates, album, "artist " + artist, page.origin);
        SLEEVE_CHECK(choose(std::move(candidates), false, 0).status);
        offset += page.value->length;
        if (is_last(*page.value, offset)) break;
      }
    }
    return {};
  }

  Status find_genre(const std::string& genre) {
    const std::string query = metabrainz::query_by_tag(genre);
    size_t wanted = options_.per_genre;
    for (size_t offset = 0; wanted > 0 && !full();) {
      SLEEVE_TRY(const auto page, metabrainz::search(services_, query, kPage, offset));
      if (!page.value) break;
      std::vector<Candidate> candidates;
      for (const ReleaseGroup& album : page.value->albums)
        add(candidates, album, "genre " + genre, page.origin);
      const Choice choice = choose(std::move(candidates), false, wanted);
      SLEEVE_CHECK(choice.status);
      wanted -= std::min(wanted, choice.taken);
      offset += page.value->length;
      if (is_last(*page.value, offset)) break;
    }
    if (wanted > 0 && !full()) {
      sink_.note(fmt::format("genre '{}': {} albums with a cover instead of {}: MusicBrainz has no more",
                             genre, options_.per_genre - wanted, options_.per_genre));
    }
    return {};
  }

  // A candidate that wasn't one before.
  void add(std::vector<Candidate>& candidates, ReleaseGroup album, const std::string& collection,
           const OriginRecord& origin) {
    if (!seen_.insert(album.mbid).second) return;
    Candidate candidate{std::move(album), collection, {}, {}};
    if (!origin.service.empty()) candidate.origins["album"] = origin;
    candidates.push_back(std::move(candidate));
  }

  struct Choice {
    Status status;
    size_t taken = 0;
  };

  // Completes candidates batch by batch and takes those that serve, at most `wanted` (0: all) of them.
  // `all`: asked for by id, so taken without a picture, too.
  Choice choose(std::vector<Candidate> candidates, bool all, size_t wanted) {
    Choice choice;
    for (size_t first = 0; first < candidates.size(); first += kBatch) {
      if (full() || (wanted > 0 && choice.taken >= wanted)) {
        // Not looked at: another genre may want them.
        for (size_t i = first; i < candidates.size(); ++i) seen_.erase(candidates[i].album.mbid);
        return choice;
      }
      const auto batch = std::span(candidates).subspan(first, std::min(kBatch, candidates.size() - first));
      choice.status = complete(batch);
      if (!choice.status.ok()) return choice;
      for (Candidate& candidate : batch) {
        const bool serves = all || candidate.album.has_cover.value_or(true);
        if (full() || !serves) continue;
        if (wanted > 0 && choice.taken >= wanted) {
          seen_.erase(candidate.album.mbid);
          continue;
        }
        if (candidate.album.title.empty() && candidate.album.artist_mbid.empty()) {
          sink_.problem(candidate.album.mbid,
                        make_error(ErrorCode::kNotFound, "{}: MusicBrainz knows no such release group",
                                   candidate.album.mbid));
          continue;
        }
        ++choice.taken;
        chosen_.push_back(std::move(candidate));
      }
    }
    return choice;
  }

  // Artists, genres, year and whether there is a cover, of a batch.
  Status complete(std::span<Candidate> batch) {
    if (!without_listenbrainz_) {
      const Status status = complete_by_listenbrainz(batch);
      if (status.ok() || services_.stop_reason() != StopReason::kNone) return status;
      without_listenbrainz_ = true;
      sink_.note(
          "ListenBrainz gives no metadata (" + status.error().message +
          "): genres are MusicBrainz's own, and whether there is a cover is found out by asking for it");
    }
    return complete_by_search(batch);
  }

  Status complete_by_listenbrainz(std::span<Candidate> batch) {
    SLEEVE_TRY(const auto known, metabrainz::metadata(services_, mbids_of(batch)));
    if (!known.value) return make_error(ErrorCode::kNotFound, "it has no such service");
    for (Candidate& candidate : batch) {
      const auto metadata = known.value->find(candidate.album.mbid);
      if (metadata == known.value->end()) {
        // Not known there: nothing tells of a cover, and asking for it would mostly be in vain.
        if (!candidate.album.has_cover) candidate.album.has_cover = false;
        continue;
      }
      merge(metadata->second, known.origin, candidate);
    }
    return {};
  }

  static void merge(const ReleaseGroup& from, const OriginRecord& origin, Candidate& candidate) {
    ReleaseGroup& to = candidate.album;
    if (to.title.empty()) to.title = from.title;
    if (to.artist_mbid.empty()) to.artist_mbid = from.artist_mbid;
    if (to.artist_name.empty()) to.artist_name = from.artist_name;
    if (!to.year) to.year = from.year;
    to.has_cover = from.has_cover.value_or(false) || to.has_cover.value_or(false);
    candidate.origins.try_emplace("album", origin);
    if (from.genres.empty()) return;
    to.genres = from.genres;
    to.genres_of_artist = from.genres_of_artist;
    OriginRecord genres = origin;
    genres.licence = kTagLicence;
    if (to.genres_of_artist) genres.licence += "; voted on the artist, not the album";
    candidate.origins["genres"] = genres;
  }

  Status complete_by_search(std::span<Candidate> batch) {
    if (genre_names_.empty()) SLEEVE_CHECK(fetch_genre_names());
    SLEEVE_TRY(const auto page, metabrainz::search(services_, metabrainz::query_by_ids(mbids_of(batch)),
                                                   kPage, 0, genre_names_));
    if (!page.value) return {};
    for (Candidate& candidate : batch) {
      const auto found = std::ranges::find(page.value->albums, candidate.album.mbid, &ReleaseGroup::mbid);
      if (found == page.value->albums.end()) continue;
      const auto cover = candidate.album.has_cover;
      merge(*found, page.origin, candidate);
      candidate.album.has_cover = cover;  // a search doesn't say
    }
    return {};
  }

  Status fetch_genre_names() {
    for (size_t offset = 0;;) {
      SLEEVE_TRY(const auto page, metabrainz::list_genres(services_, offset));
      if (!page.value) return make_error(ErrorCode::kNotFound, "MusicBrainz gives no list of genres");
      genre_names_.insert(page.value->names.begin(), page.value->names.end());
      offset += page.value->length;
      if (is_last(*page.value, offset)) return {};
    }
  }

  Status rate(std::span<Candidate> albums) {
    if (without_popularity_) return {};
    const auto figures = metabrainz::popularity(services_, mbids_of(albums));
    if (!figures.ok() && services_.stop_reason() != StopReason::kNone) return figures.error();
    if (!figures.ok() || !figures->value) {
      without_popularity_ = true;
      sink_.note("ListenBrainz gives no listener counts, so popularity is unknown" +
                 (figures.ok() ? std::string() : " (" + figures.error().message + ")"));
      return {};
    }
    for (Candidate& album : albums) {
      const auto found = figures->value->find(album.album.mbid);
      if (found == figures->value->end()) continue;
      if (found->second.listeners) album.counts["listeners"] = *found->second.listeners;
      if (found->second.listens) album.counts["listens"] = *found->second.listens;
      album.origins["popularity"] = figures->origin;
    }
    return {};
  }

  Status hand_over(Candidate& candidate) {
    const ReleaseGroup& from = candidate.album;
    FoundAlbum found;
    found.album.key = from.mbid;
    found.album.title = from.title;
    found.album.artist_key = from.artist_mbid.empty() ? from.artist_name : from.artist_mbid;
    found.album.artist_name = from.artist_name;
    found.album.year = from.year;
    found.album.collection = candidate.collection;
    for (const metabrainz::Tag& genre : from.genres) {
      found.album.genres.push_back(genre.name);
      found.album.votes.push_back(genre.votes);
    }
    if (from.has_cover.value_or(true)) {
      found.pictures.push_back(
          {fmt::format("{}/release-group/{}/front-{}", services_.url_of("coverartarchive"), from.mbid,
                       front_size(options_.size)),
           "coverartarchive"});
    }
    found.counts = std::move(candidate.counts);
    found.origins = std::move(candidate.origins);
    return sink_.found(std::move(found));
  }

  const CollectOptions& options_;
  ServiceClient& services_;
  AlbumSink& sink_;
  std::vector<Candidate> chosen_;
  std::unordered_set<std::string> seen_;  // MBIDs that are chosen or were found not to serve
  std::set<std::string> genre_names_;
  bool without_listenbrainz_ = false;
  bool without_popularity_ = false;
};

class Metabrainz final : public Source {
 public:
  [[nodiscard]] Result<CollectPlan> plan(const CollectOptions& options) const override {
    SLEEVE_CHECK(check_options(options));
    CollectPlan plan;
    const auto at_most = [&](size_t albums) {
      return options.limit > 0 ? std::min(albums, options.limit) : albums;
    };
    const size_t by_genre = options.genres.size() * options.per_genre;
    const auto looked_at =
        static_cast<size_t>(std::ceil(static_cast<double>(options.per_genre) / kCoverShare));
    const size_t by_id =
        options.albums.size() + at_most(options.charts.size() * kPopularity) + options.artists.size() * kPage;
    plan.albums = at_most(options.albums.size() + options.charts.size() * kPopularity + by_genre +
                          options.artists.size() * kPage);
    plan.pictures = plan.albums;
    plan.picture_bytes = front_size(options.size) == 250   ? 15e3
                         : front_size(options.size) == 500 ? 45e3
                                                           : 220e3;
    const auto part = [&](const char* what, const char* service, size_t calls, bool pictures = false) {
      if (calls > 0) plan.parts.push_back({what, service, calls, pictures});
    };
    part("charts", "listenbrainz", options.charts.size());
    part("albums of artists", "musicbrainz", options.artists.size());
    part("search by genre", "musicbrainz", options.genres.size() * parts_of(looked_at, kPage));
    part("artists, genres and covers", "listenbrainz",
         parts_of(by_id, kBatch) + options.genres.size() * parts_of(looked_at, kBatch));
    part("listeners", "listenbrainz", parts_of(plan.albums, kPopularity));
    part("covers", "coverartarchive", plan.pictures, true);
    return plan;
  }

  Status find(const CollectOptions& options, ServiceClient& services, AlbumSink& sink) override {
    SLEEVE_CHECK(check_options(options));
    return Finder(options, services, sink).run();
  }
};

}  // namespace

SourceInfo metabrainz_info() {
  // MusicBrainz: one a second on average, and the remaining-header is not the client's own. ListenBrainz:
  // never more than one a second. The archive sets no limit; a few at once are polite.
  const HostLimit one_a_second{1.1, 1, "", "", 10};
  const HostLimit listenbrainz{1.0, 1, "x-ratelimit-remaining", "x-ratelimit-reset-in", 10};
  const HostLimit archive{0.1, 4, "", "", 10};
  SourceInfo info;
  info.name = "metabrainz";
  info.summary = "MusicBrainz, ListenBrainz and the Cover Art Archive: open data, no key";
  info.notice =
      "Titles, artists and ids are free (CC0). Genres are CC BY-NC-SA 3.0: not for commercial use, pass "
      "labels on under the same licence, credit MusicBrainz. Covers belong to their makers: the archive "
      "grants no licence, so keep the pictures to yourself and publish lists of ids instead.";
  info.services = {{"musicbrainz", "https://musicbrainz.org", one_a_second, "core data: CC0"},
                   {"listenbrainz", "https://api.listenbrainz.org", listenbrainz, "CC0"},
                   {"coverartarchive", "https://coverartarchive.org", archive,
                    "copyright of the picture's owner; no licence is granted"}};
  info.wishes = {"genre", "chart", "artist", "album"};
  info.popularity_count = "listeners";
  return info;
}

std::unique_ptr<Source> make_metabrainz() { return std::make_unique<Metabrainz>(); }

}  // namespace sleeve
