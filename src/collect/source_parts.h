// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_SOURCE_PARTS_H_
#define SLEEVE_COLLECT_SOURCE_PARTS_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include <sleeve/result.h>

#include "collect/source.h"

// What sources of one album after another have in common.
namespace sleeve {

// kUsage if the options wish for nothing, for an empty name, or for something that the source doesn't take.
Status check_wishes(const CollectOptions& options, const SourceInfo& info);

// An id that is put into an address: letters and digits, 1 to 64 of them.
bool is_plain_id(std::string_view id);
// A whole number from 1 on.
bool is_number_id(std::string_view id);
// kUsage, naming it, if one of the ids isn't such: "'x' is " and `what`.
Status check_ids(std::initializer_list<const std::vector<std::string>*> lists,
                 bool (*is_id)(std::string_view), std::string_view what);

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
  // What an album of a service and ours have in common. `front` tells its artists from another service's.
  template <class Album>
  static FoundAlbum begin_album(const std::string& key, const Album& album, const std::string& front,
                                const std::string& collection, const OriginRecord& origin) {
    FoundAlbum found;
    found.album.key = key;
    found.album.title = album.title;
    found.album.artist_key = album.artist_id.empty() ? album.artist_name : front + album.artist_id;
    found.album.artist_name = album.artist_name;
    found.album.year = album.year;
    found.album.collection = collection;
    found.origins["album"] = origin;
    return found;
  }
  static void put_genres(FoundAlbum& found, const std::vector<std::string>& genres,
                         const OriginRecord& origin) {
    found.album.genres = genres;
    if (!genres.empty()) found.origins["genres"] = origin;
  }
  // `left` albums of a genre were not to be had.
  void note_shortage(const std::string& genre, size_t left, std::string_view service) {
    if (left == 0 || full()) return;
    sink_.note(fmt::format("genre '{}': {} albums instead of {}: {} shows no more", genre,
                           options_.per_genre - left, options_.per_genre, service));
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
