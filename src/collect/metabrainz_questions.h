// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_METABRAINZ_QUESTIONS_H_
#define SLEEVE_COLLECT_METABRAINZ_QUESTIONS_H_

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "collect/metabrainz_json.h"
#include "collect/service_client.h"

// What MusicBrainz and ListenBrainz can be asked, one call each: their addresses stand here and nowhere else.
// Errors are those of ServiceClient::ask().
namespace sleeve::metabrainz {

constexpr size_t kPage = 100;         // of a search or browse: the most that is given
constexpr size_t kBatch = 50;         // of metadata: more make an address too long
constexpr size_t kPopularity = 1000;  // of popularity and of a chart

// An answer that was read; no value: the service has none.
template <class T>
struct Told {
  std::optional<T> value;
  OriginRecord origin;
};

// Queries of search().
std::string query_by_tag(const std::string& tag);  // albums that are out
std::string query_by_names(const std::string& title, const std::string& artist);
std::string query_by_ids(std::span<const std::string> mbids);

// Release groups. `genres`: which tags are genres (see read_search()).
Result<Told<Page>> search(ServiceClient& services, const std::string& query, size_t limit, size_t offset,
                          const std::set<std::string>& genres = {});
Result<Told<Page>> browse_artist(ServiceClient& services, const std::string& mbid, size_t offset);
Result<Told<GenrePage>> list_genres(ServiceClient& services, size_t offset);
Result<Told<std::vector<ReleaseGroup>>> chart(ServiceClient& services, const std::string& range);
// Of at most kBatch release groups, and of at most kPopularity.
Result<Told<std::map<std::string, ReleaseGroup>>> metadata(ServiceClient& services,
                                                           std::span<const std::string> mbids);
Result<Told<std::map<std::string, Popularity>>> popularity(ServiceClient& services,
                                                           std::span<const std::string> mbids);

}  // namespace sleeve::metabrainz

#endif  // SLEEVE_COLLECT_METABRAINZ_QUESTIONS_H_
