// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_PANELS_H_
#define SLEEVE_REPORT_PANELS_H_

#include <string>
#include <vector>

#include "report/axis.h"

namespace sleeve {

// A figure of equal panels, one a model, side by side in as many rows as it takes, each with its name above.
struct PanelGrid {
  double width = 0;  // of the whole figure
  double height = 0;
  std::vector<Frame> frames;                     // where each panel's values lie
  std::vector<std::vector<std::string>> titles;  // of each panel, in lines
};
// `legend` is the room below the figure's head, for keys.
PanelGrid lay_out_panels(const std::vector<std::string>& names, double panel_width, double panel_height,
                         double legend);
// The panel's name, and a note in small letters below it.
void draw_panel_title(Drawing& drawing, const PanelGrid& grid, size_t panel, const std::string& note);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_PANELS_H_
