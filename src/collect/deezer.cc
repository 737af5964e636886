// SPDX-License-Identifier: Apache-2.0
#include "collect/deezer.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "base/year.h"
#include "collect/json_fields.h"
#include "collect/source_parts.h"
#include "net/address.h"

namespace sleeve {
namespace deezer {
namespace {

// An id is a whole number from 1 on.
std::string id_of(const Json& json) {
  const auto id = count_field(json, "id");
  return id && *id > 0 ? std::to_string(*id) : std::string();
}

}  // namespace

std::optional<Problem> read_error(const Json& json) {
  const Json& error = field(json, "error");
  if (error.is_string()) return Problem{0, text_field(json, "error")};
  if (!error.is_object()) return std::nullopt;
  return Problem{count_field(error, "code").value_or(0), text_field(error, "message")};
}

std::optional<Album> read_album(const Json& json) {
  Album album;
  album.id = id_of(json);
  if (album.id.empty()) return std::nullopt;
  album.title = text_field(json, "title");
  album.artist_id = id_of(field(json, "artist"));
  album.artist_name = text_field(field(json, "artist"), "name");
  album.year = year_of(text_field(json, "release_date"));
  album.fans = count_field(json, "fans");
  for (const Json& genre : list_field(field(json, "genres"), "data")) {
    const std::string name = text_field(genre, "name");
    if (!name.empty() && std::ranges::find(album.genres, name) == album.genres.end())
      album.genres.push_back(name);
  }
  constexpr std::pair<const char*, int> kSizes[] = {
      {"cover_small", 56}, {"cover_medium", 250}, {"cover_big", 500}, {"cover_xl", 1000}};
  for (const auto& [member, size] : kSizes) {
    const std::string url = text_field(json, member);
    if (!url.empty()) album.pictures[size] = url;
  }
  return album;
}

std::optional<Page> read_page(const Json& json, Of of) {
  const Json& data = field(json, "data");
  if (!data.is_array()) return std::nullopt;
  Page page;
  page.length = data.size();
  page.more = field(json, "next").is_string();
  for (const Json& item : data) {
    const std::string id = id_of(of == Of::kItems ? item : field(item, "album"));
    if (!id.empty()) page.ids.push_back(id);
  }
  return page;
}

std::optional<std::map<std::string, std::string>> read_genres(const Json& json) {
  const Json& data = field(json, "data");
  if (!data.is_array()) return std::nullopt;
  std::map<std::string, std::string> genres;
  for (const Json& genre : data) {
    const std::string name = ascii_lower(text_field(genre, "name"));
    const auto id = count_field(genre, "id");
    if (!name.empty() && id) genres.emplace(name, std::to_string(*id));
  }
  return genres;
}

}  // namespace deezer

namespace {

using deezer::Album;
using deezer::Of;

constexpr size_t kDeezerPage = 100;  // more are clamped in silence
constexpr int64_t kQuota = 4;        // "Quota limit exceeded"
constexpr int64_t kBusy = 700;
constexpr int64_t kNoData = 800;  // unknown id

class DeezerRun : public SourceRun {
 public:
  using SourceRun::SourceRun;

  Status run() {
    for (const std::string& album : options_.albums) SLEEVE_CHECK(take_album(album, "list", nullptr));
    for (const std::string& id : options_.playlists)
      SLEEVE_CHECK(walk("/playlist/" + id + "/tracks", "playlist " + id, Of::kTheirAlbums, nullptr));
    for (const std::string& id : options_.artists)
      SLEEVE_CHECK(walk("/artist/" + id + "/albums", "artist " + id, Of::kItems, nullptr));
    for (const std::string& words : options_.searches)
      SLEEVE_CHECK(walk("/search/album?q=" + percent_encoded(words), "search " + words, Of::kItems, nullptr));
    for (const std::string& chart : options_.charts) {
      SLEEVE_TRY(const std::string id, genre_id(chart));
      SLEEVE_CHECK(walk("/chart/" + id + "/albums", "chart " + chart, Of::kItems, nullptr));
    }
    for (const std::string& genre : options_.genres) SLEEVE_CHECK(find_genre(genre));
    return {};
  }

 private:
  // Deezer says most of what goes wrong with status 200.
  Result<Answer> ask(const std::string& target, const std::function<bool(const Json&)>& shape) {
    AskOptions options;
    options.shape = shape;
    options.judge = [](const HttpReply& reply, const Json& json) -> std::optional<HttpVerdict> {
      const auto problem = deezer::read_error(json);
      if (!problem) return std::nullopt;
      // Without a code it is no error of Deezer's own: something on the way spoilt the answer.
      const bool passing =
          problem->code == kQuota || problem->code == kBusy || (problem->code == 0 && reply.ok());
      if (passing) return HttpVerdict::kRetry;
      return reply.ok() ? std::optional(HttpVerdict::kFinal) : std::nullopt;
    };
    options.keep = [](const HttpReply& reply, const Json& json) {
      const auto problem = deezer::read_error(json);
      return problem ? problem->code == kNoData : reply.ok() || reply.status == 404;
    };
    SLEEVE_TRY(Answer answer, services_.ask("deezer", target, options));
    const auto problem = deezer::read_error(answer.json);
    if (!problem) return answer;
    return make_error(problem->code == kNoData ? ErrorCode::kNotFound : ErrorCode::kIo, "Deezer: {}{}",
                      problem->message.empty() ? "an error" : problem->message,
                      problem->code > 0 ? fmt::format(" (code {})", problem->code) : "");
  }

  // "rock" or "152"; "all" is every genre.
  Result<std::string> genre_id(const std::string& genre) {
    if (genre == "all") return std::string("0");
    if (parse_integer(genre).value_or(-1) >= 0) return genre;
    if (genres_.empty()) {
      SLEEVE_TRY(const Answer answer,
                 ask("/genre", [](const Json& json) { return deezer::read_genres(json).has_value(); }));
      genres_ = deezer::read_genres(answer.json).value_or(std::map<std::string, std::string>());
    }
    const auto found = genres_.find(ascii_lower(genre));
    if (found != genres_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [name, id] : genres_) names.push_back(name);
    return make_error(ErrorCode::kUsage, "Deezer has no genre '{}'{}", printable(std::string_view(genre)),
                      suggestion(genre, names));
  }

  // A genre's chart first, then the albums of its artists, until there are enough of that genre.
  Status find_genre(const std::string& genre) {
    SLEEVE_TRY(const std::string id, genre_id(genre));
    size_t left = options_.per_genre;
    const std::string collection = "genre " + genre;
    SLEEVE_CHECK(walk("/chart/" + id + "/albums", collection, Of::kItems, &left));
    if (left > 0 && !full()) {
      auto answer = ask("/genre/" + id + "/artists",
                        [](const Json& json) { return deezer::read_page(json, Of::kItems).has_value(); });
      if (!answer.ok()) return pass_on(collection, answer.error());
      const auto artists = deezer::read_page(answer->json, Of::kItems);
      for (const std::string& artist : artists ? artists->ids : std::vector<std::string>()) {
        if (left == 0 || full()) break;
        SLEEVE_CHECK(walk("/artist/" + artist + "/albums", collection, Of::kItems, &left));
      }
    }
    note_shortage(genre, left, "Deezer");
    return {};
  }

  // Takes the albums of a list, page by page. `left`: how many are still wanted; nullptr: all.
  Status walk(const std::string& target, const std::string& collection, Of of, size_t* left) {
    const char separator = target.find('?') == std::string::npos ? '?' : '&';
    for (size_t index = 0; !full() && (left == nullptr || *left > 0);) {
      auto answer = ask(fmt::format("{}{}limit={}&index={}", target, separator, kDeezerPage, index),
                        [of](const Json& json) { return deezer::read_page(json, of).has_value(); });
      if (!answer.ok()) return pass_on(collection, answer.error());
      const auto page = deezer::read_page(answer->json, of);
      if (!page) {
        missing(collection, "Deezer");
        return {};
      }
      for (const std::string& id : page->ids) {
        if (full() || (left != nullptr && *left == 0)) return {};
        SLEEVE_CHECK(take_album(id, collection, left));
      }
      index += page->length;
      if (page->length == 0 || !page->more) break;
    }
    return {};
  }

  Status take_album(const std::string& id, const std::string& collection, size_t* left) {
    if (full() || !is_new(id)) return {};
    auto answer = ask("/album/" + id, [](const Json& json) { return deezer::read_album(json).has_value(); });
    if (!answer.ok()) return pass_on("album " + id, answer.error());
    const auto album = deezer::read_album(answer->json);
    if (!album) {
      missing("album " + id, "Deezer");
      return {};
    }
    if (left != nullptr) --*left;
    return hand_over(*album, collection, answer->origin);
  }

  Status hand_over(const Album& album, const std::string& collection, const OriginRecord& origin) {
    FoundAlbum found = begin_album(album.id, album, "deezer:", collection, origin);
    put_genres(found, album.genres, origin);
    if (album.fans) {
      found.counts["fans"] = *album.fans;
      found.origins["popularity"] = origin;
    }
    // The smallest that is large enough, then the larger ones, then the smaller ones.
    for (const auto& [size, url] : album.pictures) {
      if (size >= options_.size) found.pictures.push_back({url, "deezer_images"});
    }
    for (auto picture = album.pictures.rbegin(); picture != album.pictures.rend(); ++picture) {
      if (picture->first < options_.size) found.pictures.push_back({picture->second, "deezer_images"});
    }
    return take(std::move(found));
  }

  std::map<std::string, std::string> genres_;
};

class Deezer final : public Source {
 public:
  [[nodiscard]] Result<CollectPlan> plan(const CollectOptions& options) const override {
    SLEEVE_CHECK(check_wishes(options, deezer_info()));
    SLEEVE_CHECK(check_ids({&options.playlists, &options.artists, &options.albums}, is_number_id,
                           "no Deezer id: a number, the end of the link"));
    CollectPlan plan;
    const size_t lists = options.playlists.size() + options.artists.size() + options.searches.size();
    const size_t charted = (options.charts.size() + lists) * kDeezerPage;
    plan.albums = options.albums.size() + charted + options.genres.size() * options.per_genre;
    if (options.limit > 0) plan.albums = std::min(plan.albums, options.limit);
    plan.pictures = plan.albums;
    plan.picture_bytes = options.size <= 250 ? 15e3 : options.size <= 500 ? 45e3 : 150e3;
    plan.parts.push_back({"lists", "deezer", lists + options.charts.size() + 12 * options.genres.size() + 1});
    plan.parts.push_back({"albums", "deezer", plan.albums});
    plan.parts.push_back({"covers", "deezer_images", plan.pictures, true});
    return plan;
  }
  Status find(const CollectOptions& options, ServiceClient& services, AlbumSink& sink) override {
    return DeezerRun(options, services, sink).run();
  }
};

}  // namespace

SourceInfo deezer_info() {
  // 50 requests in 5 seconds are allowed; 8 a second leave room.
  const HostLimit api{0.125, 4, "", "", 5};
  const std::string licence = "Deezer content: private, non-commercial, no reproduction";
  SourceInfo info;
  info.name = "deezer";
  info.summary = "Deezer's public API: covers, coarse genres, fans (no key; private use only)";
  info.notice =
      "Deezer's terms of use allow private, non-commercial use only; reproducing its content, whole or in "
      "part, needs Deezer's or the owners' permission, and keeping copies is restricted. Use it for "
      "experiments of your own, and pass neither pictures nor figures on. What is found depends on the "
      "country you ask from.";
  info.services = {{"deezer", "https://api.deezer.com", api, licence},
                   {"deezer_images", "https://cdn-images.dzcdn.net", {0.1, 4, "", "", 10}, licence}};
  info.wishes = {"genre", "chart", "artist", "album", "playlist", "search"};
  info.popularity_count = "fans";
  return info;
}

std::unique_ptr<Source> make_deezer() { return std::make_unique<Deezer>(); }

}  // namespace sleeve
