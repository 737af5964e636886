// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_PICTURE_SHEET_H_
#define SLEEVE_REPORT_PICTURE_SHEET_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sleeve/result.h>

namespace sleeve {

// A cover with what a model says of it.
struct SheetCell {
  std::filesystem::path path;
  std::string predicted;
  std::optional<std::string> truth;  // nothing: unknown
  double confidence = 0;             // 0 to 1; 0: not said
  std::optional<bool> right = {};    // nothing: if the two texts are equal
};

struct SheetOptions {
  std::string title;    // "test covers, forest on hog+hsv"
  std::string caption;  // what the reader must know, in small letters at the foot
  int columns = 8;
  int cover_side = 150;   // pixels of a cover on the sheet
  size_t max_cells = 64;  // more than these are left out, and the sheet says so
};

// Draws the cells as a PNG, as the original's sheet: predicted genre, true genre, confidence; green where
// right, red where wrong, grey where the truth is unknown. A picture that can't be read becomes an empty
// frame with its reason. kNoData if there are no cells; the file's errors.
Status write_sheet(const std::vector<SheetCell>& cells, const SheetOptions& options,
                   const std::filesystem::path& path);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_PICTURE_SHEET_H_
