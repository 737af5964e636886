// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_IMPORT_ITEMS_H_
#define SLEEVE_STAGE_IMPORT_ITEMS_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "stage/import.h"

namespace sleeve {

// One album as a source names it, before its picture has been looked at.
struct ImportItem {
  std::string name;  // how messages name it: a path, FILE.csv:LINE, …
  std::optional<std::filesystem::path> picture;
  AlbumRecord album;             // without cover_id
  bool key_by_cover = false;     // the album's key gets the cover's hash behind it
  std::optional<Error> problem;  // already known to be unusable
  std::optional<Error> warning;  // usable, but something in it is not

  void warn(std::string message);  // adds to `warning`
};

// What all sources share: looks at the pictures on all threads and writes the catalogue. `scope` is
// the folder or file that names the items: albums that an earlier import of the same scope named and
// this one doesn't are removed. Stopping keeps the pictures looked at; albums are written at the end.
Result<ImportReport> import_items(Workspace& workspace, const std::string& scope,
                                  std::vector<ImportItem> items, const ImportOptions& options,
                                  const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_IMPORT_ITEMS_H_
