// SPDX-License-Identifier: Apache-2.0
#include "label/discover.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "label/tag.h"

namespace sleeve {
namespace {

using Table = std::vector<std::vector<double>>;

// The tags of each album, as compared, each once.
std::vector<std::set<std::string>> tag_sets(std::span<const TaggedAlbum> albums,
                                            const DiscoverOptions& options) {
  std::vector<std::set<std::string>> sets;
  for (const TaggedAlbum& album : albums) {
    if (options.popularity_above && (!album.popularity || *album.popularity <= *options.popularity_above))
      continue;
    std::set<std::string> tags;
    for (const std::string& tag : album.tags) tags.insert(normalised_tag(tag));
    tags.erase("");
    sets.push_back(std::move(tags));
  }
  return sets;
}

void count_tags(const std::vector<std::set<std::string>>& sets, size_t above, DiscoveredTags& found) {
  std::map<std::string, size_t> counts;
  for (const auto& tags : sets) {
    for (const std::string& tag : tags) ++counts[tag];
  }
  std::vector<std::pair<std::string, size_t>> frequent;
  for (const auto& entry : counts) {
    if (entry.second > above) frequent.emplace_back(entry);
  }
  std::ranges::stable_sort(frequent, std::greater<>(), &std::pair<std::string, size_t>::second);
  for (const auto& [tag, count] : frequent) {
    found.tags.push_back(tag);
    found.counts.push_back(count);
  }
}

// Of two columns of zeros and ones Pearson's correlation follows from counts alone.
Table correlations(const std::vector<std::set<std::string>>& sets, const DiscoveredTags& found) {
  const size_t n = found.tags.size();
  std::map<std::string, size_t> number;
  for (size_t i = 0; i < n; ++i) number.emplace(found.tags[i], i);
  Table both(n, std::vector<double>(n));
  for (const auto& tags : sets) {
    std::vector<size_t> present;
    for (const std::string& tag : tags) {
      if (const auto place = number.find(tag); place != number.end()) present.push_back(place->second);
    }
    for (const size_t i : present) {
      for (const size_t j : present) both[i][j] += 1;
    }
  }
  const auto albums = static_cast<double>(sets.size());
  Table result(n, std::vector<double>(n, 1));
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      const double a = both[i][i];
      const double b = both[j][j];
      const double scale = std::sqrt(a * (albums - a) * b * (albums - b));
      // A tag that every album has goes with none in particular.
      result[i][j] = scale > 0 ? (albums * both[i][j] - a * b) / scale : 0;
    }
  }
  return result;
}

double likeness(const Table& correlation, const std::vector<size_t>& a, const std::vector<size_t>& b,
                Linkage linkage) {
  double sum = 0;
  double most = -1;
  double least = 1;
  for (const size_t i : a) {
    for (const size_t j : b) {
      sum += correlation[i][j];
      most = std::max(most, correlation[i][j]);
      least = std::min(least, correlation[i][j]);
    }
  }
  if (linkage == Linkage::kSingle) return most;
  if (linkage == Linkage::kComplete) return least;
  return sum / static_cast<double>(a.size() * b.size());
}

// Joins the two clusters that are most alike until none are alike enough; of equally alike pairs the first.
std::vector<std::vector<size_t>> cluster(const Table& correlation, const DiscoverOptions& options) {
  std::vector<std::vector<size_t>> clusters;
  for (size_t i = 0; i < correlation.size(); ++i) clusters.push_back({i});
  for (;;) {
    double best = options.merge_above;
    std::pair<size_t, size_t> pair{0, 0};
    for (size_t i = 0; i < clusters.size(); ++i) {
      for (size_t j = i + 1; j < clusters.size(); ++j) {
        const double alike = likeness(correlation, clusters[i], clusters[j], options.linkage);
        if (alike > best) {
          best = alike;
          pair = {i, j};
        }
      }
    }
    if (pair.second == 0) return clusters;
    auto& into = clusters[pair.first];
    into.insert(into.end(), clusters[pair.second].begin(), clusters[pair.second].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(pair.second));
  }
}

}  // namespace

const std::vector<std::string>& linkage_names() {
  static const std::vector<std::string> kNames = {"average", "single", "complete"};
  return kNames;
}

Result<Linkage> linkage_of(std::string_view name) {
  const auto found = std::ranges::find(linkage_names(), name);
  if (found == linkage_names().end()) {
    return make_error(ErrorCode::kUsage, "unknown linkage '{}'{}", printable(name),
                      suggestion(name, linkage_names()));
  }
  return static_cast<Linkage>(found - linkage_names().begin());
}

Result<DiscoveredTags> discover_tags(std::span<const TaggedAlbum> albums, const DiscoverOptions& options) {
  if (!(options.merge_above >= -1 && options.merge_above <= 1)) {
    return make_error(ErrorCode::kUsage, "correlations lie between -1 and 1");
  }
  const auto sets = tag_sets(albums, options);
  DiscoveredTags found;
  found.albums = sets.size();
  count_tags(sets, options.tags_above, found);
  if (found.tags.size() < 2) {
    return make_error(ErrorCode::kNoData, "{} tag{} more than {} of {} albums; ask for less frequent ones",
                      found.tags.size(), found.tags.size() == 1 ? " has" : "s have", options.tags_above,
                      sets.size());
  }
  found.correlation = correlations(sets, found);
  for (std::vector<size_t>& tags : cluster(found.correlation, options)) {
    std::ranges::sort(tags);
    found.clusters.push_back({found.tags[tags[0]], std::move(tags)});
  }
  std::ranges::sort(found.clusters, {}, [](const TagCluster& one) { return one.tags[0]; });
  for (const TagCluster& one : found.clusters)
    found.order.insert(found.order.end(), one.tags.begin(), one.tags.end());
  return found;
}

std::string as_rules(const DiscoveredTags& found, const DiscoverOptions& options) {
  std::string text = fmt::format(
      "# A proposal by 'sleeve label discover': tags that more than {} of {} albums have, merged while they\n"
      "# correlate above {}. Rename, merge and split as you see fit.\nrules 1\n",
      options.tags_above, found.albums, options.merge_above);
  if (options.popularity_above) text += fmt::format("popularity-above {}\n", *options.popularity_above);
  if (options.tags_above > 0) text += fmt::format("tags-above {}\n", options.tags_above);
  for (const TagCluster& cluster : found.clusters) {
    std::vector<std::string> tags;
    std::vector<std::string> counts;
    for (const size_t tag : cluster.tags) {
      tags.push_back(found.tags[tag]);
      counts.push_back(std::to_string(found.counts[tag]));
    }
    text += fmt::format("\ngenre {}\ntags {}  # albums: {}\n", cluster.name, join_text(tags, ", "),
                        join_text(counts, ", "));
  }
  return text;
}

std::string as_csv(const DiscoveredTags& found) {
  std::vector<std::string> header = {"tag", "albums"};
  for (const size_t tag : found.order) header.push_back(found.tags[tag]);
  std::string text = csv_line(header);
  for (const size_t tag : found.order) {
    std::vector<std::string> row = {found.tags[tag], std::to_string(found.counts[tag])};
    for (const size_t other : found.order)
      row.push_back(fmt::format("{:.6f}", found.correlation[tag][other]));
    text += csv_line(row);
  }
  return text;
}

}  // namespace sleeve
