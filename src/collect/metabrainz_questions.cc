// SPDX-License-Identifier: Apache-2.0
#include "collect/metabrainz_questions.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/try.h"
#include "net/address.h"

namespace sleeve::metabrainz {
namespace {

constexpr const char* kMusicbrainz = "musicbrainz";
constexpr const char* kListenbrainz = "listenbrainz";

// In a Lucene phrase only the quote and the backslash mean something.
std::string phrase(const std::string& words) {
  std::string result = "\"";
  for (const char c : words) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

// An answer that can't be read counts as a passing fault, and is asked for again.
template <class Read>
auto ask(ServiceClient& services, const char* service, HttpRequest request, Read read)
    -> Result<Told<typename decltype(read(Json()))::value_type>> {
  AskOptions options;
  options.shape = [&](const Json& json) { return read(json).has_value(); };
  SLEEVE_TRY(const Answer answer, services.ask(service, std::move(request), options));
  return Told<typename decltype(read(Json()))::value_type>{read(answer.json), answer.origin};
}

HttpRequest get(const ServiceClient& services, const char* service, const std::string& target) {
  HttpRequest request;
  request.url = services.url_of(service) + target;
  return request;
}

}  // namespace

std::string query_by_tag(const std::string& tag) {
  return "tag:" + phrase(tag) + " AND primarytype:album AND status:official";
}

std::string query_by_names(const std::string& title, const std::string& artist) {
  return "releasegroup:" + phrase(title) + " AND artist:" + phrase(artist);
}

std::string query_by_ids(std::span<const std::string> mbids) {
  std::string query;
  for (const std::string& mbid : mbids) query += (query.empty() ? "rgid:" : " OR rgid:") + mbid;
  return query;
}

Result<Told<Page>> search(ServiceClient& services, const std::string& query, size_t limit, size_t offset,
                          const std::set<std::string>& genres) {
  return ask(services, kMusicbrainz,
             get(services, kMusicbrainz,
                 fmt::format("/ws/2/release-group?query={}&limit={}&offset={}&fmt=json",
                             percent_encoded(query), limit, offset)),
             [&](const Json& json) { return read_search(json, genres); });
}

Result<Told<Page>> browse_artist(ServiceClient& services, const std::string& mbid, size_t offset) {
  return ask(services, kMusicbrainz,
             get(services, kMusicbrainz,
                 fmt::format("/ws/2/release-group?artist={}&type=album%7Cep&release-group-status="
                             "website-default&inc=artist-credits%2Bgenres&limit={}&offset={}&fmt=json",
                             mbid, kPage, offset)),
             read_browse);
}

Result<Told<GenrePage>> list_genres(ServiceClient& services, size_t offset) {
  return ask(
      services, kMusicbrainz,
      get(services, kMusicbrainz, fmt::format("/ws/2/genre/all?limit={}&offset={}&fmt=json", kPage, offset)),
      read_genres);
}

Result<Told<std::vector<ReleaseGroup>>> chart(ServiceClient& services, const std::string& range) {
  return ask(services, kListenbrainz,
             get(services, kListenbrainz,
                 fmt::format("/1/stats/sitewide/release-groups?range={}&count={}", range, kPopularity)),
             read_chart);
}

Result<Told<std::map<std::string, ReleaseGroup>>> metadata(ServiceClient& services,
                                                           std::span<const std::string> mbids) {
  return ask(services, kListenbrainz,
             get(services, kListenbrainz,
                 "/1/metadata/release_group/?release_group_mbids=" + join_text(mbids, ",") +
                     "&inc=artist%20tag%20release"),
             read_metadata);
}

Result<Told<std::map<std::string, Popularity>>> popularity(ServiceClient& services,
                                                           std::span<const std::string> mbids) {
  HttpRequest request = get(services, kListenbrainz, "/1/popularity/release-group");
  request.method = "POST";
  request.content_type = "application/json";
  request.body = dump_json(Json{{"release_group_mbids", std::vector(mbids.begin(), mbids.end())}});
  return ask(services, kListenbrainz, std::move(request), read_popularity);
}

}  // namespace sleeve::metabrainz
