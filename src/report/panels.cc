// SPDX-License-Identifier: Apache-2.0
#include "report/panels.h"

#include <algorithm>

#include "report/font.h"

namespace sleeve {
namespace {

constexpr double kLeft = 58;   // numbers and the axis' name
constexpr double kBelow = 56;  // the same
constexpr double kBetween = 22;
constexpr double kTitleSize = 12.5;
constexpr double kTitleLine = 16;
constexpr double kLeastWidth = 620;  // for the head

}  // namespace

PanelGrid lay_out_panels(const std::vector<std::string>& names, double panel_width, double panel_height,
                         double legend) {
  PanelGrid grid;
  const size_t columns = std::min<size_t>(names.size(), names.size() == 4 ? 2 : 3);
  size_t lines = 1;
  for (const std::string& name : names) {
    grid.titles.push_back(wrapped(name, kTitleSize, panel_width, 3));
    lines = std::max(lines, grid.titles.back().size());
  }
  const double above = kTitleLine * static_cast<double>(lines) + 26;
  const double step_x = kLeft + panel_width + kBetween, step_y = above + panel_height + kBelow;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto column = static_cast<double>(i % columns), row = static_cast<double>(i / columns);
    grid.frames.push_back({kMargin + column * step_x + kLeft, kHeadHeight + legend + row * step_y + above,
                           panel_width, panel_height});
  }
  const auto rows = static_cast<double>((names.size() + columns - 1) / columns);
  grid.width = std::max(kLeastWidth, 2 * kMargin + static_cast<double>(columns) * step_x - kBetween + 10);
  grid.height = kHeadHeight + legend + rows * step_y + 8;
  return grid;
}

void draw_panel_title(Drawing& drawing, const PanelGrid& grid, size_t panel, const std::string& note) {
  const Frame& frame = grid.frames[panel];
  const auto& lines = grid.titles[panel];
  double y = frame.top - 26 - kTitleLine * (static_cast<double>(lines.size()) - 1);
  for (const std::string& line : lines) {
    drawing.text({frame.left, y}, line, {kTitleSize, kInk});
    y += kTitleLine;
  }
  drawing.text({frame.left, frame.top - 10}, note, {11.5, kFaintInk});
}

}  // namespace sleeve
