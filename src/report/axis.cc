// SPDX-License-Identifier: Apache-2.0
#include "report/axis.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "report/font.h"

namespace sleeve {

std::string Ticks::text(double value) const {
  if (decimals == 0 && std::abs(value) < 1e15) return with_thousands(std::llround(value));
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  // "-0.0" is what rounding leaves of a zero.
  return text.find_first_not_of("-0.") == std::string::npos ? fmt::format("{:.{}f}", 0.0, decimals) : text;
}

Ticks round_ticks(double low, double high, int wanted) {
  assert(std::isfinite(low) && std::isfinite(high) && low <= high && wanted >= 2);
  if (high - low < 1e-9 * std::max({1.0, std::abs(low), std::abs(high)})) {
    const double room = std::max(0.05 * std::abs(low), 0.05);
    low -= room;
    high += room;
  }
  const double rough = (high - low) / (wanted - 1);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= rough * 0.999) {
      step = factor * power;
      break;
    }
  }
  Ticks ticks;
  const bool quarter = std::abs(step / power - 2.5) < 1e-9;
  ticks.decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)) + (quarter ? 1 : 0));
  const double first = std::floor(low / step + 1e-6), last = std::ceil(high / step - 1e-6);
  for (double i = first; i <= last; ++i) ticks.values.push_back(i * step);
  return ticks;
}

void draw_x_axis(Drawing& drawing, const Frame& frame, const Scale& scale, const Ticks& ticks) {
  for (const double value : ticks.values) {
    const double x = scale(value);
    drawing.line({x, frame.top}, {x, frame.bottom()}, kGrid);
    drawing.text({x, frame.bottom() + 18}, ticks.text(value), {12, kFaintInk, Anchor::kMiddle});
  }
}

void draw_y_axis(Drawing& drawing, const Frame& frame, const Scale& scale, const Ticks& ticks) {
  for (const double value : ticks.values) {
    const double y = scale(value);
    drawing.line({frame.left, y}, {frame.right(), y}, kGrid);
    drawing.text({frame.left - 8, y + 4}, ticks.text(value), {12, kFaintInk, Anchor::kEnd});
  }
}

void draw_head(Drawing& drawing, std::string_view title, std::string_view subtitle) {
  const double room = drawing.width() - 2 * kMargin;
  std::string head = printable(title);
  if (!head.empty() && head[0] >= 'a' && head[0] <= 'z') head[0] = static_cast<char>(head[0] - 'a' + 'A');
  drawing.text({kMargin, 34}, fitted(head, 19, room), {19, kInk});
  drawing.text({kMargin, 56}, fitted(printable(subtitle), 12.5, room), {12.5, kFaintInk});
}

double draw_key(Drawing& drawing, Point at, std::string_view text, const Colour& colour, bool dashed,
                bool dot) {
  if (dot) {
    drawing.disc({at.x + 11, at.y - 4}, 4, colour);
  } else {
    drawing.line({at.x, at.y - 4}, {at.x + 22, at.y - 4}, colour, 2, dashed);
  }
  drawing.text({at.x + 30, at.y}, text, {12, kFaintInk});
  return at.x + 30 + text_width(text, 12) + 24;
}

}  // namespace sleeve
