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

// Hidden files, and what file managers leave behind: never a cover.
bool ignorable(const fs::path& path) {
  const std::string name = ascii_lower(path.filename().native());
  return name.starts_with('.') || name == "thumbs.db" || name == "desktop.ini";
}

ImportItem item_of(const fs::path& path, const std::string& genre) {
  ImportItem item;
  item.name = path.native();
  item.picture = path;
  item.album.source = "folder";
  item.album.key = genre;
  item.album.title = printable(std::string_view(path.stem().native()));
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
    const fs::path path = entries->path();
    std::error_code type_code;
    if (ignorable(path)) {
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
  // An error ends the loop, as the last entry does.
  if (code) items.push_back(problem_of(folder, error_from_errno(code.value(), printable(folder))));
}

}  // namespace

Result<ImportReport> import_folder(Workspace& workspace, const fs::path& folder, const ImportOptions& options,
                                   const WorkContext& context) {
  std::error_code code;
  if (folder.empty()) return make_error(ErrorCode::kUsage, "the folder's name is empty");
  const fs::path root = fs::absolute(folder).lexically_normal();
  fs::directory_iterator entries(root, code);
  if (code) return error_from_errno(code.value(), printable(folder));

  std::vector<ImportItem> items;
  std::vector<std::string> passed_over;
  size_t ignored = 0;
  size_t genres = 0;
  for (; entries != fs::directory_iterator(); entries.increment(code)) {
    std::error_code type_code;
    const fs::path path = entries->path();
    if (ignorable(path)) {
      ++ignored;
    } else if (!entries->is_directory(type_code)) {
      passed_over.push_back(path.native());
    } else {
      ++genres;
      const size_t before = items.size();
      walk(path, printable(std::string_view(path.filename().native())), items, ignored);
      if (items.size() == before) passed_over.push_back(path.native());
    }
  }
  if (code) return error_from_errno(code.value(), printable(folder));
  if (genres == 0) {
    return make_error(ErrorCode::kNoData,
                      "{}: has no sub-folder; one is expected per genre, with its covers inside",
                      printable(folder));
  }
  if (items.empty()) return make_error(ErrorCode::kNoData, "{}: its folders hold no file", printable(folder));
  // The order of a directory is chance; sorted, the same folder always gives the same catalogue.
  std::ranges::sort(items, {}, &ImportItem::name);
  SLEEVE_TRY(ImportReport report,
             import_items(workspace, (root / "").native(), std::move(items), options, context));
  report.ignored = ignored;
  std::ranges::sort(passed_over);
  report.passed_over = std::move(passed_over);
  return report;
}

}  // namespace sleeve
