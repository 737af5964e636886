// SPDX-License-Identifier: Apache-2.0
#include "stage/extract.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "base/text.h"
#include "base/try.h"
#include "feature/extract.h"

namespace sleeve {
namespace {

// One file for every cover that has one, in the order of import.
Result<std::vector<CoverFile>> files_to_extract(Catalogue& catalogue, ExtractSummary& summary) {
  SLEEVE_TRY(const auto covers, catalogue.covers());
  SLEEVE_TRY(const auto files, catalogue.files());
  std::unordered_map<int64_t, const std::string*> path_of;
  for (const FileRecord& file : files) path_of.try_emplace(file.cover_id, &file.path);
  std::vector<CoverFile> result;
  for (const CoverRecord& cover : covers) {
    const auto path = path_of.find(cover.id);
    if (path == path_of.end()) {
      ++summary.without_file;
    } else {
      result.push_back({cover.sha256, *path->second});
    }
  }
  summary.covers = covers.size();
  return result;
}

}  // namespace

Result<ExtractSummary> extract(Workspace& workspace, const FeatureSet& features, const WorkContext& context) {
  const auto start = std::chrono::steady_clock::now();
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  ExtractSummary summary;
  summary.features = features.text();
  SLEEVE_TRY(const auto files, files_to_extract(workspace.catalogue(), summary));
  SLEEVE_TRY(const ExtractReport report,
             extract_features(files, features, workspace.features_folder(), {}, context));
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

Json to_json(const ExtractSummary& summary) {
  Json failed = Json::array();
  for (const Problem& problem : summary.failed) {
    failed.push_back({{"item", problem.item}, {"code", problem.code}, {"reason", problem.reason}});
  }
  return Json{{"features", summary.features},
              {"covers", summary.covers},
              {"done", summary.done},
              {"skipped", summary.skipped},
              {"without_file", summary.without_file},
              {"failed", std::move(failed)},
              {"cancelled", summary.cancelled},
              {"seconds", summary.seconds}};
}

}  // namespace sleeve
