// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/import_items.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

bool hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

ImportItem item_of(const fs::path& path, const std::string& genre) {
  ImportItem item;
  item.name = path.native();
  item.picture = path;
  item.album.source = "folder";
  item.album.key = genre;
  item.album.title = path.stem().native();
  item.album.genres = {genre};
  item.key_by_cover = true;
  return item;
}

ImportItem problem_of(const fs::path& path, Error error) {
  ImportItem item;
  item.name = path.native();
  item.problem = std::move(error);
  return item;
}

// Everything below one genre's folder. A folder that can't be read is an item of its own, with
// its reason; links to folders are not followed, because they may lead in a circle.
void walk(const fs::path& folder, const std::string& genre, std::vector<ImportItem>& items, size_t& ignored) {
  std::error_code code;
  fs::directory_iterator entries(folder, code);
  if (code) {
    items.push_back(problem_of(folder, error_from_errno(code.value(), printable(folder))));
    return;
  }
  for (; entries != fs::directory_iterator(); entries.increment(code)) {
    if (code) break;
    const fs::path path = entries->path();
    std::error_code type_code;
    if (hidden(path)) {
      ++ignored;
    } else if (entries->is_directory(type_code)) {
      if (entries->is_symlink(type_code)) {
        items.push_back(problem_of(
            path, make_error(ErrorCode::kUnsupported, "{}: is a link to a folder, which is not followed",
                             printable(path))));
      } else {
        walk(path, genre, items, ignored);
      }
    } else {
      items.push_back(item_of(path, genre));
    }
  }
}

}  // namespace

Result<ImportReport> import_folder(Workspace& workspace, const fs::path& folder, const ImportOptions& options,
                                   const WorkContext& context) {
  std::error_code code;
  const fs::path root = fs::absolute(folder).lexically_normal();
  fs::directory_iterator entries(root, code);
  if (code) return error_from_errno(code.value(), printable(folder));

  std::vector<ImportItem> items;
  size_t ignored = 0;
  size_t genres = 0;
  for (; entries != fs::directory_iterator(); entries.increment(code)) {
    if (code) return error_from_errno(code.value(), printable(folder));
    std::error_code type_code;
    if (hidden(entries->path()) || !entries->is_directory(type_code)) {
      ++ignored;
      continue;
    }
    ++genres;
    walk(entries->path(), entries->path().filename().native(), items, ignored);
  }
  if (genres == 0) {
    return make_error(ErrorCode::kNoData,
                      "{}: has no sub-folder; one is expected per genre, with its covers inside",
                      printable(folder));
  }
  // The order of a directory is chance; sorted, the same folder always gives the same catalogue.
  std::ranges::sort(items, {}, &ImportItem::name);
  SLEEVE_TRY(ImportReport report,
             import_items(workspace, (root / "").native(), std::move(items), options, context));
  report.ignored = ignored;
  return report;
}

}  // namespace sleeve
