// SPDX-License-Identifier: Apache-2.0
#include "stage/label_discover.h"

#include "base/try.h"
#include "stage/label_genres.h"

namespace sleeve {

Result<DiscoveredTags> label_discover(Workspace& workspace, const DiscoverOptions& options) {
  SLEEVE_TRY(const auto albums, workspace.catalogue().albums());
  return discover_tags(tagged(albums), options);
}

Json to_json(const DiscoveredTags& found, const DiscoverOptions& options) {
  Json tags = Json::object();
  for (size_t i = 0; i < found.tags.size(); ++i) tags[found.tags[i]] = found.counts[i];
  Json clusters = Json::array();
  for (const TagCluster& cluster : found.clusters) {
    Json members = Json::array();
    for (const size_t tag : cluster.tags) members.push_back(found.tags[tag]);
    clusters.push_back({{"name", cluster.name}, {"tags", std::move(members)}});
  }
  Json json{{"albums", found.albums},
            {"tags_above", options.tags_above},
            {"merge_above", options.merge_above},
            {"linkage", linkage_names()[static_cast<size_t>(options.linkage)]}};
  if (options.popularity_above) json["popularity_above"] = *options.popularity_above;
  json["tags"] = std::move(tags);
  json["correlation"] = found.correlation;
  json["clusters"] = std::move(clusters);
  return json;
}

}  // namespace sleeve
