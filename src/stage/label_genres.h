// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LABEL_GENRES_H_
#define SLEEVE_STAGE_LABEL_GENRES_H_

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "label/decisions.h"
#include "label/majority.h"
#include "stage/workspace.h"

namespace sleeve {

// A rule file that was read.
struct Rules {
  std::string name;  // of a preset, or the file's path
  std::string text;
  Vocabulary vocabulary;
};
// A preset by its name, else a file. kNotFound naming the presets; the file's and Vocabulary::parse's errors.
Result<Rules> load_rules(const std::string& name_or_file);

struct LabelGenresOptions {
  std::string rules = "default";
  MajorityOptions majority;
  bool dry_run = false;  // look only
};

struct LabelGenresReport {
  std::string rules;
  MajorityOptions majority;
  bool dry_run = false;
  size_t albums = 0;
  std::optional<double> popularity_above;  // the rules' filter
  size_t popular_enough = 0;               // albums that it leaves
  size_t tags = 0;                         // different tags of these albums
  size_t tags_above = 0;                   // the rules' filter
  std::vector<std::pair<std::string, size_t>>
      frequent_tags;  // with a tag filter: tags that it leaves, albums
  size_t labelled = 0;
  std::map<VerdictOutcome, size_t> outcomes;
  std::map<std::string, size_t> labels;  // albums per label
  std::vector<UnmatchedTag> unmatched;
  Recorded recorded;
};
Json to_json(const LabelGenresReport& report);

// Gives every album its label by the majority of its tags (label/majority.h) and records what changed.
// kNoData without albums; the rules' errors.
Result<LabelGenresReport> label_genres(Workspace& workspace, const LabelGenresOptions& options);

// The albums as label_albums() wants them, and who they are.
std::vector<TaggedAlbum> tagged(const std::vector<AlbumRecord>& albums);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LABEL_GENRES_H_
