// SPDX-License-Identifier: Apache-2.0
#include "collect/itunes.h"

#include <algorithm>
#include <span>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "base/year.h"
#include "collect/json_fields.h"
#include "collect/source_parts.h"
#include "net/address.h"

namespace sleeve {
namespace itunes {

std::optional<Results> read_results(const Json& json) {
  const Json& list = field(json, "results");
  if (!list.is_array()) return std::nullopt;
  Results results;
  results.length = list.size();
  for (const Json& item : list) {
    const auto id = count_field(item, "collectionId");
    if (text_field(item, "wrapperType") != "collection" || !id) continue;
    Album album;
    album.id = std::to_string(*id);
    album.title = text_field(item, "collectionName");
    if (const auto artist = count_field(item, "artistId")) album.artist_id = std::to_string(*artist);
    album.artist_name = text_field(item, "artistName");
    album.year = year_of(text_field(item, "releaseDate"));
    album.genre = text_field(item, "primaryGenreName");
    album.picture = text_field(item, "artworkUrl100");
    results.albums.push_back(std::move(album));
  }
  return results;
}

std::optional<std::vector<std::string>> read_chart(const Json& json) {
  const Json& feed = field(json, "feed");
  if (!feed.is_object()) return std::nullopt;
  std::vector<std::string> ids;
  const auto add = [&](const Json& entry) {
    const auto id = count_field(field_at(entry, {"id", "attributes"}), "im:id");
    if (id) ids.push_back(std::to_string(*id));
  };
  const Json& entries = field(feed, "entry");
  // A list of one may come as the one itself.
  if (entries.is_object()) add(entries);
  for (const Json& entry : list_field(feed, "entry")) add(entry);
  return ids;
}

std::string sized_picture(const std::string& url, int side) {
  const size_t slash = url.rfind('/');
  if (slash == std::string::npos || !url.substr(slash).starts_with("/100x100")) return url;
  return fmt::format("{}/{}x{}bb.jpg", url.substr(0, slash), side, side);
}

}  // namespace itunes

namespace {

constexpr size_t kItunesAlbumsALookup = 100;  // of a lookup: the address stays short
constexpr size_t kMostResults = 200;

std::string shop(const CollectOptions& options) {
  return options.country.empty() ? "us" : ascii_lower(options.country);
}

class ItunesRun : public SourceRun {
 public:
  using SourceRun::SourceRun;

  Status run() {
    for (const std::string& words : options_.searches) {
      SLEEVE_CHECK(find(fmt::format("/search?term={}&media=music&entity=album&limit={}",
                                    percent_encoded(words), kMostResults),
                        "search " + words));
    }
    for (const std::string& artist : options_.artists) {
      SLEEVE_CHECK(
          find(fmt::format("/lookup?id={}&entity=album&limit={}", artist, kMostResults), "artist " + artist));
    }
    for (const std::string& chart : options_.charts) SLEEVE_CHECK(find_chart(chart));
    return find_albums(options_.albums, "list");
  }

 private:
  Result<Answer> ask(const std::string& target, const std::function<bool(const Json&)>& shape) {
    AskOptions options;
    options.shape = shape;
    // Asked too often it answers 403 with nothing, for minutes up to an hour: the rest is for another run.
    options.judge = [](const HttpReply& reply, const Json& /*json*/) -> std::optional<HttpVerdict> {
      return reply.status == 403 ? std::optional(HttpVerdict::kLater) : std::nullopt;
    };
    // An empty answer may be a lock-out, too: never kept.
    options.keep = [](const HttpReply& reply, const Json& json) {
      return reply.ok() && count_field(json, "resultCount").value_or(1) > 0;
    };
    return services_.ask("itunes", target, options);
  }

  Status find(const std::string& target, const std::string& collection) {
    auto answer = ask(target + "&country=" + shop(options_),
                      [](const Json& json) { return itunes::read_results(json).has_value(); });
    if (!answer.ok()) return pass_on(collection, answer.error());
    const auto results = itunes::read_results(answer->json);
    if (!results || results->length == 0) {
      missing(collection, "the iTunes store");
      return {};
    }
    for (const itunes::Album& album : results->albums)
      SLEEVE_CHECK(hand_over(album, collection, answer->origin));
    return {};
  }

  Status find_chart(const std::string& chart) {
    const std::string genre = chart == "all" ? "" : "genre=" + chart + "/";
    auto answer = ask(fmt::format("/{}/rss/topalbums/limit=100/{}json", shop(options_), genre),
                      [](const Json& json) { return itunes::read_chart(json).has_value(); });
    if (!answer.ok()) return pass_on("chart " + chart, answer.error());
    const auto ids = itunes::read_chart(answer->json);
    if (!ids) {
      missing("chart " + chart, "the iTunes store");
      return {};
    }
    return find_albums(*ids, "chart " + chart);
  }

  Status find_albums(const std::vector<std::string>& ids, const std::string& collection) {
    for (size_t first = 0; first < ids.size() && !full(); first += kItunesAlbumsALookup) {
      const auto batch = std::span(ids).subspan(first, std::min(kItunesAlbumsALookup, ids.size() - first));
      auto answer = ask("/lookup?id=" + join_text(batch, ",") + "&country=" + shop(options_),
                        [](const Json& json) { return itunes::read_results(json).has_value(); });
      if (!answer.ok()) {
        SLEEVE_CHECK(pass_on(collection, answer.error()));
        continue;
      }
      const auto results = itunes::read_results(answer->json);
      for (const std::string& id : batch) {
        const bool there =
            results && std::ranges::find(results->albums, id, &itunes::Album::id) != results->albums.end();
        if (!there) missing("album " + id, "the iTunes store");
      }
      if (!results) continue;
      for (const itunes::Album& album : results->albums)
        SLEEVE_CHECK(hand_over(album, collection, answer->origin));
    }
    return {};
  }

  Status hand_over(const itunes::Album& album, const std::string& collection, const OriginRecord& origin) {
    if (full() || !is_new(album.id)) return {};
    FoundAlbum found = begin_album(album.id, album, "itunes:", collection, origin);
    if (!album.genre.empty()) put_genres(found, {album.genre}, origin);
    if (!album.picture.empty()) {
      found.pictures.push_back({itunes::sized_picture(album.picture, options_.size), "itunes_images"});
    }
    return take(std::move(found));
  }
};

class Itunes final : public Source {
 public:
  [[nodiscard]] Result<CollectPlan> plan(const CollectOptions& options) const override {
    SLEEVE_CHECK(check_wishes(options, itunes_info()));
    SLEEVE_CHECK(check_ids({&options.artists, &options.albums}, is_number_id,
                           "no iTunes id: a number, the end of the link"));
    for (const std::string& chart : options.charts) {
      if (chart == "all" || is_number_id(chart)) continue;
      return make_error(ErrorCode::kUsage,
                        "iTunes' charts are 'all' or a genre's number (20 Alternative, 21 Rock, "
                        "14 Pop, …), not '{}'",
                        printable(std::string_view(chart)));
    }
    CollectPlan plan;
    const size_t lists = options.searches.size() + options.artists.size();
    plan.albums = lists * kMostResults + options.charts.size() * 100 + options.albums.size();
    if (options.limit > 0) plan.albums = std::min(plan.albums, options.limit);
    plan.pictures = plan.albums;
    plan.picture_bytes = options.size <= 250 ? 15e3 : options.size <= 600 ? 60e3 : 200e3;
    const size_t lookups = (options.albums.size() + kItunesAlbumsALookup - 1) / kItunesAlbumsALookup;
    plan.parts.push_back({"lists", "itunes", lists + 2 * options.charts.size() + lookups});
    plan.parts.push_back({"covers", "itunes_images", plan.pictures, true});
    return plan;
  }
  Status find(const CollectOptions& options, ServiceClient& services, AlbumSink& sink) override {
    return ItunesRun(options, services, sink).run();
  }
};

}  // namespace

SourceInfo itunes_info() {
  // About 20 calls a minute.
  const HostLimit api{3.1, 1, "", "", 60};
  const std::string licence = "Apple promotional content: artwork only to promote the store's content";
  SourceInfo info;
  info.name = "itunes";
  info.summary = "Apple's iTunes Search API: large covers, one coarse genre (no key; promotional use only)";
  info.notice =
      "Apple allows album art only to promote the content of its store, beside a store badge, and not for "
      "entertainment: a training set is outside of that. Fit for looking up genres (sleeve enrich).";
  info.services = {{"itunes", "https://itunes.apple.com", api, licence},
                   {"itunes_images", "https://is1-ssl.mzstatic.com", {0.1, 4, "", "", 10}, licence}};
  info.wishes = {"search", "artist", "album", "chart"};
  return info;
}

std::unique_ptr<Source> make_itunes() { return std::make_unique<Itunes>(); }

}  // namespace sleeve
