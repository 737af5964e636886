// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/csv.h"
#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/cover_record.h"
#include "stage/export_parts.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr size_t kExportBatch = 256;

// A class name as a folder's name: not hidden, without '/', not too long, and no two the same for file
// systems that don't tell 'Rock' from 'rock'.
std::vector<std::string> folder_names(const std::vector<std::string>& classes) {
  constexpr size_t kLongest = 120;
  std::set<std::string> used;
  std::vector<std::string> names;
  for (const std::string& genre : classes) {
    std::string stem = printable(std::string_view(genre));
    std::ranges::replace(stem, '/', '-');
    std::ranges::replace(stem, '\\', '-');
    if (stem.empty() || stem[0] == '.') stem = "_" + stem;
    // Not through the middle of a character.
    if (stem.size() > kLongest) stem.resize(kLongest);
    while (!is_utf8(stem)) stem.pop_back();
    std::string name = stem;
    for (int i = 2; !used.insert(ascii_lower(name)).second; ++i) name = fmt::format("{} ({})", stem, i);
    names.push_back(std::move(name));
  }
  return names;
}

struct Placed {
  fs::path file;  // relative to the folder
  std::optional<Error> problem;
};

// The cover must still be what was labelled.
Placed place(const DatasetRow& row, const std::string& genre, const std::string& format, const fs::path& root,
             bool copy) {
  Placed placed;
  placed.file = fs::path(genre) / fmt::format("{}.{}", row.cover.hex(), ending_of(format));
  const auto bytes = read_file(row.path);
  if (!bytes.ok()) {
    placed.problem = bytes.error();
  } else if (sha256(*bytes) != row.cover) {
    placed.problem = make_error(ErrorCode::kConflict, "{}: has changed since it was imported",
                                printable(std::string_view(row.path)));
  } else if (const Status status = place_picture(row.path, root / placed.file, copy); !status.ok()) {
    placed.problem = status.error();
  }
  return placed;
}

// What a folder of pictures can't say: whose they are, and what must not be split.
Status write_manifest(const fs::path& root, const Dataset& dataset, std::span<const Placed> placed,
                      const std::map<Sha256, std::string>& artists) {
  const std::vector<std::string> header = {"file",       "genre", "artist",    "group",
                                           "popularity", "title", "collection"};
  std::string text = csv_line(header);
  for (size_t i = 0; i < placed.size(); ++i) {
    if (placed[i].problem) continue;
    const DatasetRow& row = dataset.rows[i];
    const auto artist = artists.find(row.cover);
    const std::vector<std::string> fields = {
        placed[i].file.native(),
        dataset.class_names[static_cast<size_t>(row.label)],
        artist == artists.end() ? "" : artist->second,
        std::to_string(row.group),
        row.popularity ? fmt::format("{}", *row.popularity) : "",
        row.title,
        row.collection < 0 ? "" : dataset.collections[static_cast<size_t>(row.collection)]};
    text += csv_line(fields);
  }
  return write_file_atomic(root / "manifest.csv", std::string_view(text));
}

Status write_notes(Catalogue& catalogue, const fs::path& root, ExportReport& report) {
  SLEEVE_TRY(Provenance origins, provenance(catalogue));
  std::string text;
  for (const auto& [source, note] : origins.notes) text += source + ": " + note + "\n";
  report.notes = std::move(origins.notes);
  return text.empty() ? Status() : write_file_atomic(root / "notes.txt", std::string_view(text));
}

struct Lookup {
  std::unordered_map<Sha256, std::string> formats;
  std::map<Sha256, std::string> artists;  // of the cover's first album that has one
};

Result<Lookup> look_up(Catalogue& catalogue) {
  Lookup lookup;
  SLEEVE_TRY(const auto rows, exported_albums(catalogue));
  for (const ExportedAlbum& row : rows) {
    if (!row.cover) continue;
    lookup.formats.emplace(row.cover->sha256, row.cover->format);
    const std::string& artist = row.album.artist_name.empty() ? row.album.artist_key : row.album.artist_name;
    if (!artist.empty()) lookup.artists.emplace(row.cover->sha256, artist);
  }
  return lookup;
}

}  // namespace

Result<ExportReport> export_imagefolder(Workspace& workspace, const ExportOptions& options,
                                        const ImageFolderExport& folder, const WorkContext& context) {
  if (goal_of(folder.question) != Goal::kClass) {
    return make_error(ErrorCode::kUsage, "a picture lies in one folder: --target genres has no folders");
  }
  SLEEVE_TRY(const Dataset dataset, build_dataset(workspace.catalogue(), folder.question));
  SLEEVE_TRY(const Lookup lookup, look_up(workspace.catalogue()));
  SLEEVE_TRY(FolderInMaking making, FolderInMaking::begin(options.out, options.force));
  const auto names = folder_names(dataset.class_names);
  for (const std::string& name : names) SLEEVE_CHECK(make_folders(making.path() / name));
  ExportReport report = begin_report("imagefolder", options);
  report.classes = dataset.class_names;
  std::vector<Placed> placed(dataset.rows.size());
  context.progress().begin("exporting covers", placed.size());
  for (size_t first = 0; first < placed.size(); first += kExportBatch) {
    if (context.stopping()) {
      report.cancelled = true;
      return report;
    }
    const size_t count = std::min(kExportBatch, placed.size() - first);
    parallel_for(count, [&](size_t i) {
      const DatasetRow& row = dataset.rows[first + i];
      placed[first + i] = place(row, names[static_cast<size_t>(row.label)], lookup.formats.at(row.cover),
                                making.path(), folder.copy);
    });
    context.progress().step(count);
  }
  context.progress().end();
  for (size_t i = 0; i < placed.size(); ++i) {
    if (!placed[i].problem) {
      ++report.pictures;
      continue;
    }
    report.problems.push_back(
        {dataset.rows[i].path, std::string(name_of(placed[i].problem->code)), placed[i].problem->message});
  }
  report.written = report.pictures;
  SLEEVE_CHECK(write_manifest(making.path(), dataset, placed, lookup.artists));
  SLEEVE_CHECK(write_notes(workspace.catalogue(), making.path(), report));
  SLEEVE_CHECK(making.finish());
  count_left_out(dataset, report);
  return report;
}

}  // namespace sleeve
