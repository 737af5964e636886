// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "report/axis.h"
#include "report/figure.h"
#include "report/figure_text.h"
#include "report/panels.h"

namespace sleeve {
namespace {

struct CurvePoint {
  double covers = 0;
  double mean = 0;
  double low = 0;
  double high = 0;
};

std::vector<CurvePoint> points_of(const Json& result, const char* part, const std::string& metric) {
  std::vector<CurvePoint> points;
  for (const Json& step : result["steps"]) {
    const auto covers = number_at(step, {"covers"}), mean = number_at(step, {part, metric, "mean"});
    const auto low = number_at(step, {part, metric, "low"}), high = number_at(step, {part, metric, "high"});
    if (covers && mean) points.push_back({*covers, *mean, low.value_or(*mean), high.value_or(*mean)});
  }
  return points;
}

struct LearningModel {
  std::string name;
  std::vector<CurvePoint> test;
  std::vector<CurvePoint> train;
};

void draw_line(Drawing& drawing, const std::vector<CurvePoint>& points, const Scale& x, const Scale& y,
               const Colour& colour, bool dashed) {
  std::vector<Point> band, line;
  for (const CurvePoint& point : points) {
    band.push_back({x(point.covers), y(point.high)});
    line.push_back({x(point.covers), y(point.mean)});
  }
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    band.push_back({x(point->covers), y(point->low)});
  }
  if (!dashed) drawing.polygon(band, faded(colour, 0.16));
  drawing.polyline(line, colour, dashed ? 1.6 : 2.2, dashed);
  if (dashed) return;
  for (const Point& point : line) drawing.disc(point, 3.2, colour);
}

void draw_panel(Drawing& drawing, const Frame& frame, const LearningModel& model,
                const std::vector<CurvePoint>& baseline, const Ticks& covers, const Ticks& scores) {
  const Scale x{covers.values.front(), covers.values.back(), frame.left, frame.right()};
  const Scale y{scores.values.front(), scores.values.back(), frame.bottom(), frame.top};
  draw_x_axis(drawing, frame, x, covers);
  draw_y_axis(drawing, frame, y, scores);
  draw_line(drawing, baseline, x, y, kRed, true);
  draw_line(drawing, model.train, x, y, kOrange, false);
  draw_line(drawing, model.test, x, y, kBlue, false);
  drawing.line({frame.left, frame.bottom()}, {frame.right(), frame.bottom()}, kAxis);
  drawing.text({(frame.left + frame.right()) / 2, frame.bottom() + 38}, "training covers",
               {12, kFaintInk, Anchor::kMiddle});
}

Ticks score_ticks(const std::vector<LearningModel>& models, const std::vector<CurvePoint>& baseline) {
  double low = models[0].test[0].mean, high = low;
  const auto take = [&](const std::vector<CurvePoint>& points) {
    for (const CurvePoint& point : points) {
      low = std::min(low, point.low);
      high = std::max(high, point.high);
    }
  };
  for (const LearningModel& model : models) {
    take(model.test);
    take(model.train);
  }
  for (const CurvePoint& point : baseline) {  // drawn without a band
    low = std::min(low, point.mean);
    high = std::max(high, point.mean);
  }
  return round_ticks(low, high, 6);
}

std::string note_of(const LearningModel& model) {
  const CurvePoint& last = model.test.back();
  return fmt::format("with {} covers: {:.3f} [{:.3f}, {:.3f}]",
                     with_thousands(static_cast<long long>(last.covers)), last.mean, last.low, last.high);
}

std::string baseline_title(const Json& report) {
  const std::string goal = report.value("dataset", Json::object()).value("goal", "class");
  if (goal == "number") return "always the mean";
  return goal == "class" ? "always the largest class" : "each genre's share";
}

}  // namespace

Result<Drawing> learning_curve_figure(const Json& report, const std::string& metric) {
  std::vector<LearningModel> models;
  std::vector<CurvePoint> baseline;
  const Json curves = report.value("curves", Json::array());
  for (size_t i = 0; i < curves.size(); ++i) {
    const Json& result = curves[i];
    const std::string name = result["pipeline"].get<std::string>();
    LearningModel model{printable(std::string_view(name)), points_of(result, "test", metric),
                        points_of(result, "train", metric)};
    if (i == 0 && curves.size() > 1) {  // the report's baseline comes first
      baseline = model.test;
    } else if (!model.test.empty()) {
      models.push_back(std::move(model));
    }
  }
  if (models.empty()) {
    return make_error(ErrorCode::kNoData, "the report has no learning curve of {}", metric_title(metric));
  }
  double most = 1;
  for (const LearningModel& model : models) {
    for (const CurvePoint& point : model.test) most = std::max(most, point.covers);
  }
  std::vector<std::string> names;
  for (const LearningModel& model : models) names.push_back(model.name);
  const bool alone = models.size() == 1;
  const PanelGrid grid = lay_out_panels(names, alone ? 520 : 270, alone ? 340 : 230, 26);
  Drawing drawing(grid.width, grid.height, "Learning curve: " + metric_title(metric) + " by training covers");
  draw_head(drawing, metric_title(metric) + " by number of training covers", report_subtitle(report));
  double at = draw_key(drawing, {kMargin, kHeadHeight + 8}, "covers not seen", kBlue, false, false);
  at = draw_key(drawing, {at, kHeadHeight + 8}, "training covers", kOrange, false, false);
  if (!baseline.empty()) draw_key(drawing, {at, kHeadHeight + 8}, baseline_title(report), kRed, true, false);
  const Ticks scores = score_ticks(models, baseline), covers = round_ticks(0, most, alone ? 7 : 5);
  for (size_t i = 0; i < models.size(); ++i) {
    draw_panel_title(drawing, grid, i, note_of(models[i]));
    draw_panel(drawing, grid.frames[i], models[i], baseline, covers, scores);
  }
  return drawing;
}

}  // namespace sleeve
