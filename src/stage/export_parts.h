// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_EXPORT_PARTS_H_
#define SLEEVE_STAGE_EXPORT_PARTS_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "stage/export.h"
#include "store/catalogue.h"

// What the exports share.
namespace sleeve {

// An album with its labels and its picture.
struct ExportedAlbum {
  AlbumRecord album;                // raw
  std::vector<std::string> labels;  // decided genres; empty: none
  std::string popularity_class;     // decided; empty: none
  bool left_out = false;            // by a decision
  std::optional<CoverRecord> cover;
  std::string path;  // of the picture; empty: no file known
};

// All albums in the order of source and key: the same catalogue gives the same bytes, however it came about.
// kNoData if there are none.
Result<std::vector<ExportedAlbum>> exported_albums(Catalogue& catalogue);

// Where collected fields come from.
struct Provenance {
  // By source of the albums: "genres: CC BY-NC-SA …; picture: …", each note once.
  std::map<std::string, std::string> notes;
  // By source and key ("SOURCE\nKEY"): {field: {service, address, date, licence}}.
  std::map<std::string, Json> of_album;
};
Result<Provenance> provenance(Catalogue& catalogue);

ExportReport begin_report(const char* format, const ExportOptions& options);
// Why covers of the catalogue aren't in the data set.
void count_left_out(const Dataset& dataset, ExportReport& report);

// kConflict if `path` exists and may not be replaced; kUsage for a folder or a missing name.
Status check_export_file(const ExportOptions& options);

// Puts a picture at `to` as a hard link, or where that can't be (another file system) or isn't wanted as a
// copy. Nothing is changed in the picture itself.
Status place_picture(const std::filesystem::path& from, const std::filesystem::path& to, bool copy);

// A folder that is filled under another name and appears whole.
class FolderInMaking {
 public:
  // kConflict if the folder exists and isn't empty, unless `force` and an export made it.
  static Result<FolderInMaking> begin(const std::filesystem::path& folder, bool force);
  FolderInMaking(FolderInMaking&& other) noexcept;
  FolderInMaking& operator=(FolderInMaking&&) = delete;
  FolderInMaking(const FolderInMaking&) = delete;
  FolderInMaking& operator=(const FolderInMaking&) = delete;
  ~FolderInMaking();  // what was not finished is removed

  [[nodiscard]] const std::filesystem::path& path() const { return making_; }
  // The folder takes its place.
  Status finish();

 private:
  FolderInMaking(std::filesystem::path folder, std::filesystem::path making)
      : folder_(std::move(folder)), making_(std::move(making)) {}
  std::filesystem::path folder_;
  std::filesystem::path making_;
};

}  // namespace sleeve

#endif  // SLEEVE_STAGE_EXPORT_PARTS_H_
