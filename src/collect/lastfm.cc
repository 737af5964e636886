// SPDX-License-Identifier: Apache-2.0
#include "collect/lastfm.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/json_fields.h"
#include "collect/source_parts.h"
#include "net/address.h"

namespace sleeve {
namespace lastfm {
namespace {

constexpr size_t kMostTags = 20;

// A list of one may come as the one itself, and an empty one as "".
std::vector<const Json*> elements(const Json& list) {
  std::vector<const Json*> result;
  if (list.is_object()) result.push_back(&list);
  if (!list.is_array()) return result;
  for (const Json& element : list) result.push_back(&element);
  return result;
}

std::vector<std::string> pictures_of(const Json& images) {
  std::vector<std::string> urls;
  for (const Json* image : elements(images)) {
    const std::string url = text_field(*image, "#text");
    if (!url.empty() && std::ranges::find(urls, url) == urls.end()) urls.insert(urls.begin(), url);
  }
  return urls;
}

// A name, or an object that has one.
std::string artist_of(const Json& json) {
  const std::string name = text_field(json, "artist");
  return name.empty() ? text_field(field(json, "artist"), "name") : name;
}

}  // namespace

std::optional<Problem> read_error(const Json& json) {
  const auto code = count_field(json, "error");
  if (!code) return std::nullopt;
  return Problem{*code, text_field(json, "message")};
}

std::optional<Album> read_album(const Json& json) {
  const Json& from = field(json, "album");
  Album album;
  album.title = text_field(from, "name");
  album.artist = artist_of(from);
  if (album.title.empty() || album.artist.empty()) return std::nullopt;
  album.listeners = count_field(from, "listeners");
  album.plays = count_field(from, "playcount");
  album.pictures = pictures_of(field(from, "image"));
  for (const Json* tag : elements(field(field(from, "tags"), "tag"))) {
    const std::string name = text_field(*tag, "name");
    const bool known = std::ranges::find(album.tags, name) != album.tags.end();
    if (!name.empty() && !known && album.tags.size() < kMostTags) album.tags.push_back(name);
  }
  for (const Json* track : elements(field(field(from, "tracks"), "track"))) {
    const Json& artist = field(*track, "artist");
    if (album.artist_mbid.empty() && text_field(artist, "name") == album.artist)
      album.artist_mbid = uuid_of(text_field(artist, "mbid"));
  }
  return album;
}

std::optional<Page> read_tag_albums(const Json& json) {
  const Json& albums = field(json, "albums");
  if (!albums.is_object()) return std::nullopt;
  Page page;
  page.pages = count_field(field(albums, "@attr"), "totalPages").value_or(0);
  for (const Json* from : elements(field(albums, "album"))) {
    ++page.length;
    Album album;
    album.title = text_field(*from, "name");
    album.artist = artist_of(*from);
    if (!album.title.empty() && !album.artist.empty()) page.albums.push_back(std::move(album));
  }
  return page;
}

std::optional<std::vector<std::pair<std::string, int64_t>>> read_artist_tags(const Json& json) {
  const Json& tags = field(json, "toptags");
  if (!tags.is_object()) return std::nullopt;
  std::vector<std::pair<std::string, int64_t>> result;
  int64_t strongest = 0;
  for (const Json* tag : elements(field(tags, "tag"))) {
    const std::string name = text_field(*tag, "name");
    const int64_t weight = count_field(*tag, "count").value_or(0);
    if (name.empty() || weight == 0 || result.size() >= kMostTags) continue;
    strongest = std::max(strongest, weight);
    result.emplace_back(name, weight);
  }
  std::erase_if(result, [&](const auto& tag) { return tag.second < (strongest + 9) / 10; });
  return result;
}

}  // namespace lastfm

namespace {

constexpr size_t kLastfmPage = 50;
constexpr int64_t kNotFound = 6;  // or a parameter is wrong
constexpr std::string_view kBetween = " / ";

// "Band / Example"; nothing if it has another form.
std::optional<std::pair<std::string, std::string>> artist_and_title(const std::string& text) {
  const size_t place = text.find(kBetween);
  if (place == std::string::npos || place == 0 || place + kBetween.size() == text.size()) return std::nullopt;
  return std::pair(text.substr(0, place), text.substr(place + kBetween.size()));
}

// 8, 11, 16: it fails for the moment; 29: asked too often. Codes that it doesn't have are no errors of its
// own.
bool is_passing(int64_t code) {
  return code == 8 || code == 11 || code == 16 || code == 29 || code == 0 || code > 29;
}

class LastfmRun : public SourceRun {
 public:
  using SourceRun::SourceRun;

  Status run() {
    SLEEVE_TRY(const Secret key, services_.need_key("lastfm_key", "a Last.fm API key"));
    key_ = key.reveal();
    for (const std::string& album : options_.albums) {
      const auto names = artist_and_title(album);
      if (names) {
        SLEEVE_CHECK(take_album(names->first, names->second, "list", nullptr));
      } else {
        SLEEVE_CHECK(take_by("&mbid=" + album, album, "list", nullptr));
      }
    }
    for (const std::string& genre : options_.genres) SLEEVE_CHECK(find_genre(genre));
    return {};
  }

 private:
  Result<Answer> ask(const std::string& method, const std::function<bool(const Json&)>& shape) {
    AskOptions options;
    options.shape = shape;
    options.judge = [](const HttpReply& /*reply*/, const Json& json) -> std::optional<HttpVerdict> {
      const auto problem = lastfm::read_error(json);
      if (!problem) return std::nullopt;
      return is_passing(problem->code) ? HttpVerdict::kRetry : HttpVerdict::kFinal;
    };
    options.keep = [](const HttpReply& reply, const Json& json) {
      const auto problem = lastfm::read_error(json);
      return problem ? problem->code == kNotFound : reply.ok();
    };
    SLEEVE_TRY(Answer answer, services_.ask("lastfm",
                                            "/2.0/?method=" + method + "&api_key=" + percent_encoded(key_) +
                                                "&autocorrect=1&format=json",
                                            options));
    const auto problem = lastfm::read_error(answer.json);
    if (!problem) return answer;
    return make_error(problem->code == kNotFound ? ErrorCode::kNotFound : ErrorCode::kIo,
                      "Last.fm: {} (error {})", problem->message, problem->code);
  }

  Status find_genre(const std::string& genre) {
    size_t left = options_.per_genre;
    const std::string collection = "genre " + genre;
    for (int64_t number = 1; left > 0 && !full(); ++number) {
      auto answer = ask(fmt::format("tag.gettopalbums&tag={}&limit={}&page={}", percent_encoded(genre),
                                    kLastfmPage, number),
                        [](const Json& json) { return lastfm::read_tag_albums(json).has_value(); });
      if (!answer.ok()) return pass_on(collection, answer.error());
      const auto page = lastfm::read_tag_albums(answer->json);
      if (!page) break;
      for (const lastfm::Album& album : page->albums) {
        if (left == 0 || full()) break;
        SLEEVE_CHECK(take_album(album.artist, album.title, collection, &left));
      }
      if (page->length == 0 || number >= page->pages) break;
    }
    note_shortage(genre, left, "Last.fm");
    return {};
  }

  Status take_album(const std::string& artist, const std::string& title, const std::string& collection,
                    size_t* left) {
    return take_by("&artist=" + percent_encoded(artist) + "&album=" + percent_encoded(title),
                   artist + std::string(kBetween) + title, collection, left);
  }

  Status take_by(const std::string& names, const std::string& item, const std::string& collection,
                 size_t* left) {
    if (full() || !is_new(ascii_lower(item))) return {};
    auto answer =
        ask("album.getinfo" + names, [](const Json& json) { return lastfm::read_album(json).has_value(); });
    if (!answer.ok()) return pass_on("album " + item, answer.error());
    const auto album = lastfm::read_album(answer->json);
    if (!album) {
      missing("album " + item, "Last.fm");
      return {};
    }
    // Autocorrection may lead two spellings to one album.
    const std::string key = album->artist + std::string(kBetween) + album->title;
    if (ascii_lower(key) != ascii_lower(item) && !is_new(ascii_lower(key))) return {};
    if (left != nullptr) --*left;
    return hand_over(*album, key, collection, answer->origin);
  }

  Status hand_over(const lastfm::Album& album, const std::string& key, const std::string& collection,
                   const OriginRecord& origin) {
    FoundAlbum found;
    found.album.key = key;
    found.album.title = album.title;
    found.album.artist_key = album.artist_mbid.empty() ? album.artist : album.artist_mbid;
    found.album.artist_name = album.artist;
    found.album.collection = collection;
    found.origins["album"] = origin;
    put_genres(found, album.tags, origin);
    if (album.tags.empty()) SLEEVE_CHECK(add_artist_tags(album.artist, found));
    if (album.listeners) found.counts["listeners"] = *album.listeners;
    if (album.plays) found.counts["plays"] = *album.plays;
    if (album.listeners) found.origins["popularity"] = origin;
    for (const std::string& url : album.pictures) found.pictures.push_back({url, "lastfm_images"});
    return take(std::move(found));
  }

  // Nobody tagged the album: its artist's tags, with their weights as votes.
  Status add_artist_tags(const std::string& artist, FoundAlbum& found) {
    auto [known, is_first] = artist_tags_.try_emplace(artist);
    if (is_first) {
      auto answer = ask("artist.gettoptags&artist=" + percent_encoded(artist),
                        [](const Json& json) { return lastfm::read_artist_tags(json).has_value(); });
      if (!answer.ok()) return pass_on("artist " + artist, answer.error());
      known->second.tags =
          lastfm::read_artist_tags(answer->json).value_or(std::vector<std::pair<std::string, int64_t>>());
      known->second.origin = answer->origin;
      known->second.origin.licence += "; tagged on the artist, not the album";
    }
    for (const auto& [tag, weight] : known->second.tags) {
      found.album.genres.push_back(tag);
      found.album.votes.push_back(weight);
    }
    if (!known->second.tags.empty()) found.origins["genres"] = known->second.origin;
    return {};
  }

  struct ArtistTags {
    std::vector<std::pair<std::string, int64_t>> tags;
    OriginRecord origin;
  };
  std::string key_;
  std::map<std::string, ArtistTags> artist_tags_;
};

class Lastfm final : public Source {
 public:
  [[nodiscard]] Result<CollectPlan> plan(const CollectOptions& options) const override {
    SLEEVE_CHECK(check_wishes(options, lastfm_info()));
    const auto is_album = [](std::string_view album) {
      return artist_and_title(std::string(album)) || !uuid_of(album).empty();
    };
    SLEEVE_CHECK(
        check_ids({&options.albums}, is_album, "neither 'Artist / Album' nor a MusicBrainz release id"));
    CollectPlan plan;
    plan.albums = options.albums.size() + options.genres.size() * options.per_genre;
    if (options.limit > 0) plan.albums = std::min(plan.albums, options.limit);
    plan.pictures = plan.albums;
    plan.picture_bytes = 25e3;
    const size_t pages = options.genres.size() * (options.per_genre / kLastfmPage + 1);
    if (pages > 0) plan.parts.push_back({"albums of tags", "lastfm", pages});
    plan.parts.push_back({"albums and artists' tags", "lastfm", 2 * plan.albums});
    plan.parts.push_back({"covers", "lastfm_images", plan.pictures, true});
    return plan;
  }
  Status find(const CollectOptions& options, ServiceClient& services, AlbumSink& sink) override {
    return LastfmRun(options, services, sink).run();
  }
};

}  // namespace

SourceInfo lastfm_info() {
  // The terms give no number any more; several a second are warned of.
  const HostLimit api{0.34, 1, "", "", 10};
  const std::string licence = "Last.fm data: non-commercial, credit and link, at most 100 MB kept";
  SourceInfo info;
  info.name = "lastfm";
  info.summary = "Last.fm: free tags, listeners, covers of 300 pixels (key; non-commercial)";
  info.notice =
      "Last.fm's terms allow non-commercial use with credit and a link, no sub-licensing, and at most 100 MB "
      "of its data kept; researchers are asked to write to partners@last.fm first. Good for tags and "
      "listener counts, less for covers.";
  info.services = {{"lastfm", "https://ws.audioscrobbler.com", api, licence},
                   {"lastfm_images", "https://lastfm.freetls.fastly.net", {0.25, 2, "", "", 10}, licence}};
  info.wishes = {"genre", "album"};
  info.popularity_count = "listeners";
  return info;
}

std::unique_ptr<Source> make_lastfm() { return std::make_unique<Lastfm>(); }

}  // namespace sleeve
