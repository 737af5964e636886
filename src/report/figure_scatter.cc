// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/error.h"
#include "report/axis.h"
#include "report/figure.h"

namespace sleeve {

Result<Drawing> scatter_figure(const ScatterInput& input) {
  assert(input.truth.size() == input.predicted.size());
  if (input.truth.empty()) return make_error(ErrorCode::kNoData, "there is no prediction to draw");
  constexpr double kSide = 480;
  const Frame frame{kMargin + 62, kHeadHeight + 34, kSide, kSide};
  Drawing drawing(frame.right() + kMargin + 60, frame.bottom() + 62, input.title);
  draw_head(drawing, input.title, input.subtitle);
  // One scale for both: a prediction that is as far from the middle as the truth lies on the diagonal.
  const auto [low_t, high_t] = std::ranges::minmax(input.truth);
  const auto [low_p, high_p] = std::ranges::minmax(input.predicted);
  const Ticks ticks = round_ticks(std::min({low_t, low_p, 0.0}), std::max({high_t, high_p, 100.0}), 6);
  const Scale x{ticks.values.front(), ticks.values.back(), frame.left, frame.right()};
  const Scale y{x.low, x.high, frame.bottom(), frame.top};
  draw_x_axis(drawing, frame, x, ticks);
  draw_y_axis(drawing, frame, y, ticks);
  drawing.line({x(x.low), y(x.low)}, {x(x.high), y(x.high)}, kRed, 1.6, true);
  draw_key(drawing, {kMargin, kHeadHeight + 12}, "predicted as it is", kRed, true, false);
  // Many points: fainter ones, so that where they are dense is seen.
  const double opacity = std::clamp(12 / std::sqrt(static_cast<double>(input.truth.size())), 0.12, 0.7);
  for (size_t i = 0; i < input.truth.size(); ++i) {
    drawing.disc({x(input.truth[i]), y(input.predicted[i])}, 3, faded(kBlue, opacity));
  }
  drawing.line({frame.left, frame.bottom()}, {frame.right(), frame.bottom()}, kAxis);
  drawing.text({(frame.left + frame.right()) / 2, frame.bottom() + 42}, "true popularity",
               {12.5, kFaintInk, Anchor::kMiddle});
  drawing.text({frame.left - 46, (frame.top + frame.bottom()) / 2}, "predicted popularity",
               {12.5, kFaintInk, Anchor::kMiddle, true});
  return drawing;
}

}  // namespace sleeve
