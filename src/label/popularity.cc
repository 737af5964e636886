// SPDX-License-Identifier: Apache-2.0
#include "label/popularity.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

Status check_cuts(const std::vector<double>& cuts, const char* what, double low, double high) {
  for (size_t i = 0; i < cuts.size(); ++i) {
    if (!(cuts[i] >= low && cuts[i] <= high)) {
      return make_error(ErrorCode::kUsage, "{} {} is not between {} and {}", what, cuts[i], low, high);
    }
    if (i > 0 && cuts[i] <= cuts[i - 1]) {
      return make_error(ErrorCode::kUsage, "{}s must ascend: {} stands behind {}", what, cuts[i],
                        cuts[i - 1]);
    }
  }
  return {};
}

Result<std::vector<std::string>> class_names(const PopularityOptions& options) {
  const size_t cuts = options.thresholds.size() + options.quantiles.size();
  if (cuts == 0) return std::vector<std::string>();
  if (options.names.empty()) {
    if (cuts == 1) return std::vector<std::string>{"common", "popular"};
    if (cuts == 2) return std::vector<std::string>{"low", "middle", "high"};
    std::vector<std::string> names;
    for (size_t i = 0; i <= cuts; ++i) names.push_back(fmt::format("level-{:02}", i + 1));
    return names;
  }
  const std::set<std::string> different(options.names.begin(), options.names.end());
  if (different.size() != options.names.size() || different.contains("")) {
    return make_error(ErrorCode::kUsage, "the classes' names must be different and not empty");
  }
  if (options.names.size() != cuts + 1) {
    return make_error(ErrorCode::kUsage, "{} cuts make {} classes, but {} names are given", cuts, cuts + 1,
                      options.names.size());
  }
  return options.names;
}

Status check(const PopularityOptions& options) {
  if (!options.above && options.thresholds.empty() && options.quantiles.empty()) {
    return make_error(ErrorCode::kUsage, "name a filter (above), thresholds or quantiles");
  }
  if (!options.thresholds.empty() && !options.quantiles.empty()) {
    return make_error(ErrorCode::kUsage, "thresholds and quantiles can't be used together");
  }
  if (options.within && options.quantiles.empty()) {
    return make_error(ErrorCode::kUsage, "ranks within groups need quantiles");
  }
  SLEEVE_CHECK(check_cuts(options.thresholds, "threshold", 0, 100));
  return check_cuts(options.quantiles, "quantile", 1e-9, 1 - 1e-9);
}

// Between which cuts a value lies: above so many of them.
size_t place_of(double value, const std::vector<double>& cuts) {
  return static_cast<size_t>(std::ranges::count_if(cuts, [&](double cut) { return value > cut; }));
}

// Ranks 1 … n in ascending order; equal values share the mean of theirs.
std::vector<double> mean_ranks(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](size_t i) { return std::pair(values[i], i); });
  std::vector<double> ranks(values.size());
  for (size_t first = 0; first < order.size();) {
    size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (size_t i = first; i < end; ++i) ranks[order[i]] = static_cast<double>(first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

class Classifier {
 public:
  Classifier(std::span<const RatedAlbum> albums, const PopularityOptions& options,
             std::vector<std::string> names)
      : albums_(albums), options_(options) {
    result_.names = std::move(names);
    result_.ratings.resize(albums.size());
  }

  PopularityClasses run() {
    std::vector<size_t> rated;
    for (size_t i = 0; i < albums_.size(); ++i) {
      Rating& rating = result_.ratings[i];
      if (!albums_[i].popularity) {
        rating.reason = "its popularity is not known";
        ++result_.unknown;
      } else if (options_.above && *albums_[i].popularity <= *options_.above) {
        rating.left_out = true;
        rating.reason = fmt::format("popularity {} is not above {}", *albums_[i].popularity, *options_.above);
        ++result_.left_out;
      } else {
        rated.push_back(i);
      }
    }
    if (!options_.thresholds.empty()) by_thresholds(rated);
    if (!options_.quantiles.empty()) by_ranks(rated);
    return std::move(result_);
  }

 private:
  void put(size_t album, size_t place, std::string reason) {
    result_.ratings[album].class_name = result_.names[place];
    result_.ratings[album].reason = std::move(reason);
    ++result_.class_albums[result_.names[place]];
  }

  void by_thresholds(const std::vector<size_t>& rated) {
    for (const size_t album : rated) {
      const double value = *albums_[album].popularity;
      const size_t place = place_of(value, options_.thresholds);
      put(album, place,
          place == 0 ? fmt::format("popularity {} is not above {}", value, options_.thresholds[0])
                     : fmt::format("popularity {} is above {}", value, options_.thresholds[place - 1]));
    }
  }

  void by_ranks(const std::vector<size_t>& rated) {
    std::map<std::string, std::vector<size_t>> groups;
    for (const size_t album : rated) {
      if (options_.within && albums_[album].group.empty()) {
        result_.ratings[album].reason = "what it is to be ranked within is not known";
        ++result_.without_group;
      } else {
        groups[options_.within ? albums_[album].group : std::string()].push_back(album);
      }
    }
    for (const auto& [name, members] : groups) rank(name, members);
  }

  void rank(const std::string& group, const std::vector<size_t>& members) {
    const std::string where = options_.within ? " in " + group : "";
    if (options_.within && members.size() < options_.min_group) {
      for (const size_t album : members) {
        result_.ratings[album].reason = fmt::format("only {} albums{}", members.size(), where);
      }
      result_.small_group += members.size();
      return;
    }
    std::vector<double> values;
    values.reserve(members.size());
    for (const size_t album : members) values.push_back(*albums_[album].popularity);
    const std::vector<double> ranks = mean_ranks(values);
    const auto n = static_cast<double>(members.size());
    for (size_t i = 0; i < members.size(); ++i) {
      // Ranks are told with the most popular first.
      put(members[i], place_of((ranks[i] - 0.5) / n, options_.quantiles),
          fmt::format("popularity {}: rank {} of {}{}", values[i], n + 1 - ranks[i], members.size(), where));
    }
  }

  std::span<const RatedAlbum> albums_;
  const PopularityOptions& options_;
  PopularityClasses result_;
};

}  // namespace

Result<PopularityClasses> classify_popularity(std::span<const RatedAlbum> albums,
                                              const PopularityOptions& options) {
  SLEEVE_CHECK(check(options));
  SLEEVE_TRY(std::vector<std::string> names, class_names(options));
  return Classifier(albums, options, std::move(names)).run();
}

}  // namespace sleeve
