// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_DATASET_H_
#define SLEEVE_STAGE_DATASET_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/hash.h"
#include "base/json.h"
#include "learn/training_set.h"
#include "store/catalogue.h"

namespace sleeve {

// Which question is asked of the covers.
struct Question {
  std::string target = "genre";  // "genre", "genres" (several an album) or "popularity"
  double popular_above = 70;     // popularity: two classes, above and not above (the original's threshold)
  std::optional<double> popular_quantile = {};  // popularity: that share of covers is common, instead
  bool as_number = false;                       // popularity: the number itself, 0 to 100, instead of classes
  bool own_threshold = false;     // popularity: classes by popular_above even where classes were decided
  bool keep_conflicting = false;  // genre: a cover under several genres stays, once per genre
  bool raw_labels = false;        // without the label decisions: tags and figures as they were imported
};
Json to_json(const Question& question);
Result<Question> question_from_json(const Json& json);
Goal goal_of(const Question& question);

struct DatasetRow {
  Sha256 cover;
  std::string path;   // a file that holds it
  std::string title;  // of its first album
  int label = 0;      // class number
  int group = 0;
  int collection = -1;                    // number in Dataset::collections; -1 unknown
  std::optional<double> popularity = {};  // 0 to 100, the mean of its albums'
  std::vector<int> members = {};          // several genres: their class numbers, rising; label is the first
};

// Which group a cover is in, and what put it there. What must not be split is known by these marks
// even where covers themselves are gone: models keep those of their training covers.
struct GroupedCover {
  Sha256 cover;
  int group = 0;
  std::vector<uint64_t> keys;  // checksums of its artists and the user's groups
  std::optional<uint64_t> phash;
};

// Covers of the catalogue with their answers, and what was left out.
struct Dataset {
  Goal goal = Goal::kClass;
  std::vector<DatasetRow> rows;  // in the order of the covers' hashes: independent of how they were imported
  std::vector<std::string> class_names;
  // Playlists, charts, lists that the rows were found in, sorted. They never decide a split: a baseline may
  // answer with its collection's mean.
  std::vector<std::string> collections;
  std::vector<GroupedCover> covers;     // all of the catalogue, those that are no rows included
  size_t groups = 0;                    // of the rows
  size_t with_artist = 0;               // rows whose artist or own group is known
  size_t near_pairs = 0;                // pairs of look-alikes that were put into one group
  size_t without_label = 0;             // left out: no genre (or popularity) known
  size_t conflicting = 0;               // covers under several genres; left out unless keep_conflicting
  size_t without_file = 0;              // left out: no file known that holds the picture
  size_t by_decision = 0;               // left out: by a label decision (balance, cleaning, review, …)
  std::optional<double> popular_above;  // the threshold that a quantile came to
  std::string fingerprint;              // equal if covers, labels and groups are equal

  // Rows of each class; of several genres a row counts for each, of a number all count for one.
  [[nodiscard]] std::vector<size_t> class_counts() const;
};
Json to_json(const Dataset& dataset);

// Pictures whose perceptual hashes differ in at most this many of 64 bits count as the same
// picture when groups are made (docs/evaluation.md has the measurements behind it).
inline constexpr int kNearBits = 6;

// Takes rows out and brings everything that is derived from the rows up to date. kNoData if fewer
// than two classes have rows left.
Result<Dataset> keep_rows(Dataset dataset, std::span<const size_t> rows);

// Genres and popularity classes are those of the label decisions where there are any (stage/label_overlay.h),
// else the raw ones. Groups join what must not be split: covers of one artist (by the source's id, or by name
// without regard to case), of one user-given group, look-alikes, and covers decided to be the same,
// transitively, over the whole catalogue. kNoData if fewer than two classes remain, saying what was left out.
Result<Dataset> build_dataset(Catalogue& catalogue, const Question& question);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_DATASET_H_
