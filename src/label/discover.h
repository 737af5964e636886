// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_DISCOVER_H_
#define SLEEVE_LABEL_DISCOVER_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "label/majority.h"

// Genres from the tags themselves: which tags go together on albums. The original's way, made repeatable.
namespace sleeve {

enum class Linkage {
  kAverage,   // clusters are as near as their tags are on average (UPGMA)
  kSingle,    // … as their nearest tags
  kComplete,  // … as their farthest tags
};
Result<Linkage> linkage_of(std::string_view name);  // kUsage with the nearest
const std::vector<std::string>& linkage_names();    // average, single, complete

struct DiscoverOptions {
  std::optional<double> popularity_above;  // only albums of more popularity
  size_t tags_above = 100;                 // only tags that more albums have
  double merge_above = 0.5;                // -1 to 1: clusters join while they correlate more than this
  Linkage linkage = Linkage::kAverage;
};

struct TagCluster {
  std::string name;          // of its most frequent tag
  std::vector<size_t> tags;  // numbers of DiscoveredTags::tags, the most frequent first
};

struct DiscoveredTags {
  size_t albums = 0;                             // that were looked at
  std::vector<std::string> tags;                 // as compared, the most frequent first
  std::vector<size_t> counts;                    // albums per tag
  std::vector<std::vector<double>> correlation;  // Pearson's, of having the tags; 1 on the diagonal
  std::vector<TagCluster> clusters;              // the most frequent first
  std::vector<size_t> order;                     // tags so that clusters stand together
};

// kNoData if fewer than two tags are that frequent; kUsage if merge_above is out of range.
Result<DiscoveredTags> discover_tags(std::span<const TaggedAlbum> albums, const DiscoverOptions& options);

// A rule file with a genre per cluster, to be edited.
std::string as_rules(const DiscoveredTags& found, const DiscoverOptions& options);
// The correlation matrix with the tags' names in the first row and column.
std::string as_csv(const DiscoveredTags& found);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_DISCOVER_H_
