// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_TESTING_FAKE_METABRAINZ_H_
#define SLEEVE_COLLECT_TESTING_FAKE_METABRAINZ_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "net/testing/fake_server.h"
#include "net/testing/storm.h"

namespace sleeve {

struct FakeMetabrainzOptions {
  size_t albums = 500;
  size_t artists = 0;  // 0: one for three albums
  std::vector<std::string> genres = {"rock", "jazz", "hip hop", "black metal", "electronic"};
  double cover_share = 0.69;
  size_t placeholders = 0;  // albums of different artists that share a picture
  bool metadata = true;     // false: ListenBrainz wants a token for metadata
  bool popularity = true;   // false: … for popularity
  int picture_side = 24;    // pixels
  uint64_t seed = 1;
};

// MusicBrainz, ListenBrainz, the Cover Art Archive, archive.org and one of its nodes, each on a loopback
// port, as they were in autumn 2026: shapes, paging, limits on sizes, quirks and forms of errors.
class FakeMetabrainz {
 public:
  struct Album {
    std::string mbid;
    std::string title;
    std::string artist_mbid;
    std::string artist;
    std::vector<std::pair<std::string, int64_t>> tags;  // the genres among them have a genre's MBID
    bool artist_tags_only = false;                      // nobody voted on the album itself
    std::string date;
    bool cover = false;
    int picture = 0;  // albums with the same number share it
    std::optional<int64_t> listeners;
    int64_t listens = 0;
  };

  explicit FakeMetabrainz(FakeMetabrainzOptions options);
  ~FakeMetabrainz();

  // By service, as ServiceSettings::urls wants them.
  [[nodiscard]] std::map<std::string, std::string> urls() const;
  [[nodiscard]] const std::vector<Album>& albums() const { return albums_; }
  // How often each question was asked, and in all of a service ("musicbrainz", …, "archive", "node").
  [[nodiscard]] std::map<std::string, int> asked() const;
  [[nodiscard]] size_t calls(const std::string& service) const;
  void forget_calls();

  // From now on answers go wrong; {}: no more.
  void set_storm(StormOptions options);
  void set_storm_of_pictures(StormOptions options);
  [[nodiscard]] size_t faults() const;
  // Called with every request, before it is answered.
  void on_request(std::function<void()> hook);
  void vanish(const std::string& mbid);  // as if it had never been there

 private:
  FakeReply answer(const std::string& service, const FakeRequest& request);
  FakeReply musicbrainz(const FakeRequest& request);
  FakeReply listenbrainz(const FakeRequest& request);
  FakeReply cover_art(const FakeRequest& request);
  FakeReply archive(const FakeRequest& request);
  FakeReply node(const FakeRequest& request);
  FakeReply search(const FakeRequest& request);
  FakeReply browse(const FakeRequest& request);
  FakeReply genres(const FakeRequest& request);
  FakeReply chart(const FakeRequest& request);
  FakeReply metadata(const FakeRequest& request);
  FakeReply popularity(const FakeRequest& request);
  [[nodiscard]] const Album* find(const std::string& mbid) const;
  [[nodiscard]] bool is_genre(const std::string& tag) const;
  [[nodiscard]] Json search_group(const Album& album) const;
  [[nodiscard]] Json browse_group(const Album& album) const;
  [[nodiscard]] Json tags_of(const Album& album, const char* owner) const;
  const std::string& picture(int number, int side);

  FakeMetabrainzOptions options_;
  std::vector<Album> albums_;
  std::map<std::string, size_t> by_mbid_;
  std::map<std::string, size_t> by_release_;
  std::map<std::pair<int, int>, std::string> pictures_;
  mutable std::mutex mutex_;  // servers answer at once
  std::map<std::string, int> asked_;
  std::map<std::string, size_t> calls_;
  std::unique_ptr<Storm> storm_;
  std::unique_ptr<Storm> picture_storm_;
  std::function<void()> hook_;
  std::map<std::string, std::unique_ptr<FakeServer>> servers_;  // last: they stop first
};

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_TESTING_FAKE_METABRAINZ_H_
