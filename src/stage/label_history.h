// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LABEL_HISTORY_H_
#define SLEEVE_STAGE_LABEL_HISTORY_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "label/decisions.h"
#include "stage/workspace.h"

// What was decided, why, and how to take it back or elsewhere.
namespace sleeve {

// All that leads to an album's label, as JSON: {"album": {title, artist, source, key, cover, path},
// "tags": [{tag, votes, label, rule, line}], "decisions": [{id, step, subject, field, from, to, reason, at,
// holds}]}. `query` is an album's key, its title (whole or a part, case ignored), the path of its cover, or
// the first hex digits (6 or more) of its cover's SHA-256. Every album that fits is in the list. kNotFound.
Result<std::vector<Json>> why_label(Workspace& workspace, const std::string& query);

// {"steps": [{id, command, at, decisions, active, options}], "holding": {field: number}}; the rules' text is
// left out.
Result<Json> label_log(Workspace& workspace);

struct UndoOptions {
  std::optional<int64_t> step;     // nothing: the last step that has decisions in force
  std::vector<int64_t> decisions;  // single ones; no step then
};
// {"undone", "steps" or "decisions"}. kNotFound; kNoData if there is nothing to undo.
Result<Json> undo_labels(Workspace& workspace, const UndoOptions& options);

// Writes the decisions in force as JSON lines: one object per line with kind, source, key, field, value,
// reason, at. In one step. The number of lines.
Result<size_t> export_decisions(Workspace& workspace, const std::filesystem::path& path);

struct ApplyReport {
  size_t decisions = 0;  // in the file
  size_t waiting = 0;    // of them for albums or covers that the workspace hasn't (yet)
  Recorded recorded;
};
Json to_json(const ApplyReport& report);
// Makes the decisions of an exported file hold. kCorrupt naming the line; nothing is written then.
Result<ApplyReport> apply_decisions(Workspace& workspace, const std::filesystem::path& path);
// The same from text; `name` stands in messages.
Result<std::vector<WantedDecision>> parse_decisions(std::string_view text, std::string_view name);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LABEL_HISTORY_H_
