// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_TESTING_FAKE_SPOTIFY_H_
#define SLEEVE_COLLECT_TESTING_FAKE_SPOTIFY_H_

#include "collect/testing/fake_service.h"

namespace sleeve {

struct FakeSpotifyOptions {
  int albums = 60;
  bool extended = true;     // Extended Quota, else Development Mode
  bool items_only = false;  // playlists under /items only (an owner's in Development Mode)
  int token_uses = 0;       // a token runs out after so many calls; 0: never
  int limited_every = 0;    // every so many calls 429 with Retry-After
  int quota_after = 0;      // after so many calls 429 with QUOTA_EXCEEDED and no Retry-After
  bool premium = true;      // false: 403 for everything
};

// Spotify's Web API, its accounts service and its picture host, as in autumn 2026. Playlist "p1" has all
// albums, each with two tracks; ids are "album7", "artist3".
class FakeSpotify final : public FakeService {
 public:
  explicit FakeSpotify(FakeSpotifyOptions options);
  ~FakeSpotify() override { stop(); }
  [[nodiscard]] int tokens() const { return tokens_; }

 private:
  FakeReply answer(const std::string& service, const FakeRequest& request) override;
  FakeReply token(const FakeRequest& request);
  FakeReply api(const FakeRequest& request);
  FakeReply playlist(const FakeRequest& request);
  FakeReply album_page(const FakeRequest& request, const std::vector<const Album*>& albums, bool in_search);
  [[nodiscard]] Json album_json(const Album& album, bool whole) const;
  [[nodiscard]] Json artist_json(int number) const;

  FakeSpotifyOptions options_;
  int tokens_ = 0;
  int uses_ = 0;
  int api_calls_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_TESTING_FAKE_SPOTIFY_H_
