// SPDX-License-Identifier: Apache-2.0
#include "report/figure.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

namespace sleeve {
namespace {

using testing::HasSubstr;
using testing::Not;

Json folds(const std::vector<double>& values) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  return Json{{"accuracy", {{"mean", mean}, {"deviation", 0.01}, {"values", values}}}};
}

Json evaluation() {
  Json bins = Json::array();
  for (int i = 0; i < 10; ++i) {
    bins.push_back(Json{{"low", i / 10.0},
                        {"high", (i + 1) / 10.0},
                        {"rows", i < 3 ? 0 : 10 * i},
                        {"confidence", i / 10.0 + 0.05},
                        {"accuracy", i / 10.0}});
  }
  return Json{{"accuracy", {{"value", 0.6}}},
              {"calibration_error", {{"value", 0.05}}},
              {"log_loss", {{"value", 1.25}}},
              {"reliability", bins},
              {"confusion",
               {{"labels", {"Chanson & <Rock>", "Ранок", "ジャズ"}},
                {"rows", {{12, 3, 4}, {0, 1234, 5}, {1, 1, 0}}}}}};
}

Json crossval_report(size_t models) {
  Json results = Json::array(
      {Json{{"pipeline", "majority"}, {"folds", folds({0.22, 0.23, 0.24})}, {"pooled", evaluation()}}});
  for (size_t i = 0; i < models; ++i) {
    const double base = 0.3 + 0.05 * std::sin(static_cast<double>(i));
    results.push_back(
        Json{{"pipeline", "sqrt > pca:components=0.95:whiten=true > forest:trees=" + std::to_string(i)},
             {"folds", folds({base, base + 0.02, base - 0.03, base + 0.01, base + 0.09})},
             {"pooled", evaluation()}});
  }
  return Json{{"dataset", {{"covers", 3548}, {"groups", 3443}}},
              {"features", "hog+hsv"},
              {"split", "grouped"},
              {"folds", 5},
              {"repeats", 1},
              {"results", results}};
}

Json curve_report() {
  Json report = crossval_report(0);
  report["curves"] = Json::array();
  for (const std::string name : {"majority", "logistic", "forest"}) {
    Json steps = Json::array();
    for (int i = 1; i <= 5; ++i) {
      const double test = name == "majority" ? 0.22 : 0.2 + 0.03 * i;
      steps.push_back(
          Json{{"covers", 100 * i},
               {"test", {{"accuracy", {{"mean", test}, {"low", test - 0.02}, {"high", test + 0.02}}}}},
               {"train", {{"accuracy", {{"mean", 0.9}, {"low", 0.88}, {"high", 0.92}}}}}});
    }
    report["curves"].push_back(Json{{"pipeline", name}, {"steps", steps}});
  }
  return report;
}

size_t count(const std::string& text, const std::string& what) {
  size_t found = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

// Every label begins and ends on the paper; nothing lies beside it.
void expect_inside(const Drawing& drawing) {
  const std::string svg = to_svg(drawing);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf\"")));
  for (const Shape& shape : drawing.shapes()) {
    const auto inside = [&](const Point& point) {
      EXPECT_GE(point.x, 0);
      EXPECT_LE(point.x, drawing.width());
      EXPECT_GE(point.y, 0);
      EXPECT_LE(point.y, drawing.height());
    };
    if (const auto* label = std::get_if<Label>(&shape)) inside(label->origin);
    if (const auto* disc = std::get_if<Disc>(&shape)) inside(disc->centre);
    if (const auto* line = std::get_if<Polyline>(&shape)) std::ranges::for_each(line->points, inside);
    if (const auto* area = std::get_if<FilledPolygon>(&shape)) std::ranges::for_each(area->points, inside);
  }
}

TEST(BoxPlot, EveryModelIsARowAndEveryFoldAPoint) {
  for (const size_t models : {1U, 4U, 40U}) {
    const Drawing drawing = box_plot_figure(crossval_report(models), "accuracy").value();
    expect_inside(drawing);
    const std::string svg = to_svg(drawing);
    EXPECT_EQ(count(svg, "<circle"), 5 * models);
    EXPECT_THAT(svg, HasSubstr("always the largest class: 0.230"));
    EXPECT_THAT(svg, HasSubstr("3,548 covers in 3,443 groups · hog+hsv · 5 folds × 1, grouped"));
    EXPECT_TRUE(to_png(drawing).ok());
  }
}

TEST(BoxPlot, TheBaselineAloneIsARow) {
  const std::string svg = to_svg(box_plot_figure(crossval_report(0), "accuracy").value());
  EXPECT_EQ(count(svg, "<circle"), 3U);
  EXPECT_THAT(svg, HasSubstr(">majority<"));
}

TEST(BoxPlot, OneFoldOrEqualFoldsAreNoTrouble) {
  Json report = crossval_report(1);
  report["results"][1]["folds"] = folds({0.5});
  expect_inside(box_plot_figure(report, "accuracy").value());
  report["results"][1]["folds"] = folds({0.5, 0.5, 0.5});
  report["results"][0]["folds"] = folds({0.5, 0.5, 0.5});
  expect_inside(box_plot_figure(report, "accuracy").value());
}

TEST(BoxPlot, AReportWithoutFoldsSaysSo) {
  const auto drawing = box_plot_figure(Json{{"test", evaluation()}}, "macro_f1");
  EXPECT_EQ(drawing.error().code, ErrorCode::kNoData);
  EXPECT_THAT(drawing.error().message, HasSubstr("macro-F1"));
}

TEST(Reliability, APanelAModelWithItsCalibrationError) {
  const Drawing drawing = reliability_figure(crossval_report(7)).value();
  expect_inside(drawing);
  const std::string svg = to_svg(drawing);
  EXPECT_EQ(count(svg, "calibration error 0.050"), 7U);
  EXPECT_EQ(count(svg, "<circle"), 7 * 7U) << "a point for each bin that has rows";
  const Json trained{{"pipeline", "forest"}, {"test", evaluation()}};
  EXPECT_EQ(count(to_svg(reliability_figure(trained).value()), "calibration error 0.050"), 1U);
}

TEST(Reliability, AnOlderRunHasNone) {
  Json report = crossval_report(1);
  for (Json& result : report["results"]) result["pooled"].erase("reliability");
  EXPECT_EQ(reliability_figure(report).error().code, ErrorCode::kNoData);
}

TEST(LearningCurve, ShowsTestTrainingAndBaseline) {
  const Drawing drawing = learning_curve_figure(curve_report(), "accuracy").value();
  expect_inside(drawing);
  const std::string svg = to_svg(drawing);
  EXPECT_EQ(count(svg, "<circle"), 2 * 2 * 5U) << "models × (test, training) × steps";
  EXPECT_EQ(count(svg, "with 500 covers: 0.350 [0.330, 0.370]"), 2U);
  EXPECT_EQ(learning_curve_figure(curve_report(), "mcc").error().code, ErrorCode::kNoData);
  EXPECT_EQ(learning_curve_figure(crossval_report(2), "accuracy").error().code, ErrorCode::kNoData);
}

TEST(Confusion, EveryCellHasItsCountAndNamesAreEscaped) {
  const Json trained{{"pipeline", "forest"}, {"test", evaluation()}};
  const Drawing drawing = confusion_figure(trained).value();
  expect_inside(drawing);
  const std::string svg = to_svg(drawing);
  for (const char* text :
       {">1,234<", ">12<", ">63 %<", ">Chanson &amp; &lt;Rock&gt;<", ">Ранок<", ">ジャズ<"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_EQ(confusion_figure(Json{{"pipeline", "forest"}, {"train", evaluation()}}).error().code,
            ErrorCode::kNoData);
}

TEST(Confusion, OfSeveralModelsTheBestIsShown) {
  Json report = crossval_report(2);
  report["results"][2]["pooled"]["accuracy"]["value"] = 0.7;
  EXPECT_THAT(to_svg(confusion_figure(report).value()), HasSubstr("forest:trees=1<"));
}

TEST(Scatter, EveryCoverIsAPoint) {
  const Drawing drawing =
      scatter_figure({"ridge", "120 covers", {0, 50, 100, 12.5}, {20, 40, 60, -4}}).value();
  expect_inside(drawing);
  EXPECT_EQ(count(to_svg(drawing), "<circle"), 4U);
  EXPECT_EQ(scatter_figure({"ridge", "", {}, {}}).error().code, ErrorCode::kNoData);
}

}  // namespace
}  // namespace sleeve
