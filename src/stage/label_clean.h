// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LABEL_CLEAN_H_
#define SLEEVE_STAGE_LABEL_CLEAN_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "label/decisions.h"
#include "label/duplicates.h"
#include "stage/labelled_covers.h"
#include "stage/workspace.h"

// One cover in several files, and one cover under several labels.
namespace sleeve {

struct LabelDuplicatesOptions {
  DuplicateOptions limits;
  size_t measure = 0;  // so many covers are looked for again in editions made of them; 0: none
  uint64_t seed = 22;  // of these
  bool dry_run = false;
};

// Two covers that are the same one or look alike, with what is said of them.
struct DuplicatePair {
  LabelledCover a;
  LabelledCover b;
  CoverPair pair;
};

// How many editions of covers were found, by kind, and how many were taken for an edition of another cover.
struct DuplicateMeasure {
  size_t covers = 0;
  std::map<std::string, size_t> found;  // by kind, of `covers`
  size_t wrong =
      0;  // editions matched with a cover that is not the same as theirs by the catalogue's own pairs
};

struct LabelDuplicatesReport {
  bool dry_run = false;
  size_t covers = 0;
  size_t computed = 0;         // of them looked at now; the others were known
  size_t identical_files = 0;  // files beyond the first of the same bytes
  size_t albums_sharing = 0;   // albums whose cover's bytes another album has, too
  size_t same_pairs = 0;
  size_t groups = 0;  // of covers that are the same, two or more
  size_t covers_in_groups = 0;
  size_t within_artist = 0;          // pairs with an artist in common
  size_t across_artists = 0;         // pairs of different known artists
  size_t across_labels = 0;          // pairs without a label in common
  size_t look_alikes = 0;            // pairs that are not merged
  std::vector<DuplicatePair> pairs;  // the same first, by growing distance; then the look-alikes
  std::vector<Problem> unreadable;
  std::optional<DuplicateMeasure> measure;
  double compute_seconds = 0;  // looking at pictures
  double search_seconds = 0;   // finding pairs
  bool cancelled = false;      // what was looked at is kept
  Recorded recorded;
};
Json to_json(const LabelDuplicatesReport& report);

// Looks at all covers (once: what was seen is kept), finds those that are the same and records it; they go
// into one group then. kNoData without covers.
Result<LabelDuplicatesReport> label_duplicates(Workspace& workspace, const LabelDuplicatesOptions& options,
                                               const WorkContext& context);

// One line per pair: likeness, distance, bits, and of both title, artists, labels, path.
Status write_pairs(const LabelDuplicatesReport& report, const std::filesystem::path& path);

enum class ContradictionRule {
  kDrop,   // left out
  kMulti,  // keeps all labels
  kVote,   // the label of most of its albums; left out if two have equally many
};

struct LabelContradictionsReport {
  std::string rule;
  bool dry_run = false;
  size_t covers = 0;     // that have more than one label, by themselves or with their duplicates
  size_t identical = 0;  // of them by their own albums: the very same bytes
  std::map<std::string, size_t> label_sets;  // "Pop + Rock" → covers
  size_t dropped = 0;
  size_t voted = 0;
  size_t kept = 0;                      // multi
  std::vector<LabelledCover> examples;  // all of them
  Recorded recorded;
};
Json to_json(const LabelContradictionsReport& report);

// Records what becomes of covers under several genres. Covers that 'duplicates' found to be the same count as
// one.
Result<LabelContradictionsReport> label_contradictions(Workspace& workspace, ContradictionRule rule,
                                                       bool dry_run);
Result<ContradictionRule> contradiction_rule_of(std::string_view name);  // kUsage
const std::vector<std::string>& contradiction_rule_names();

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LABEL_CLEAN_H_
