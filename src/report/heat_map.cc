// SPDX-License-Identifier: Apache-2.0
#include "report/heat_map.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "report/axis.h"
#include "report/figure_text.h"
#include "report/font.h"

namespace sleeve {
namespace {

constexpr double kNameSize = 11.5;
constexpr double kRoomForFigures = 26;  // cells at least so wide show their figure
constexpr Colour kWarm{186, 52, 44};

Colour tint(double value) {
  const double share = std::clamp(std::abs(value), 0.0, 1.0);
  const Colour paint = value < 0 ? kWarm : kBlue;
  const auto part = [&](uint8_t to) { return static_cast<uint8_t>(std::lround(255 + share * (to - 255))); };
  return {part(paint.red), part(paint.green), part(paint.blue)};
}

void draw_cells(Drawing& drawing, const HeatMapInput& input, Point corner, double cell) {
  const double gap = cell > 12 ? 0.5 : 0;
  for (size_t i = 0; i < input.names.size(); ++i) {
    for (size_t j = 0; j < input.names.size(); ++j) {
      const double value = input.values[i][j];
      const Point at{corner.x + static_cast<double>(j) * cell, corner.y + static_cast<double>(i) * cell};
      drawing.rectangle({at.x + gap, at.y + gap}, cell - 2 * gap, cell - 2 * gap, tint(value));
      if (cell < kRoomForFigures) continue;
      const Colour ink = std::abs(value) > 0.55 ? Colour{255, 255, 255} : kInk;
      drawing.text({at.x + cell / 2, at.y + cell / 2 + 3.5}, fmt::format("{:.2f}", value),
                   {std::min(11.0, cell * 0.32), ink, Anchor::kMiddle});
    }
  }
}

void draw_blocks(Drawing& drawing, const HeatMapInput& input, Point corner, double cell) {
  for (const auto& [first, end] : input.blocks) {
    const double low = static_cast<double>(first) * cell;
    const double high = static_cast<double>(end) * cell;
    drawing.polyline({{corner.x + low, corner.y + low},
                      {corner.x + high, corner.y + low},
                      {corner.x + high, corner.y + high},
                      {corner.x + low, corner.y + high},
                      {corner.x + low, corner.y + low}},
                     kInk, 1.6);
  }
}

}  // namespace

Result<Drawing> heat_map_figure(const HeatMapInput& input) {
  if (input.names.empty()) return make_error(ErrorCode::kNoData, "there is nothing to draw a heat map of");
  double widest = 0;
  for (const std::string& name : input.names) widest = std::max(widest, text_width(name, kNameSize));
  const double names = std::clamp(widest + 10, 50.0, 180.0);
  const auto count = static_cast<double>(input.names.size());
  const double cell = std::clamp(760 / count, 3.0, 44.0);
  const Point corner{kMargin + names, kHeadHeight + 10 + names};
  const double side = count * cell;
  Drawing drawing(std::max(620.0, corner.x + side + kMargin), corner.y + side + kMargin, input.title);
  draw_head(drawing, input.title, input.subtitle);
  // In small cells only as many names as can be read.
  const auto every = static_cast<size_t>(std::ceil(kNameSize / cell));
  for (size_t i = 0; i < input.names.size(); i += every) {
    const double middle = (static_cast<double>(i) + 0.5) * cell + 4;
    const std::string name = fitted(input.names[i], kNameSize, names - 8);
    drawing.text({corner.x - 6, corner.y + middle}, name, {kNameSize, kInk, Anchor::kEnd});
    drawing.text({corner.x + middle, corner.y - 6}, name, {kNameSize, kInk, Anchor::kStart, true});
  }
  draw_cells(drawing, input, corner, cell);
  draw_blocks(drawing, input, corner, cell);
  return drawing;
}

}  // namespace sleeve
