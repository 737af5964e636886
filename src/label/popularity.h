// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_POPULARITY_H_
#define SLEEVE_LABEL_POPULARITY_H_

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

// From popularity figures to classes: by fixed thresholds, or by rank among all or within groups.
namespace sleeve {

struct RatedAlbum {
  std::optional<double> popularity;  // 0 to 100
  std::string group;                 // what it is ranked within; empty: not known
};

struct PopularityOptions {
  std::optional<double> above;  // albums up to it are left out
  std::vector<double>
      thresholds;  // 0 to 100, ascending: a class is above its threshold and not above the next
  std::vector<double> quantiles;   // 0 to 1, exclusive, ascending: cuts by rank. Either this or thresholds
  bool within = false;             // ranks are within groups
  size_t min_group = 10;           // with `within`: smaller groups are not ranked
  std::vector<std::string> names;  // of the classes, the least popular first; empty: chosen by their number
};

struct Rating {
  bool left_out = false;                  // by `above`
  std::optional<std::string> class_name;  // nothing: unknown
  std::string reason;                     // "popularity 71 is above 70", "rank 3 of 40 in Rock"
};

struct PopularityClasses {
  std::vector<std::string> names;
  std::vector<Rating> ratings;  // one per album
  std::map<std::string, size_t> class_albums;
  size_t unknown = 0;        // without a figure
  size_t left_out = 0;       // by `above`
  size_t without_group = 0;  // with `within`: no group known
  size_t small_group = 0;    // with `within`: in a group of fewer than min_group
};

// kUsage: neither a filter nor classes, both kinds of classes, cuts that don't ascend or lie outside their
// range, names that repeat or don't fit the number of classes.
//
// Ranks are those of the albums left by `above`; equal figures have equal ranks (their mean), so they share a
// class; an album is in the class whose cuts its (rank - 1/2) / n lies between.
Result<PopularityClasses> classify_popularity(std::span<const RatedAlbum> albums,
                                              const PopularityOptions& options);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_POPULARITY_H_
