// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_IMPORT_H_
#define SLEEVE_STAGE_IMPORT_H_

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "base/progress.h"
#include "image/picture.h"
#include "stage/workspace.h"

// From files to the catalogue. Pictures are referenced where they lie and never changed. Importing
// the same again changes nothing; a picture that moved is found again by its bytes. Import is all or
// nothing for labels: a stopped import (Ctrl-C, or --strict) keeps the pictures it has looked at, so that
// the same command goes on quickly, but writes no albums.
namespace sleeve {

struct ImportOptions {
  bool strict = false;  // stop at the first problem
  DecodeLimits limits;
};

struct ImportReport {
  size_t items = 0;            // albums that the source named
  size_t added = 0;            // albums new to the catalogue
  size_t updated = 0;          // known albums whose labels, artist, popularity or cover changed
  size_t unchanged = 0;        // known albums with nothing new
  size_t removed = 0;          // albums that the same folder or file named before and doesn\'t any more
  size_t new_covers = 0;       // pictures new to the catalogue
  size_t moved = 0;            // known pictures found at a new place
  size_t without_picture = 0;  // albums catalogued without a cover
  size_t merged = 0;           // items that named an album again: one album with the genres of all
  size_t ignored = 0;          // hidden files and those that systems leave behind (Thumbs.db, …)
  std::vector<std::string> passed_over;    // files beside the genre folders, genre folders without a file
  std::vector<Problem> problems;           // one per item that could not be (wholly) imported
  size_t failed = 0;                       // items that were left out because of their problem
  std::map<std::string, size_t> oddities;  // of the covers seen in this import
  bool cancelled = false;
};
Json to_json(const ImportReport& report);

// DIR/GENRE/… : every file below a genre's folder, hidden ones left out. kNotFound; kNoData if
// there is no genre folder.
Result<ImportReport> import_folder(Workspace& workspace, const std::filesystem::path& folder,
                                   const ImportOptions& options, const WorkContext& context);

struct CsvImport {
  std::filesystem::path file;
  std::optional<std::filesystem::path> root;  // where relative file names start; default: the CSV's folder
  std::string map;                            // "file=COL,genre=COL,…"; empty: columns of those names
};
// The fields that --map knows: file, genre, votes, artist, popularity, group, title, collection, year.
const std::vector<std::string>& csv_fields();

// kUsage: bad map, unknown column (with the nearest); kCorrupt: no CSV.
Result<ImportReport> import_csv(Workspace& workspace, const CsvImport& csv, const ImportOptions& options,
                                const WorkContext& context);

// The original project's album JSON: {"0": {artist_id, artist_name, album_id, album_name,
// album_popularity, genres[], album_url, filepath}, …}. Pictures are looked for by their file name
// in `images`; without it albums are catalogued without covers.
Result<ImportReport> import_albums(Workspace& workspace, const std::filesystem::path& file,
                                   const std::optional<std::filesystem::path>& images,
                                   const ImportOptions& options, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_IMPORT_H_
