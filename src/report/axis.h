// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_AXIS_H_
#define SLEEVE_REPORT_AXIS_H_

#include <string>
#include <string_view>
#include <vector>

#include "report/drawing.h"

// What all figures share: colours, scales with round ticks, heads.
namespace sleeve {

inline constexpr Colour kInk{38, 42, 51};
inline constexpr Colour kFaintInk{108, 114, 125};
inline constexpr Colour kGrid{228, 230, 234};
inline constexpr Colour kAxis{150, 155, 164};
inline constexpr Colour kBlue{38, 104, 173};
inline constexpr Colour kOrange{214, 107, 20};
inline constexpr Colour kGreen{22, 128, 88};
inline constexpr Colour kRed{190, 45, 52};

constexpr Colour faded(Colour colour, double opacity) {
  colour.opacity = opacity;
  return colour;
}

// Maps values to pixels: `low` to `from`, `high` to `to` (which is above `from` for a vertical axis).
struct Scale {
  double low = 0;
  double high = 1;
  double from = 0;
  double to = 1;
  [[nodiscard]] double operator()(double value) const {
    return from + (value - low) / (high - low) * (to - from);
  }
};

struct Ticks {
  std::vector<double> values;  // ascending, at least two; the first and last are the ends of the scale
  int decimals = 0;
  [[nodiscard]] std::string text(double value) const;
};
// About `wanted` ticks of 1, 2, 2.5 or 5 times a power of ten around [low, high]; a range of no width is
// widened. REQUIRES: finite, low <= high, wanted >= 2.
Ticks round_ticks(double low, double high, int wanted);

// Where a plot's values lie.
struct Frame {
  double left = 0, top = 0, width = 0, height = 0;
  [[nodiscard]] double right() const { return left + width; }
  [[nodiscard]] double bottom() const { return top + height; }
};

// Grid lines with their numbers below, or at the left.
void draw_x_axis(Drawing& drawing, const Frame& frame, const Scale& scale, const Ticks& ticks);
void draw_y_axis(Drawing& drawing, const Frame& frame, const Scale& scale, const Ticks& ticks);

// The head of a figure: what is shown, and below it smaller what of.
inline constexpr double kHeadHeight = 74;
inline constexpr double kMargin = 28;
void draw_head(Drawing& drawing, std::string_view title, std::string_view subtitle);

// A line or dot of a colour with its meaning behind it; where the next may begin.
double draw_key(Drawing& drawing, Point at, std::string_view text, const Colour& colour, bool dashed,
                bool dot);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_AXIS_H_
