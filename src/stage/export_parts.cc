// SPDX-License-Identifier: Apache-2.0
#include "stage/export_parts.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/cover_paths.h"
#include "stage/label_overlay.h"
#include "stage/problem_json.h"
#include "store/collections.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// Tells a folder that an export made from one that somebody filled by hand. Hidden: imports pass it over.
constexpr const char* kMarker = ".sleeve-export";

Error exists_error(const fs::path& path) {
  return make_error(ErrorCode::kConflict, "{}: is there already; --force replaces it", printable(path));
}

// The decided labels, and what else was decided.
void lay_over(const LabelOverlay& overlay, ExportedAlbum& row) {
  AlbumRecord decided = row.album;
  decided.genres.clear();
  overlay.apply(decided);
  row.labels = std::move(decided.genres);
  row.popularity_class = overlay.popularity_class(row.album).value_or("");
  row.left_out = overlay.leaves_out(row.album);
  if (!row.cover) return;
  if (auto genres = overlay.genres(row.cover->sha256)) row.labels = std::move(*genres);
  row.left_out = row.left_out || overlay.leaves_out(row.cover->sha256);
}

}  // namespace

Result<std::vector<ExportedAlbum>> exported_albums(Catalogue& catalogue) {
  SLEEVE_TRY(const auto covers, catalogue.covers());
  SLEEVE_TRY(const auto paths, cover_paths(catalogue));
  SLEEVE_TRY(const LabelOverlay overlay, LabelOverlay::load(catalogue, false));
  SLEEVE_TRY(auto albums, catalogue.albums());
  if (albums.empty()) {
    return make_error(ErrorCode::kNoData,
                      "there are no albums to export: 'sleeve import' and 'sleeve collect' bring some");
  }
  std::unordered_map<int64_t, const CoverRecord*> by_id;
  for (const CoverRecord& cover : covers) by_id.emplace(cover.id, &cover);
  std::vector<ExportedAlbum> rows;
  rows.reserve(albums.size());
  for (AlbumRecord& album : albums) {
    ExportedAlbum row;
    row.album = std::move(album);
    if (row.album.cover_id) {
      if (const auto cover = by_id.find(*row.album.cover_id); cover != by_id.end())
        row.cover = *cover->second;
      if (const auto path = paths.find(*row.album.cover_id); path != paths.end()) row.path = path->second;
    }
    lay_over(overlay, row);
    rows.push_back(std::move(row));
  }
  std::ranges::sort(rows, {},
                    [](const ExportedAlbum& row) { return std::tie(row.album.source, row.album.key); });
  return rows;
}

Result<Provenance> provenance(Catalogue& catalogue) {
  SLEEVE_TRY(
      Statement query,
      Collections(catalogue).database().prepare(
          "SELECT albums.source, albums.key, field, service, address, licence, date FROM album_origins "
          "JOIN albums ON albums.id = album_id JOIN origins ON origins.id = origin_id "
          "ORDER BY albums.source, field, albums.key"));
  Provenance result;
  std::set<std::string> told;
  for (;;) {
    SLEEVE_TRY(const bool more, query.step());
    if (!more) return result;
    const std::string source = query.text(0);
    const std::string note = query.text(2) + ": " + query.text(5);
    if (!query.text(5).empty() && told.insert(source + "\n" + note).second) {
      std::string& notes = result.notes[source];
      if (!notes.empty()) notes += "; ";
      notes += note;
    }
    result.of_album[source + "\n" + query.text(1)][query.text(2)] = Json{{"service", query.text(3)},
                                                                         {"address", query.text(4)},
                                                                         {"date", query.integer(6)},
                                                                         {"licence", query.text(5)}};
  }
}

ExportReport begin_report(const char* format, const ExportOptions& options) {
  ExportReport report;
  report.format = format;
  report.out = options.out.native();
  return report;
}

void count_left_out(const Dataset& dataset, ExportReport& report) {
  for (const auto& [reason, count] : {std::pair("without a label", dataset.without_label),
                                      std::pair("under several genres", dataset.conflicting),
                                      std::pair("without a file", dataset.without_file),
                                      std::pair("by a label decision", dataset.by_decision)}) {
    if (count > 0) report.left_out[reason] = count;
  }
}

Status check_export_file(const ExportOptions& options) {
  std::error_code code;
  if (options.out.empty()) return make_error(ErrorCode::kUsage, "--out names no file");
  if (!options.out.has_filename() || fs::is_directory(options.out, code)) {
    return make_error(ErrorCode::kUsage, "{}: is a folder; name a file", printable(options.out));
  }
  if (!options.force && fs::exists(fs::symlink_status(options.out, code))) return exists_error(options.out);
  return {};
}

Status place_picture(const fs::path& from, const fs::path& to, bool copy) {
  std::error_code code;
  if (!copy) {
    fs::create_hard_link(from, to, code);
    if (!code) return {};
  }
  fs::copy_file(from, to, code);
  if (code) return error_from_errno(code.value(), printable(to));
  return {};
}

Result<FolderInMaking> FolderInMaking::begin(const fs::path& folder, bool force) {
  if (folder.empty()) return make_error(ErrorCode::kUsage, "--out names no folder");
  fs::path target = fs::absolute(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  std::error_code code;
  if (fs::exists(fs::symlink_status(target, code))) {
    const bool is_folder = fs::is_directory(target, code);
    const bool empty = is_folder && fs::is_empty(target, code);
    if (!is_folder) {
      return make_error(ErrorCode::kConflict, "{}: is there already, and no folder: it is never replaced",
                        printable(folder));
    }
    if (!empty && !fs::exists(target / kMarker, code)) {
      return make_error(
          ErrorCode::kConflict,
          "{}: is there already, and no export made it: it is never replaced; name another folder",
          printable(folder));
    }
    if (!empty && !force) return exists_error(folder);
  }
  fs::path making = target;
  making += fmt::format(".{}.tmp", ::getpid());
  fs::remove_all(making, code);
  SLEEVE_CHECK(make_folders(making));
  FolderInMaking result(std::move(target), std::move(making));
  SLEEVE_CHECK(write_file_atomic(result.making_ / kMarker, "made by sleeve export; may be replaced by it\n"));
  return result;
}

FolderInMaking::FolderInMaking(FolderInMaking&& other) noexcept
    : folder_(std::move(other.folder_)), making_(std::exchange(other.making_, fs::path())) {}

FolderInMaking::~FolderInMaking() {
  std::error_code code;
  if (!making_.empty()) fs::remove_all(making_, code);
}

Status FolderInMaking::finish() {
  std::error_code code;
  fs::path old;
  if (fs::exists(folder_, code)) {
    old = folder_;
    old += fmt::format(".{}.old", ::getpid());
    if (::rename(folder_.c_str(), old.c_str()) != 0) return error_from_errno(errno, printable(folder_));
  }
  if (::rename(making_.c_str(), folder_.c_str()) != 0) {
    const int reason = errno;
    if (!old.empty() && ::rename(old.c_str(), folder_.c_str()) != 0) {
      return make_error(ErrorCode::kIo, "{}: could not be replaced; what was there is now {}",
                        printable(folder_), printable(old));
    }
    return error_from_errno(reason, printable(folder_));
  }
  making_.clear();
  if (!old.empty()) fs::remove_all(old, code);
  return {};
}

Json to_json(const ExportReport& report) {
  Json json{{"format", report.format},
            {"out", printable(std::string_view(report.out))},
            {"written", report.written},
            {"pictures", report.pictures}};
  if (!report.classes.empty()) json["classes"] = report.classes;
  if (report.values > 0) json["values"] = report.values;
  json["left_out"] = report.left_out;
  json["notes"] = report.notes;
  json["problems"] = to_json(report.problems);
  json["cancelled"] = report.cancelled;
  return json;
}

}  // namespace sleeve
