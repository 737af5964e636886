// SPDX-License-Identifier: Apache-2.0
#include "cli/output_file.h"

#include <filesystem>
#include <set>

#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

Status check_output_file(const OutputFile& file) {
  const fs::path path = file.path;
  std::error_code code;
  if (fs::is_directory(path, code) || !path.has_filename()) {
    return make_error(ErrorCode::kUsage, "{}: {} is a folder; name a file in it", file.option,
                      printable(path));
  }
  if (!file.ending.empty() && ascii_lower(path.extension().native()) != file.ending) {
    return make_error(ErrorCode::kUsage, "{}: {} must end in {}", file.option, printable(path), file.ending);
  }
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, code)) {
    return make_error(ErrorCode::kNotFound, "{}: there is no folder {}; make it first", file.option,
                      printable(folder));
  }
  if (::access(folder.c_str(), W_OK) != 0) {
    return make_error(ErrorCode::kIo, "{}: no permission to write in {}", file.option, printable(folder));
  }
  return {};
}

}  // namespace

Status check_output_files(const std::vector<OutputFile>& files) {
  std::set<fs::path> seen;
  for (const OutputFile& file : files) {
    if (file.path.empty()) continue;
    SLEEVE_CHECK(check_output_file(file));
    if (!seen.insert(fs::absolute(file.path).lexically_normal()).second) {
      return make_error(ErrorCode::kUsage, "{}: {} is to be written twice", file.option,
                        printable(std::string_view(file.path)));
    }
  }
  return {};
}

}  // namespace sleeve
