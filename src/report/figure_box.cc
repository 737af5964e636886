// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "base/quantile.h"
#include "report/axis.h"
#include "report/figure.h"
#include "report/figure_text.h"
#include "report/font.h"

namespace sleeve {
namespace {

constexpr double kWidth = 980;
constexpr double kValueColumn = 130;  // "0.342 (0.014)" at the right
constexpr double kModelLabelSize = 12.5;
constexpr double kLineHeight = 16;

struct BoxedModel {
  std::string name;
  std::vector<double> values;  // a fold each
  double mean = 0;
  double deviation = 0;
  std::vector<std::string> lines;  // the name, wrapped
  double height = 0;               // of its row
};

std::vector<BoxedModel> models_of(const Json& report, const std::string& metric) {
  std::vector<BoxedModel> models;
  if (!report.contains("results") || !report["results"].is_array()) return models;
  for (const Json& result : report["results"]) {
    if (!result.contains("folds") || !result["folds"].contains(metric)) continue;
    BoxedModel model;
    model.name = result["pipeline"].get<std::string>();
    for (const Json& value : result["folds"][metric]["values"]) {
      if (value.is_number()) model.values.push_back(value.get<double>());
    }
    if (model.values.empty()) continue;
    model.mean = result["folds"][metric]["mean"].get<double>();
    model.deviation = result["folds"][metric]["deviation"].get<double>();
    models.push_back(std::move(model));
  }
  return models;
}

// The baseline becomes a line through all rows, unless it is all there is.
std::optional<BoxedModel> take_baseline(std::vector<BoxedModel>& models) {
  const auto found = std::ranges::find(models, "majority", &BoxedModel::name);
  if (found == models.end() || models.size() == 1) return std::nullopt;
  BoxedModel baseline = std::move(*found);
  models.erase(found);
  return baseline;
}

// Names take what they need, up to two fifths of the figure.
double lay_out(std::vector<BoxedModel>& models) {
  double widest = 0;
  for (const BoxedModel& model : models) widest = std::max(widest, text_width(model.name, kModelLabelSize));
  const double column = std::clamp(widest + 8, 90.0, 0.4 * kWidth);
  for (BoxedModel& model : models) {
    model.lines = wrapped(model.name, kModelLabelSize, column - 4, 3);
    const double roomy = models.size() > 12 ? 30.0 : 44.0;
    model.height = std::max(roomy, kLineHeight * static_cast<double>(model.lines.size()) + 14);
  }
  return column;
}

void draw_box(Drawing& drawing, const BoxedModel& model, const Scale& x, double middle) {
  std::vector<double> sorted = model.values;
  std::ranges::sort(sorted);
  const double q1 = quantile(sorted, 0.25), median = quantile(sorted, 0.5), q3 = quantile(sorted, 0.75);
  const double reach = 1.5 * (q3 - q1);
  const double low = *std::ranges::find_if(sorted, [&](double v) { return v >= q1 - reach; });
  const double high =
      *std::find_if(sorted.rbegin(), sorted.rend(), [&](double v) { return v <= q3 + reach; });
  const double half = std::min(11.0, model.height / 2 - 5);
  if (sorted.size() > 1) {
    for (const auto& [end, box] : {std::pair{low, q1}, std::pair{high, q3}}) {
      drawing.line({x(end), middle}, {x(box), middle}, kBlue, 1.4);
      drawing.line({x(end), middle - half / 2}, {x(end), middle + half / 2}, kBlue, 1.4);
    }
    drawing.rectangle({x(q1), middle - half}, x(q3) - x(q1), 2 * half, faded(kBlue, 0.22));
    drawing.polyline({{x(q1), middle - half},
                      {x(q3), middle - half},
                      {x(q3), middle + half},
                      {x(q1), middle + half},
                      {x(q1), middle - half}},
                     kBlue, 1.4);
    drawing.line({x(median), middle - half}, {x(median), middle + half}, kBlue, 2.6);
  }
  // Neighbouring folds a little apart, in a fixed order, so that equal scores don't hide each other.
  constexpr double kPlaces[] = {0, -0.55, 0.55, -0.28, 0.28};
  for (size_t i = 0; i < model.values.size(); ++i) {
    drawing.disc({x(model.values[i]), middle + kPlaces[i % 5] * half}, 2.6, faded(kOrange, 0.75));
  }
}

void draw_row(Drawing& drawing, const BoxedModel& model, const Frame& frame, const Scale& x, double top) {
  const double middle = top + model.height / 2;
  double line = middle - kLineHeight * (static_cast<double>(model.lines.size()) - 1) / 2 + 4.5;
  for (const std::string& text : model.lines) {
    drawing.text({frame.left - 14, line}, text, {kModelLabelSize, kInk, Anchor::kEnd});
    line += kLineHeight;
  }
  draw_box(drawing, model, x, middle);
  drawing.text({kWidth - kMargin, middle + 4.5}, fmt::format("{:.3f} ({:.3f})", model.mean, model.deviation),
               {12.5, kInk, Anchor::kEnd});
}

Ticks ticks_of(const std::vector<BoxedModel>& models, const std::optional<BoxedModel>& baseline) {
  double low = baseline ? baseline->mean : models[0].values[0], high = low;
  for (const BoxedModel& model : models) {
    for (const double value : model.values) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  return round_ticks(low, high, 7);
}

}  // namespace

Result<Drawing> box_plot_figure(const Json& report, const std::string& metric) {
  std::vector<BoxedModel> models = models_of(report, metric);
  if (models.empty()) {
    return make_error(ErrorCode::kNoData,
                      "the report has no folds with {}: only crossval can be drawn as box plot",
                      metric_title(metric));
  }
  const std::optional<BoxedModel> baseline = take_baseline(models);
  const double column = lay_out(models);
  const double rows = std::accumulate(models.begin(), models.end(), 0.0,
                                      [](double sum, const BoxedModel& model) { return sum + model.height; });
  const double key = baseline ? 24 : 0;
  const Frame frame{kMargin + column + 14, kHeadHeight + key + 8,
                    kWidth - 2 * kMargin - column - 14 - kValueColumn, rows};
  Drawing drawing(kWidth, frame.bottom() + 60, "Box plots of " + metric_title(metric) + " over folds");
  draw_head(drawing, metric_title(metric) + " of each fold", report_subtitle(report));
  drawing.text({kWidth - kMargin, frame.top - 10}, "mean (deviation)", {11.5, kFaintInk, Anchor::kEnd});

  const Ticks ticks = ticks_of(models, baseline);
  const Scale x{ticks.values.front(), ticks.values.back(), frame.left, frame.right()};
  draw_x_axis(drawing, frame, x, ticks);
  drawing.text({(frame.left + frame.right()) / 2, frame.bottom() + 42},
               metric_title(metric) + " on covers not seen in training", {12.5, kFaintInk, Anchor::kMiddle});
  if (baseline) {
    drawing.line({x(baseline->mean), frame.top - 4}, {x(baseline->mean), frame.bottom()}, kRed, 1.6, true);
    draw_key(drawing, {kMargin, frame.top - 10},
             fmt::format("baseline, always the largest class: {:.3f}", baseline->mean), kRed, true, false);
  }
  double top = frame.top;
  for (const BoxedModel& model : models) {
    draw_row(drawing, model, frame, x, top);
    top += model.height;
  }
  drawing.line({frame.left, frame.bottom()}, {frame.right(), frame.bottom()}, kAxis);
  return drawing;
}

}  // namespace sleeve
