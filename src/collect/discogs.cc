// SPDX-License-Identifier: Apache-2.0
#include "collect/discogs.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "base/year.h"
#include "collect/json_fields.h"
#include "collect/source_parts.h"
#include "net/address.h"

namespace sleeve {
namespace discogs {
namespace {

void add_names(const Json& list, std::vector<std::string>& names) {
  if (!list.is_array()) return;
  for (const Json& element : list) {
    const std::string name = text_field(Json{{"name", element}}, "name");
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
}

void read_counts(const Json& json, Album& album) {
  album.have = count_field(field(json, "community"), "have");
  album.want = count_field(field(json, "community"), "want");
}

// A year is a number in a release and a text in a search.
std::optional<int> year_in(const Json& json) {
  const auto year = count_field(json, "year");
  return year ? year_of(std::to_string(*year)) : std::nullopt;
}

// "Band (2)": the number tells artists of one name apart, and is no part of the name.
std::string artist_name_of(const std::string& name) {
  const size_t open = name.rfind(" (");
  const bool numbered = open != std::string::npos && name.ends_with(')') && open + 3 < name.size() &&
                        name.find_first_not_of("0123456789", open + 2) == name.size() - 1;
  return numbered ? name.substr(0, open) : name;
}

std::string key_of(const Json& json) {
  const auto id = count_field(json, "id");
  const std::string type = text_field(json, "type");
  if (!id || *id == 0 || (type != "master" && type != "release")) return {};
  return (type == "master" ? "m" : "r") + std::to_string(*id);
}

}  // namespace

std::optional<Page> read_search(const Json& json) {
  const Json& results = field(json, "results");
  if (!results.is_array()) return std::nullopt;
  Page page;
  page.length = results.size();
  page.pages = count_field(field(json, "pagination"), "pages").value_or(0);
  for (const Json& result : results) {
    Album album;
    album.key = key_of(result);
    if (album.key.empty()) continue;
    const std::string title = text_field(result, "title");
    const size_t dash = title.find(" - ");
    album.title = dash == std::string::npos ? title : title.substr(dash + 3);
    if (dash != std::string::npos) album.artist_name = artist_name_of(title.substr(0, dash));
    album.year = year_in(result);
    add_names(field(result, "genre"), album.genres);
    add_names(field(result, "style"), album.genres);
    read_counts(result, album);
    for (const char* member : {"cover_image", "thumb"}) {
      const std::string url = text_field(result, member);
      if (!url.empty()) album.pictures.push_back(url);
    }
    page.albums.push_back(std::move(album));
  }
  return page;
}

std::optional<Page> read_releases(const Json& json) {
  const Json& releases = field(json, "releases");
  if (!releases.is_array()) return std::nullopt;
  Page page;
  page.length = releases.size();
  page.pages = count_field(field(json, "pagination"), "pages").value_or(0);
  for (const Json& release : releases) {
    Album album;
    album.key = key_of(release);
    // What an artist only appears on isn't theirs.
    const std::string role = text_field(release, "role");
    if (album.key.empty() || (!role.empty() && role != "Main")) continue;
    album.title = text_field(release, "title");
    page.albums.push_back(std::move(album));
  }
  return page;
}

std::optional<Album> read_album(const Json& json, char kind) {
  const auto id = count_field(json, "id");
  if (!id || *id == 0) return std::nullopt;
  Album album;
  album.key = kind + std::to_string(*id);
  album.title = text_field(json, "title");
  const Json& artists = list_field(json, "artists");
  if (!artists.empty()) {
    if (const auto artist = count_field(artists[0], "id")) album.artist_id = std::to_string(*artist);
    album.artist_name = artist_name_of(text_field(artists[0], "name"));
  }
  album.year = year_in(json);
  add_names(field(json, "genres"), album.genres);
  add_names(field(json, "styles"), album.genres);
  read_counts(json, album);
  for (const bool primary : {true, false}) {
    for (const Json& image : list_field(json, "images")) {
      const std::string url = text_field(image, "uri");
      if (!url.empty() && (text_field(image, "type") == "primary") == primary) album.pictures.push_back(url);
      if (!primary && !album.pictures.empty()) break;
    }
  }
  return album;
}

}  // namespace discogs

namespace {

constexpr int kDiscogsPage = 100;
constexpr int64_t kLastPage = 100;  // a search shows 10,000 rows
constexpr const char* kRestricted = "Discogs restricted data: no transfer, no commercial use";

class DiscogsRun : public SourceRun {
 public:
  using SourceRun::SourceRun;

  Status run() {
    SLEEVE_TRY(const Secret token, services_.need_key("discogs_token", "a Discogs token"));
    authorization_ = "Discogs token=" + token.reveal();
    for (const std::string& album : options_.albums) SLEEVE_CHECK(take_by_id(album, "list"));
    for (const std::string& artist : options_.artists) SLEEVE_CHECK(find_artist(artist));
    for (const std::string& words : options_.searches)
      SLEEVE_CHECK(search("q=" + percent_encoded(words), "search " + words, nullptr).status);
    for (const std::string& genre : options_.genres) SLEEVE_CHECK(find_genre(genre));
    return {};
  }

 private:
  Result<Answer> ask(const std::string& target, const std::function<bool(const Json&)>& shape) {
    HttpRequest request;
    request.url = services_.url_of("discogs") + target;
    request.headers.emplace_back("authorization", authorization_);
    request.headers.emplace_back("accept", "application/vnd.discogs.v2.discogs+json");
    AskOptions options;
    options.shape = shape;
    return services_.ask("discogs", std::move(request), options);
  }

  // Discogs has 15 broad genres and some hundred styles: the word may be either.
  Status find_genre(const std::string& genre) {
    size_t left = options_.per_genre;
    for (const char* kind : {"genre", "style"}) {
      const Found found = search(std::string(kind) + "=" + percent_encoded(genre), "genre " + genre, &left);
      SLEEVE_CHECK(found.status);
      if (left == 0 || full() || found.rows > 0) break;
    }
    note_shortage(genre, left, "Discogs");
    return {};
  }

  struct Found {
    Status status;
    size_t rows = 0;
  };
  Found search(const std::string& what, const std::string& collection, size_t* left) {
    Found found;
    for (int64_t number = 1; !full() && number <= kLastPage; ++number) {
      auto answer =
          ask(fmt::format("/database/search?type=master&{}&per_page={}&page={}", what, kDiscogsPage, number),
              [](const Json& json) { return discogs::read_search(json).has_value(); });
      if (!answer.ok()) {
        found.status = pass_on(collection, answer.error());
        return found;
      }
      const auto page = discogs::read_search(answer->json);
      if (!page) break;
      found.rows += page->length;
      for (const discogs::Album& album : page->albums) {
        if (full() || (left != nullptr && *left == 0)) return found;
        if (album.pictures.empty() || !is_new(album.key)) continue;
        if (left != nullptr) --*left;
        found.status = hand_over(album, collection, answer->origin);
        if (!found.status.ok()) return found;
      }
      if (page->length == 0 || number >= page->pages) break;
    }
    return found;
  }

  Status find_artist(const std::string& artist) {
    for (int64_t number = 1; !full(); ++number) {
      auto answer = ask(fmt::format("/artists/{}/releases?per_page={}&page={}", artist, kDiscogsPage, number),
                        [](const Json& json) { return discogs::read_releases(json).has_value(); });
      if (!answer.ok()) return pass_on("artist " + artist, answer.error());
      const auto page = discogs::read_releases(answer->json);
      if (!page) {
        missing("artist " + artist, "Discogs");
        return {};
      }
      for (const discogs::Album& album : page->albums)
        SLEEVE_CHECK(take_by_id(album.key, "artist " + artist));
      if (page->length == 0 || number >= page->pages) return {};
    }
    return {};
  }

  Status take_by_id(const std::string& id, const std::string& collection) {
    const char kind = id[0] == 'r' ? 'r' : 'm';
    const std::string number = id[0] == 'r' || id[0] == 'm' ? id.substr(1) : id;
    if (full() || !is_new(kind + number)) return {};
    auto answer = ask((kind == 'r' ? "/releases/" : "/masters/") + number,
                      [kind](const Json& json) { return discogs::read_album(json, kind).has_value(); });
    if (!answer.ok()) return pass_on("album " + id, answer.error());
    const auto album = discogs::read_album(answer->json, kind);
    if (answer->status != 200 || !album) {
      missing("album " + id, "Discogs");
      return {};
    }
    return hand_over(*album, collection, answer->origin);
  }

  Status hand_over(const discogs::Album& album, const std::string& collection, const OriginRecord& origin) {
    FoundAlbum found = begin_album(album.key, album, "discogs:", collection, origin);
    put_genres(found, album.genres, origin);
    if (album.want) found.counts["want"] = *album.want;
    if (album.have) {
      found.counts["have"] = *album.have;
      found.origins["popularity"] = origin;
      found.origins["popularity"].licence = kRestricted;
    }
    for (const std::string& url : album.pictures) found.pictures.push_back({url, "discogs_images"});
    return take(std::move(found));
  }

  std::string authorization_;
};

bool is_album_id(std::string_view id) {
  const bool lettered = id.starts_with('m') || id.starts_with('r');
  return is_number_id(lettered ? id.substr(1) : id);
}

class Discogs final : public Source {
 public:
  [[nodiscard]] Result<CollectPlan> plan(const CollectOptions& options) const override {
    SLEEVE_CHECK(check_wishes(options, discogs_info()));
    SLEEVE_CHECK(check_ids({&options.albums}, is_album_id,
                           "no Discogs id: m and a master's number, or r and a release's"));
    SLEEVE_CHECK(check_ids({&options.artists}, is_number_id, "no Discogs artist id: a number"));
    CollectPlan plan;
    const size_t pages =
        options.genres.size() * (options.per_genre / kDiscogsPage + 2) + options.searches.size();
    plan.albums = options.genres.size() * options.per_genre + options.searches.size() * kDiscogsPage +
                  options.albums.size() + options.artists.size() * kDiscogsPage;
    if (options.limit > 0) plan.albums = std::min(plan.albums, options.limit);
    plan.pictures = plan.albums;
    plan.picture_bytes = 60e3;
    if (pages > 0) plan.parts.push_back({"searches", "discogs", pages});
    const size_t lookups = options.albums.size() + options.artists.size() * (kDiscogsPage + 1);
    if (lookups > 0) plan.parts.push_back({"masters and releases", "discogs", lookups});
    plan.parts.push_back({"covers", "discogs_images", plan.pictures, true});
    return plan;
  }
  Status find(const CollectOptions& options, ServiceClient& services, AlbumSink& sink) override {
    return DiscogsRun(options, services, sink).run();
  }
  Result<std::vector<std::pair<std::string, std::string>>> picture_headers(std::string_view service,
                                                                           ServiceClient& services) override {
    std::vector<std::pair<std::string, std::string>> headers;
    if (service != "discogs_images") return headers;
    SLEEVE_TRY(const Secret token, services.need_key("discogs_token", "a Discogs token"));
    headers.emplace_back("authorization", "Discogs token=" + token.reveal());
    return headers;
  }
};

}  // namespace

SourceInfo discogs_info() {
  // 60 a minute with a token, in a moving window.
  const HostLimit api{1.05, 1, "x-discogs-ratelimit-remaining", "", 15};
  SourceInfo info;
  info.name = "discogs";
  info.summary = "Discogs: genres, styles, who has it (token; pictures and counts restricted)";
  info.notice =
      "Discogs' release and artist data, genres and styles included, are free (CC0). Pictures and the "
      "numbers of people who have or want a record are restricted: not to be passed on, no commercial use, "
      "not to be kept longer than needed, not shown when older than six hours. Good for genres; its monthly "
      "dumps are free of calls.";
  info.services = {{"discogs", "https://api.discogs.com", api, "Discogs data: CC0"},
                   {"discogs_images", "https://i.discogs.com", {1.05, 1, "", "", 15}, kRestricted}};
  info.wishes = {"genre", "artist", "album", "search"};
  info.popularity_count = "have";
  return info;
}

std::unique_ptr<Source> make_discogs() { return std::make_unique<Discogs>(); }

}  // namespace sleeve
