// SPDX-License-Identifier: Apache-2.0
#include "stage/extract.h"

#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "base/text.h"
#include "base/try.h"
#include "feature/extract.h"
#include "stage/cover_paths.h"
#include "stage/problem_json.h"

namespace sleeve {
namespace {

// One file for every cover that has one, in the order of import.
Result<std::vector<CoverFile>> files_to_extract(Catalogue& catalogue, std::span<const Sha256> only,
                                                ExtractSummary& summary) {
  SLEEVE_TRY(const auto covers, catalogue.covers());
  SLEEVE_TRY(const auto paths, cover_paths(catalogue));
  const std::unordered_set<Sha256> wanted(only.begin(), only.end());
  std::vector<CoverFile> result;
  for (const CoverRecord& cover : covers) {
    if (!only.empty() && !wanted.contains(cover.sha256)) continue;
    ++summary.covers;
    const auto path = paths.find(cover.id);
    if (path == paths.end()) {
      ++summary.without_file;
    } else {
      result.push_back({cover.sha256, path->second});
    }
  }
  return result;
}

}  // namespace

Result<ExtractSummary> extract(Workspace& workspace, const FeatureSet& features, const WorkContext& context,
                               std::span<const Sha256> only, const std::optional<AugmentedCopy>& copy) {
  const auto start = std::chrono::steady_clock::now();
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  ExtractSummary summary;
  summary.features = features.text();
  SLEEVE_TRY(const auto files, files_to_extract(workspace.catalogue(), only, summary));
  SLEEVE_TRY(const ExtractReport report,
             extract_features(files, features, workspace.features_folder(), {{}, 5.0, copy}, context));
  summary.done = report.done;
  summary.skipped = report.skipped;
  summary.cancelled = report.cancelled;
  for (const ExtractFailure& failure : report.failed) {
    summary.failed.push_back(
        {failure.cover.path.native(), std::string(name_of(failure.reason.code)), failure.reason.message});
  }
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return summary;
}

void add_copies(const ExtractSummary& of_copy, ExtractSummary& all) {
  ++all.copies;
  all.done += of_copy.done;
  all.skipped += of_copy.skipped;
  all.failed.insert(all.failed.end(), of_copy.failed.begin(), of_copy.failed.end());
  all.cancelled = of_copy.cancelled;
  all.seconds += of_copy.seconds;
}

Json to_json(const ExtractSummary& summary) {
  Json json{{"features", summary.features},
            {"covers", summary.covers},
            {"done", summary.done},
            {"skipped", summary.skipped},
            {"without_file", summary.without_file},
            {"failed", to_json(summary.failed)},
            {"cancelled", summary.cancelled},
            {"seconds", summary.seconds}};
  if (summary.copies > 0) json["copies"] = summary.copies;
  return json;
}

}  // namespace sleeve
