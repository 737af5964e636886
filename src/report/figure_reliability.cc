// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "report/axis.h"
#include "report/figure.h"
#include "report/figure_text.h"
#include "report/panels.h"

namespace sleeve {
namespace {

constexpr double kReliabilitySide = 230;
constexpr double kBarRoom = 46;  // below the curve: how many covers each bin has

// Below the diagonal the model is surer than it should be.
void draw_curve(Drawing& drawing, const Frame& frame, const Json& bins) {
  const Ticks ticks{{0, 0.2, 0.4, 0.6, 0.8, 1}, 1};
  const Frame curve{frame.left, frame.top, frame.width, frame.height - kBarRoom};
  const Scale x{0, 1, frame.left, frame.right()}, y{0, 1, curve.bottom(), curve.top};
  draw_x_axis(drawing, frame, x, ticks);
  draw_y_axis(drawing, curve, y, ticks);
  drawing.line({x(0), y(0)}, {x(1), y(1)}, kAxis, 1.4, true);
  double most = 1;
  for (const Json& bin : bins) most = std::max(most, bin["rows"].get<double>());
  std::vector<Point> points;
  for (const Json& bin : bins) {
    const double rows = bin["rows"].get<double>();
    if (rows <= 0) continue;
    const double left = x(bin["low"].get<double>()) + 1.5, right = x(bin["high"].get<double>()) - 1.5;
    const double height = std::max(1.0, rows / most * (kBarRoom - 8));
    drawing.rectangle({left, frame.bottom() - height}, right - left, height, faded(kBlue, 0.35));
    points.push_back({x(bin["confidence"].get<double>()), y(bin["accuracy"].get<double>())});
  }
  drawing.polyline(points, kBlue, 2);
  size_t i = 0;
  for (const Json& bin : bins) {
    const double rows = bin["rows"].get<double>();
    if (rows <= 0) continue;
    drawing.disc(points[i++], 2.5 + 3.5 * std::sqrt(rows / most), kBlue);
  }
  drawing.line({frame.left, curve.bottom()}, {frame.right(), curve.bottom()}, kAxis);
  drawing.line({frame.left, frame.bottom()}, {frame.right(), frame.bottom()}, kAxis);
  drawing.text({(frame.left + frame.right()) / 2, frame.bottom() + 38}, "confidence",
               {12, kFaintInk, Anchor::kMiddle});
  drawing.text({frame.left - 40, (curve.top + curve.bottom()) / 2}, "share that is right",
               {12, kFaintInk, Anchor::kMiddle, true});
}

std::string note_of(const Json& evaluation) {
  std::string note;
  if (const auto error = number_at(evaluation, {"calibration_error", "value"})) {
    note = fmt::format("calibration error {:.3f}", *error);
  }
  if (const auto loss = number_at(evaluation, {"log_loss", "value"}))
    note += fmt::format(", log loss {:.3f}", *loss);
  return note;
}

}  // namespace

Result<Drawing> reliability_figure(const Json& report) {
  std::vector<NamedEvaluation> evaluations = evaluations_of(report);
  std::erase_if(evaluations,
                [](const NamedEvaluation& named) { return !named.evaluation->contains("reliability"); });
  // The baseline says the same of every cover: there is nothing to see, unless it was asked for alone.
  if (evaluations.size() > 1) {
    std::erase_if(evaluations, [](const NamedEvaluation& named) { return named.name == "majority"; });
  }
  if (evaluations.empty()) {
    return make_error(ErrorCode::kNoData,
                      "the report has no reliability curve: nothing was held out, or the run "
                      "is of an older sleeve");
  }
  std::vector<std::string> names;
  for (const NamedEvaluation& named : evaluations) names.push_back(printable(std::string_view(named.name)));
  const PanelGrid grid = lay_out_panels(names, kReliabilitySide, kReliabilitySide + kBarRoom, 4);
  Drawing drawing(grid.width, grid.height, "Reliability: how often a model is right, by how sure it is");
  draw_head(drawing, "How sure, and how often right", report_subtitle(report));
  for (size_t i = 0; i < evaluations.size(); ++i) {
    draw_panel_title(drawing, grid, i, note_of(*evaluations[i].evaluation));
    draw_curve(drawing, grid.frames[i], (*evaluations[i].evaluation)["reliability"]);
  }
  return drawing;
}

}  // namespace sleeve
