// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_HEAT_MAP_H_
#define SLEEVE_REPORT_HEAT_MAP_H_

#include <string>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "report/drawing.h"

namespace sleeve {

// A square table of correlations, from -1 to 1.
struct HeatMapInput {
  std::string title;
  std::string subtitle;
  std::vector<std::string> names;                 // of rows and columns
  std::vector<std::vector<double>> values;        // row by row
  std::vector<std::pair<size_t, size_t>> blocks;  // rows first to end that belong together: framed
};

// Red below 0, white at 0, blue above; the figures in the cells where there is room. kNoData without rows.
// REQUIRES: as many rows and columns as names.
Result<Drawing> heat_map_figure(const HeatMapInput& input);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_HEAT_MAP_H_
