// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/cover_record.h"
#include "stage/export_parts.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

Json genres_json(const AlbumRecord& album, bool full) {
  Json genres = Json::array();
  for (size_t i = 0; i < album.genres.size(); ++i) {
    if (full && i < album.votes.size()) {
      genres.push_back({{"name", album.genres[i]}, {"count", album.votes[i]}});
    } else {
      genres.push_back(album.genres[i]);
    }
  }
  return genres;
}

// A whole number where it is one, as the original wrote them; null: unknown.
Json popularity_json(const std::optional<double>& popularity) {
  if (!popularity) return {};
  if (*popularity == std::floor(*popularity)) return static_cast<int64_t>(*popularity);
  return *popularity;
}

Json album_json(const ExportedAlbum& row, const std::string& filepath, bool full) {
  const AlbumRecord& album = row.album;
  const bool spotify = album.source == "spotify";
  Json json{{"artist_id", album.artist_key},
            {"artist_name", album.artist_name},
            {"album_id", album.key},
            {"album_name", album.title},
            {"album_popularity", popularity_json(album.popularity)},
            {"genres", genres_json(album, full)},
            {"album_url", spotify ? "https://open.spotify.com/album/" + album.key : ""},
            {"filepath", filepath}};
  if (full && album.collection) json["collection"] = *album.collection;
  if (full && album.year) json["year"] = *album.year;
  return json;
}

// An id as a file's name: what can't stand in one becomes '_'. Never longer than a name may be.
std::string file_stem(const std::string& id) {
  constexpr size_t kLongest = 100;
  std::string stem = printable(std::string_view(id)).substr(0, kLongest);
  for (char& letter : stem) {
    const bool plain = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                       (letter >= 'A' && letter <= 'Z') || letter == '-' || letter == '_';
    if (!plain) letter = '_';
  }
  return stem;
}

// Puts the albums' pictures into a folder, each under a name of its own.
class Images {
 public:
  Images(const fs::path& folder, ExportReport& report) : folder_(folder), report_(report) {}

  // What stands in the JSON: "FOLDER/NAME"; empty where there is no picture.
  Result<std::string> place(const ExportedAlbum& row) {
    if (row.path.empty()) return std::string();
    const std::string name = free_name(row);
    auto bytes = read_file(row.path);
    if (!bytes.ok() || sha256(*bytes) != row.cover->sha256) {
      note(row, bytes.ok() ? make_error(ErrorCode::kConflict, "{}: has changed since it was imported",
                                        printable(std::string_view(row.path)))
                           : bytes.error());
      return std::string();
    }
    SLEEVE_CHECK(write_file_atomic(folder_ / name, *bytes));
    ++report_.pictures;
    return (folder_.filename() / name).native();
  }

 private:
  std::string free_name(const ExportedAlbum& row) {
    const std::string stem = file_stem(row.album.key);
    const std::string ending = "." + ending_of(row.cover->format);
    std::string name = stem + ending;
    for (int i = 2; !used_.insert(ascii_lower(name)).second; ++i)
      name = fmt::format("{}-{}{}", stem, i, ending);
    return name;
  }
  void note(const ExportedAlbum& row, const Error& error) {
    report_.problems.push_back({row.path, std::string(name_of(error.code)), error.message});
  }

  const fs::path& folder_;
  ExportReport& report_;
  std::set<std::string> used_;
};

Status check_images(const fs::path& folder, bool force) {
  std::error_code code;
  if (!folder.has_filename()) {
    return make_error(ErrorCode::kUsage, "--images: {} is no folder's name", printable(folder));
  }
  if (!fs::exists(folder, code)) return {};
  if (!fs::is_directory(folder, code))
    return make_error(ErrorCode::kUsage, "--images: {} is no folder", printable(folder));
  if (force || fs::is_empty(folder, code)) return {};
  return make_error(ErrorCode::kConflict, "--images: {} is not empty; --force adds to it", printable(folder));
}

}  // namespace

Result<ExportReport> export_albums(Workspace& workspace, const ExportOptions& options,
                                   const AlbumsExport& albums, const WorkContext& context) {
  SLEEVE_CHECK(check_export_file(options));
  if (albums.images) SLEEVE_CHECK(check_images(*albums.images, options.force));
  SLEEVE_TRY(const auto rows, exported_albums(workspace.catalogue()));
  ExportReport report = begin_report("albums", options);
  SLEEVE_TRY(Provenance origins, provenance(workspace.catalogue()));
  report.notes = std::move(origins.notes);
  std::optional<Images> images;
  if (albums.images) images.emplace(*albums.images, report);
  std::string text = "{";
  context.progress().begin("exporting albums", rows.size());
  for (const ExportedAlbum& row : rows) {
    if (context.stopping()) {
      context.progress().end();
      report.cancelled = true;
      return report;
    }
    std::string filepath = row.path;
    if (images) {
      SLEEVE_TRY(filepath, images->place(row));
    }
    text += fmt::format("{}\n\"{}\": {}", report.written == 0 ? "" : ",", report.written,
                        dump_json(album_json(row, filepath, albums.full)));
    ++report.written;
    context.progress().step();
  }
  context.progress().end();
  SLEEVE_CHECK(write_file_atomic(options.out, std::string_view(text + "\n}\n")));
  return report;
}

}  // namespace sleeve
