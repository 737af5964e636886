// SPDX-License-Identifier: Apache-2.0
#include "stage/learning_curve.h"

#include <algorithm>

#include "base/error.h"
#include "base/try.h"
#include "stage/problem_json.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

std::vector<std::pair<std::string, CurveScore>> curve_scores(const std::vector<Scores>& fold_scores,
                                                             size_t folds) {
  std::vector<std::pair<std::string, CurveScore>> scores;
  for (const std::string& name : metric_names()) {
    std::vector<double> values;
    for (const Scores& fold : fold_scores) values.push_back(metric(fold, name));
    const double lowest = name == "cohens_kappa" || name == "mcc" ? -1 : 0;
    scores.emplace_back(name, curve_score(std::move(values), folds, lowest));
  }
  return scores;
}

// A point for each curve: all pipelines on the same training parts.
Status add_points(const Task& task, const CurveStep& step, const std::vector<PipelineSpec>& pipelines,
                  const CrossvalOptions& protocol, const WorkContext& context, CurveReport& report) {
  const auto folds = static_cast<size_t>(protocol.folds);
  auto results = cross_validate_all(task, step.folds, folds, pipelines, protocol.seed, context);
  if (!results.ok()) return with_context(results.error(), fmt::format("{} training covers", step.size));
  for (size_t i = 0; i < pipelines.size(); ++i) {
    report.curves[i].points.push_back({step.size, step.covers, curve_scores((*results)[i].fold_scores, folds),
                                       curve_scores((*results)[i].train_scores, folds)});
  }
  return {};
}

Json to_json(const std::vector<std::pair<std::string, CurveScore>>& scores) {
  Json json = Json::object();
  for (const auto& [name, score] : scores) {
    json[name] = Json{{"mean", score.mean},
                      {"deviation", score.deviation},
                      {"low", score.low},
                      {"high", score.high},
                      {"values", score.values}};
  }
  return json;
}

Json to_json(const ModelCurve& curve) {
  Json steps = Json::array();
  for (const CurvePoint& point : curve.points) {
    steps.push_back(Json{{"size", point.size},
                         {"covers", point.covers},
                         {"test", to_json(point.test)},
                         {"train", to_json(point.train)}});
  }
  return Json{{"pipeline", curve.pipeline}, {"steps", std::move(steps)}};
}

}  // namespace

Result<CurveReport> learning_curve(Workspace& workspace, const CurveOptions& options,
                                   const WorkContext& context) {
  RunRecorder recorder("curve");
  const CrossvalOptions& protocol = options.protocol;
  SLEEVE_TRY(const LoadedTask loaded,
             load_task(workspace, protocol.question, protocol.features, context, protocol.augmentation));
  SLEEVE_TRY(const std::vector<Fold> folds, crossval_folds(loaded, loaded.task.labels, protocol));
  std::vector<size_t> sizes = options.sizes.empty() ? even_sizes(folds, options.steps) : options.sizes;
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  SLEEVE_TRY(const std::vector<CurveStep> steps, curve_steps(loaded.task, folds, sizes, protocol.seed));
  SLEEVE_TRY(const auto pipelines, with_baseline(protocol.pipelines));
  CurveReport report;
  for (const PipelineSpec& pipeline : pipelines) report.curves.push_back({pipeline.text(), {}});
  for (const CurveStep& step : steps) {
    SLEEVE_CHECK(add_points(loaded.task, step, pipelines, protocol, context, report));
  }
  report.dataset = to_json(loaded.dataset);
  report.features = protocol.features.text();
  report.split = name_of(protocol.split);
  report.folds = protocol.folds;
  report.repeats = protocol.repeats;
  report.folds_fingerprint = fingerprint(folds);
  report.warnings = split_warnings(loaded, protocol.split);
  report.unreadable = loaded.unreadable;
  report.augmentation = protocol.augmentation;
  report.seconds = recorder.seconds();
  report.run_id = recorder.record(workspace, to_json(options), loaded.dataset.fingerprint, to_json(report),
                                  report.warnings);
  return report;
}

Json to_json(const CurveOptions& options) {
  Json json = to_json(options.protocol);
  json.erase("permutations");
  json["steps"] = options.steps;
  json["sizes"] = options.sizes;
  return json;
}

Json to_json(const CurveReport& report) {
  Json curves = Json::array();
  for (const ModelCurve& curve : report.curves) curves.push_back(to_json(curve));
  Json json{{"dataset", report.dataset},
            {"features", report.features},
            {"split", report.split},
            {"folds", report.folds},
            {"repeats", report.repeats},
            {"folds_fingerprint", report.folds_fingerprint},
            {"curves", std::move(curves)},
            {"interval", "95 % of the mean over folds, variance widened for their overlap (Nadeau & Bengio)"},
            {"warnings", report.warnings},
            {"unreadable", to_json(report.unreadable)},
            {"run", report.run_id},
            {"seconds", report.seconds}};
  put_augmentation(json, report.augmentation);
  return json;
}

}  // namespace sleeve
