// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_WORKSPACE_H_
#define SLEEVE_STAGE_WORKSPACE_H_

#include <filesystem>
#include <utility>

#include <sleeve/result.h>

#include "base/file.h"
#include "store/catalogue.h"

namespace sleeve {

// The one folder that holds everything sleeve knows: catalogue.db, features/, models/, reports/.
class Workspace {
 public:
  enum class Access {
    kRead,    // never writes; the workspace must exist
    kWrite,   // the workspace must exist
    kCreate,  // made where it is missing
  };

  // kNotFound, saying how to make one; the catalogue's errors.
  static Result<Workspace> open(const std::filesystem::path& folder, Access access);

  // Who changes covers, albums or matrix files holds this meanwhile: one process at a time. Recording
  // a run needs no lock. kConflict if another process holds it.
  [[nodiscard]] Result<FileLock> lock() const { return FileLock::acquire(folder_ / "lock"); }

  Catalogue& catalogue() { return catalogue_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path features_folder() const { return folder_ / "features"; }
  [[nodiscard]] std::filesystem::path models_folder() const { return folder_ / "models"; }

 private:
  Workspace(std::filesystem::path folder, Catalogue catalogue)
      : folder_(std::move(folder)), catalogue_(std::move(catalogue)) {}

  std::filesystem::path folder_;
  Catalogue catalogue_;
};

}  // namespace sleeve

#endif  // SLEEVE_STAGE_WORKSPACE_H_
