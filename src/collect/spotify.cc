// SPDX-License-Identifier: Apache-2.0
#include "collect/spotify.h"

#include <algorithm>
#include <map>
#include <span>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/json_fields.h"
#include "collect/source_parts.h"
#include "net/address.h"

namespace sleeve {
namespace {

constexpr size_t kSpotifyAlbumsACall = 20;  // Extended Quota; Development Mode has no such call
constexpr size_t kArtistsACall = 50;
constexpr size_t kSpotifyPage = 50;     // of playlists and artists' albums
constexpr size_t kSmallPage = 10;       // of Development Mode
constexpr size_t kSearchWindow = 1000;  // search gives no more

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  for (size_t i = 0; i < text.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k) result += i + k <= text.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return result;
}

// Asks with a token that is renewed when it has run out.
class Asker {
 public:
  explicit Asker(ServiceClient& services) : services_(services) {}

  // Status of the last answer: 403 means that this key isn't given it; 0: it was kept from an earlier run.
  [[nodiscard]] int status() const { return status_; }
  // Without one nothing can be asked at all.
  [[nodiscard]] bool has_token() const { return !token_.empty() || services_.policy().offline; }

  // `keep_refusal`: that this key isn't given it is worth knowing in the next run, too.
  Result<Answer> ask(const std::string& target, const std::function<bool(const Json&)>& shape,
                     bool keep_refusal = false) {
    for (int attempt = 1;; ++attempt) {
      // Offline, what was kept is answered without one.
      if (token_.empty() && !services_.policy().offline) {
        SLEEVE_CHECK(fetch_token());
      }
      HttpRequest request;
      request.url = services_.url_of("spotify") + target;
      request.headers.emplace_back("authorization", "Bearer " + token_);
      AskOptions options;
      options.shape = shape;
      if (keep_refusal) {
        options.keep = [](const HttpReply& reply, const Json& json) {
          const std::string words = ascii_lower(text_field(field(json, "error"), "message"));
          const bool refused = reply.status == 400 || reply.status == 403;
          return reply.ok() || reply.status == 404 || (refused && words.find("premium") == std::string::npos);
        };
      }
      status_ = 0;
      options.judge = [this](const HttpReply& reply, const Json& json) -> std::optional<HttpVerdict> {
        status_ = reply.status;
        const bool quota = text_field(field(json, "error"), "reason") == "QUOTA_EXCEEDED";
        return reply.status == 429 && quota ? std::optional(HttpVerdict::kLater) : std::nullopt;
      };
      auto answer = services_.ask("spotify", std::move(request), options);
      const bool expired = !answer.ok() && status_ == 401 && services_.stop_reason() == StopReason::kNone;
      if (!expired || attempt == 2) return answer;
      token_.clear();
    }
  }

 private:
  Status fetch_token() {
    SLEEVE_TRY(const Secret id, services_.need_key("spotify_client_id", "a Spotify client id"));
    SLEEVE_TRY(const Secret secret, services_.need_key("spotify_client_secret", "a Spotify client secret"));
    HttpRequest request;
    request.url = services_.url_of("spotify_accounts") + "/api/token";
    request.method = "POST";
    request.content_type = "application/x-www-form-urlencoded";
    request.body = "grant_type=client_credentials";
    const std::string credentials = base64(id.reveal() + ":" + secret.reveal());
    services_.http().hide(credentials);
    request.headers.emplace_back("authorization", "Basic " + credentials);
    AskOptions options;
    options.cached = false;
    options.shape = [](const Json& json) { return field(json, "access_token").is_string(); };
    SLEEVE_TRY(const Answer answer, services_.ask("spotify_accounts", std::move(request), options));
    token_ = text_field(answer.json, "access_token");
    if (token_.empty()) return make_error(ErrorCode::kCorrupt, "Spotify gives no token");
    services_.http().hide(token_);
    return {};
  }

  ServiceClient& services_;
  std::string token_;
  int status_ = 0;
};

class SpotifyRun : public SourceRun {
 public:
  SpotifyRun(const CollectOptions& options, ServiceClient& services, AlbumSink& sink)
      : SourceRun(options, services, sink), asker_(services) {}

  Status run() {
    for (const std::string& playlist : options_.playlists) SLEEVE_CHECK(find_playlist(playlist));
    for (const std::string& artist : options_.artists) {
      SLEEVE_CHECK(find_pages("/v1/artists/" + artist + "/albums?include_groups=album,single,compilation",
                              "artist " + artist, spotify::read_album_page, 0));
    }
    for (const std::string& words : options_.searches) {
      SLEEVE_CHECK(find_pages("/v1/search?type=album&q=" + percent_encoded(words), "search " + words,
                              spotify::read_search, kSearchWindow));
    }
    for (const std::string& album : options_.albums) add(album, "list");
    for (size_t first = 0; first < wanted_.size(); first += kSpotifyAlbumsACall) {
      const size_t count = std::min(kSpotifyAlbumsACall, wanted_.size() - first);
      SLEEVE_CHECK(complete(std::span(wanted_).subspan(first, count)));
    }
    return {};
  }

 private:
  struct Wanted {
    std::string id;
    std::string collection;
    std::optional<spotify::Album> album;
    OriginRecord origin;
  };
  using Read = std::optional<spotify::Page> (*)(const Json&);

  [[nodiscard]] bool enough() const { return options_.limit > 0 && wanted_.size() >= options_.limit; }
  void add(const std::string& id, const std::string& collection) {
    if (!enough() && is_new(id)) wanted_.push_back({id, collection, {}, {}});
  }
  [[nodiscard]] std::string market(char separator) const {
    return options_.country.empty() ? "" : separator + ("market=" + options_.country);
  }

  // Older keys get the list under /tracks; new ones under /items, and only of their owner's playlists.
  Status find_playlist(const std::string& playlist) {
    const std::string front = "/v1/playlists/" + playlist;
    const size_t before = problems_;
    SLEEVE_CHECK(find_pages(front + "/tracks?additional_types=track", "playlist " + playlist,
                            spotify::read_playlist_page, 0, true));
    if (problems_ == before) return {};
    return find_pages(front + "/items?additional_types=track", "playlist " + playlist,
                      spotify::read_playlist_page, 0);
  }

  // Page after page; `most`: the service gives no more, 0: no bound. A refusal is told, or if it is
  // `tentative` only counted.
  Status find_pages(const std::string& target, const std::string& collection, Read read, size_t most,
                    bool tentative = false) {
    size_t page_size = small_pages_ ? kSmallPage : kSpotifyPage;
    for (size_t offset = 0; !enough() && (most == 0 || offset < most);) {
      auto answer = asker_.ask(
          fmt::format("{}&limit={}&offset={}{}", target, page_size, offset, market('&')),
          [read](const Json& json) { return read(json).has_value(); }, true);
      if (!answer.ok() && services_.stop_reason() != StopReason::kNone) return answer.error();
      const bool small = asker_.status() == 400 || asker_.status() == 0;
      if (!answer.ok() && small && asker_.has_token() && page_size == kSpotifyPage) {
        small_pages_ = true;
        page_size = kSmallPage;
        continue;
      }
      const auto page = answer.ok() ? read(answer->json) : std::nullopt;
      if (!page) return refused(collection, answer, tentative);
      for (const spotify::Album& album : page->albums) add(album.id, collection);
      offset += page->length;
      if (page->length == 0 || !page->more) break;
    }
    return {};
  }

  Status refused(const std::string& item, const Result<Answer>& answer, bool tentative) {
    ++problems_;
    if (!asker_.has_token()) return answer.error();
    if (tentative) return {};
    if (answer.ok()) {
      missing(item, "Spotify");
      return {};
    }
    Error error = answer.error();
    if (asker_.status() == 403 && item.starts_with("playlist ")) {
      error.message +=
          "; in Development Mode Spotify gives playlists to their owners only, by a user's token";
    }
    return pass_on(item, error);
  }

  // Albums and artists in batches, or where this key has none one by one.
  Status complete(std::span<Wanted> batch) {
    SLEEVE_CHECK(fetch_albums(batch));
    std::vector<std::string> artists;
    for (const Wanted& wanted : batch) {
      if (wanted.album && !wanted.album->artist_id.empty() && !artists_.contains(wanted.album->artist_id) &&
          std::ranges::find(artists, wanted.album->artist_id) == artists.end()) {
        artists.push_back(wanted.album->artist_id);
      }
    }
    for (size_t first = 0; first < artists.size(); first += kArtistsACall) {
      SLEEVE_CHECK(
          fetch_artists(std::span(artists).subspan(first, std::min(kArtistsACall, artists.size() - first))));
    }
    for (Wanted& wanted : batch) {
      if (full()) break;
      if (wanted.album) SLEEVE_CHECK(hand_over(wanted));
    }
    return {};
  }

  // Whether the batch was answered. Refused: from now on one by one.
  Result<bool> ask_batch(const std::string& target, const std::function<bool(const Json&)>& shape,
                         const std::function<void(const Answer&)>& take) {
    if (one_by_one_) return false;
    auto answer = asker_.ask(target, shape, true);
    if (!answer.ok() && !asker_.has_token()) return answer.error();
    if (!answer.ok() && services_.stop_reason() != StopReason::kNone) return answer.error();
    if (answer.ok() && shape(answer->json)) {
      take(*answer);
      return true;
    }
    one_by_one_ = true;
    return false;
  }

  Status fetch_albums(std::span<Wanted> batch) {
    std::vector<std::string> ids;
    for (const Wanted& wanted : batch) ids.push_back(wanted.id);
    SLEEVE_TRY(const bool done, ask_batch(
                                    "/v1/albums?ids=" + join_text(ids, ",") + market('&'),
                                    [&](const Json& json) {
                                      const auto albums = spotify::read_albums(json);
                                      return albums && albums->size() == ids.size();
                                    },
                                    [&](const Answer& answer) {
                                      auto albums = *spotify::read_albums(answer.json);
                                      for (size_t i = 0; i < batch.size(); ++i) {
                                        batch[i].origin = answer.origin;
                                        batch[i].album = std::move(albums[i]);
                                        if (!batch[i].album) missing("album " + batch[i].id, "Spotify");
                                      }
                                    }));
    if (done) return {};
    for (Wanted& wanted : batch) {
      auto answer = asker_.ask("/v1/albums/" + wanted.id + market('?'),
                               [](const Json& json) { return spotify::read_album(json).has_value(); });
      if (!answer.ok()) {
        SLEEVE_CHECK(pass_on("album " + wanted.id, answer.error()));
        continue;
      }
      wanted.origin = answer->origin;
      wanted.album = spotify::read_album(answer->json);
      if (!wanted.album) missing("album " + wanted.id, "Spotify");
    }
    return {};
  }

  Status fetch_artists(std::span<const std::string> ids) {
    const auto keep = [&](const std::optional<spotify::Artist>& artist, const OriginRecord& origin) {
      if (artist) artists_[artist->id] = {artist->genres, origin};
    };
    SLEEVE_TRY(const bool done, ask_batch(
                                    "/v1/artists?ids=" + join_text(ids, ","),
                                    [](const Json& json) { return spotify::read_artists(json).has_value(); },
                                    [&](const Answer& answer) {
                                      const auto artists = spotify::read_artists(answer.json);
                                      for (const auto& artist : *artists) keep(artist, answer.origin);
                                    }));
    if (done) return {};
    for (const std::string& id : ids) {
      auto answer = asker_.ask("/v1/artists/" + id,
                               [](const Json& json) { return spotify::read_artist(json).has_value(); });
      if (answer.ok()) {
        keep(spotify::read_artist(answer->json), answer->origin);
      } else {
        SLEEVE_CHECK(pass_on("artist " + id, answer.error()));
      }
    }
    return {};
  }

  Status hand_over(Wanted& wanted) {
    const spotify::Album& album = *wanted.album;
    FoundAlbum found = begin_album(album.id, album, "", wanted.collection, wanted.origin);
    found.album.popularity = album.popularity;
    if (album.popularity) {
      found.origins["popularity"] = wanted.origin;
    } else {
      sink_.note("Spotify gives this key no popularity; it stays unknown (it is for Extended Quota only)");
    }
    if (const auto artist = artists_.find(album.artist_id); artist != artists_.end()) {
      put_genres(found, artist->second.first, artist->second.second);
    }
    add_pictures(album, found);
    return take(std::move(found));
  }

  // The smallest that is large enough first, then what is left, the largest first.
  void add_pictures(const spotify::Album& album, FoundAlbum& found) const {
    const spotify::Picture* best = nullptr;
    for (const spotify::Picture& picture : album.pictures) {
      if (best == nullptr || picture.width >= options_.size) best = &picture;
    }
    if (best == nullptr) return;
    found.pictures.push_back({best->url, "spotify_images"});
    for (const spotify::Picture& picture : album.pictures) {
      if (&picture != best) found.pictures.push_back({picture.url, "spotify_images"});
    }
  }

  Asker asker_;
  std::vector<Wanted> wanted_;
  std::map<std::string, std::pair<std::vector<std::string>, OriginRecord>> artists_;
  bool one_by_one_ = false;   // the key has no calls for several
  bool small_pages_ = false;  // … and only small pages
  size_t problems_ = 0;
};

class Spotify final : public Source {
 public:
  [[nodiscard]] Result<CollectPlan> plan(const CollectOptions& options) const override {
    SLEEVE_CHECK(check_wishes(options, spotify_info()));
    SLEEVE_CHECK(check_ids({&options.playlists, &options.artists, &options.albums}, is_plain_id,
                           "no Spotify id: 22 letters and digits, the end of the link"));
    CollectPlan plan;
    const size_t lists = options.playlists.size() + options.artists.size() + options.searches.size();
    // How long lists are isn't known before they are asked for.
    plan.albums = lists == 0 ? options.albums.size() : options.limit;
    plan.pictures = plan.albums;
    plan.picture_bytes = 60e3;
    plan.parts.push_back({"token", "spotify_accounts", 1});
    if (lists > 0) plan.parts.push_back({"lists, at least", "spotify", lists});
    // At worst an album and an artist for each; a key with Extended Quota needs a tenth.
    if (plan.albums > 0) plan.parts.push_back({"albums and artists", "spotify", 2 * plan.albums});
    if (plan.albums > 0) plan.parts.push_back({"covers", "spotify_images", plan.albums, true});
    return plan;
  }
  Status find(const CollectOptions& options, ServiceClient& services, AlbumSink& sink) override {
    return SpotifyRun(options, services, sink).run();
  }
};

}  // namespace

SourceInfo spotify_info() {
  // No number is published: the window is 30 s, and Development Mode has less.
  const HostLimit api{0.35, 1, "", "", 30};
  SourceInfo info;
  info.name = "spotify";
  info.summary = "Spotify's Web API: playlists, albums, artists, searches (key; terms forbid training)";
  info.notice =
      "Spotify's Developer Policy (section III) and Developer Terms (IV.2) forbid using its content, "
      "metadata and covers included, to train a machine-learning model, and forbid analysing it. This source "
      "is for those who have Spotify's permission or another lawful use; --i-have-permission says that you "
      "do. Keys made since 2026 get no popularity, no playlists but one's own, and need a Premium account.";
  const std::string licence =
      "Spotify content: no training of models, no redistribution (Developer Policy III)";
  info.services = {{"spotify", "https://api.spotify.com", api, licence},
                   {"spotify_accounts", "https://accounts.spotify.com", {1.0, 1, "", "", 30}, licence},
                   {"spotify_images", "https://i.scdn.co", {0.1, 4, "", "", 10}, licence}};
  info.wishes = {"playlist", "album", "artist", "search"};
  info.needs_permission = true;
  return info;
}

std::unique_ptr<Source> make_spotify() { return std::make_unique<Spotify>(); }

}  // namespace sleeve
