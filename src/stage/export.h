// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_EXPORT_H_
#define SLEEVE_STAGE_EXPORT_H_

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <sleeve/result.h>

#include "base/json.h"
#include "base/progress.h"
#include "feature/feature_set.h"
#include "stage/dataset.h"
#include "stage/workspace.h"

// From the catalogue to files that others read. Whatever is written appears in one step, whole; nothing that
// exists is replaced unless `force` says so (kConflict). An empty catalogue is kNoData. docs/formats.md
// describes the files.
namespace sleeve {

struct ExportOptions {
  std::filesystem::path out;
  bool force = false;  // replace what is there
};

struct ExportReport {
  std::string format;
  std::string out;
  size_t written = 0;                        // albums, or of npz and imagefolder covers
  std::map<std::string, size_t> left_out;    // by reason
  std::map<std::string, std::string> notes;  // by source: what its data may be used for
  size_t pictures = 0;                       // written or linked
  std::vector<std::string> classes;          // of npz and imagefolder
  size_t values = 0;                         // of npz: features a cover
  std::vector<Problem> problems;             // covers that could not be taken along
  bool cancelled = false;                    // nothing was written but `pictures`
};
Json to_json(const ExportReport& report);

// Ids and labels of all albums that a music service knows by an id (store/share_list.h), those of a music
// library by their MusicBrainz release group: what may be handed to others, and built again by `sleeve
// collect --list`. kNoData if there is no such album.
Result<ExportReport> export_list(Workspace& workspace, const ExportOptions& options);

// A row for each album, with its raw tags, decided labels and picture file. `sleeve import csv` reads it.
Result<ExportReport> export_csv(Workspace& workspace, const ExportOptions& options);

// The same as JSON Lines, with all that is known of the picture.
Result<ExportReport> export_jsonl(Workspace& workspace, const ExportOptions& options);

// The original project's album JSON, as `sleeve import albums` reads it. Stopped, it leaves the pictures that
// are there already.
struct AlbumsExport {
  std::optional<std::filesystem::path> images;  // folder that gets the pictures, named by album id
  bool full = false;  // votes, collection and year too, which the original didn't have
};
Result<ExportReport> export_albums(Workspace& workspace, const ExportOptions& options,
                                   const AlbumsExport& albums, const WorkContext& context);

// Features, classes and groups as a NumPy .npz file without pickles. Computes features that are missing.
// Errors as load_task().
Result<ExportReport> export_npz(Workspace& workspace, const ExportOptions& options, const Question& question,
                                const FeatureSet& features, const WorkContext& context);

// A sub-folder for each class with its covers, as hard links where the file system can (else, or with `copy`,
// as copies), and a manifest.csv that keeps artists and groups. Errors as build_dataset(). An existing folder
// is replaced only with `force`, and only if an export made it.
struct ImageFolderExport {
  Question question;
  bool copy = false;
};
Result<ExportReport> export_imagefolder(Workspace& workspace, const ExportOptions& options,
                                        const ImageFolderExport& folder, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_EXPORT_H_
