// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_SOURCE_H_
#define SLEEVE_COLLECT_SOURCE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "collect/service_client.h"
#include "store/collections.h"

// What a music service has to be able to do to be collected from. A source is a file pair and a line
// in registry.cc: it says what it is (SourceInfo), what a wish would cost (plan), and finds albums (find).
// All else is the same for all sources and done for them: cache, limits, retries, resuming, pictures,
// popularity, provenance, reports.
namespace sleeve {

// What to collect. Everything in it decides the result; docs/data-sources.md says which source takes what.
struct CollectOptions {
  std::string source = "metabrainz";
  std::vector<std::string> genres;     // by tag
  std::vector<std::string> charts;     // by chart, as the source names them
  std::vector<std::string> artists;    // by the source's artist ids
  std::vector<std::string> albums;     // by the source's album ids
  std::vector<std::string> playlists;  // by the source's playlist ids
  std::vector<std::string> searches;   // by words
  size_t per_genre = 100;              // albums with a picture, of each genre
  size_t limit = 0;                    // of all albums; 0: no bound of ours
  int size = 500;                      // pixels that a picture's side should have at least; sources round up
  std::string country;                 // of the shop, where there are several
  bool permission = false;             // the user says that the terms allow what they do
};
Json to_json(const CollectOptions& options);  // without what is empty

// A place where a picture may be had.
struct PictureLink {
  std::string url;
  std::string service;  // of SourceInfo::services
  friend bool operator==(const PictureLink&, const PictureLink&) = default;
};

// An album as a source found it.
struct FoundAlbum {
  AlbumRecord
      album;  // key, title, artist, genres, votes, year, collection, popularity if it gives one itself
  std::map<std::string, int64_t> counts;        // raw figures: "listeners", "fans", …
  std::vector<PictureLink> pictures;            // the best first; empty: none known
  std::map<std::string, OriginRecord> origins;  // by field: album, genres, popularity, …
};

// Takes what a source finds.
class AlbumSink {
 public:
  virtual ~AlbumSink() = default;
  // The same album again replaces what was said before in this run.
  virtual Status found(FoundAlbum album) = 0;
  // Something a reader of the report should know: "ListenBrainz gives no listener counts without a token".
  virtual void note(const std::string& text) = 0;
  // An item that could not be used; it is reported, and the run goes on.
  virtual void problem(const std::string& item, const Error& error) = 0;
};

// An upper bound of what a wish costs, as far as it can be told without asking anybody.
struct CollectPlan {
  struct Part {
    std::string what;     // "search by tag"
    std::string service;  // of SourceInfo::services
    size_t calls = 0;
    bool pictures = false;  // fetched several at once, and larger than answers
  };
  std::vector<Part> parts;
  size_t albums = 0;  // that may be found; 0: can't be told
  size_t pictures = 0;
  double picture_bytes = 0;  // of one
};

class Source {
 public:
  virtual ~Source() = default;
  // kUsage if the wish is none that this source can fulfil.
  [[nodiscard]] virtual Result<CollectPlan> plan(const CollectOptions& options) const = 0;
  // Asks and hands over every album once. Called from the start by every run: what was asked before is
  // answered by the cache, so the same albums come in the same order. Errors of ServiceClient are passed on.
  virtual Status find(const CollectOptions& options, ServiceClient& services, AlbumSink& sink) = 0;
  // Headers that a service wants with requests for pictures (a token). Called once, before the first of them.
  virtual Result<std::vector<std::pair<std::string, std::string>>> picture_headers(std::string_view service,
                                                                                   ServiceClient& services) {
    static_cast<void>(service);
    static_cast<void>(services);
    return std::vector<std::pair<std::string, std::string>>();
  }
};

struct SourceInfo {
  std::string name;
  std::string summary;  // one line
  std::string notice;   // what may be done with what it gives, in plain words; printed before collecting
  std::vector<ServiceInfo> services;
  std::vector<std::string>
      wishes;  // members of CollectOptions it takes: "genre", "chart", "artist", "album", …
  std::string popularity_count;   // popularity is made of this count; empty: the source gives it, or none
  bool needs_permission = false;  // refuses to work without CollectOptions::permission
};

struct SourceEntry {
  SourceInfo (*info)();
  std::unique_ptr<Source> (*make)();
};
std::span<const SourceEntry> sources();
// kUsage with the nearest name.
Result<const SourceEntry*> find_source(std::string_view name);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_SOURCE_H_
