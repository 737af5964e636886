// SPDX-License-Identifier: Apache-2.0
#include "stage/workspace.h"

#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {

namespace fs = std::filesystem;

Result<Workspace> Workspace::open(const fs::path& folder, Access access) {
  const fs::path database = folder / "catalogue.db";
  std::error_code code;
  if (access != Access::kCreate && !fs::exists(database, code)) {
    return make_error(ErrorCode::kNotFound,
                      "{}: there is no workspace here; 'sleeve import' makes one (or 'sleeve collect'), -w "
                      "DIR names another",
                      printable(folder));
  }
  if (access == Access::kRead) {
    SLEEVE_TRY(Catalogue catalogue, Catalogue::open_read_only(database));
    return Workspace(folder, std::move(catalogue));
  }
  SLEEVE_CHECK(make_folders(folder));
  SLEEVE_TRY(Catalogue catalogue, Catalogue::open(database));
  return Workspace(folder, std::move(catalogue));
}

}  // namespace sleeve
