// SPDX-License-Identifier: Apache-2.0
#include "stage/learning_curve.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/sort_unique.h"
#include "base/try.h"
#include "stage/problem_json.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

using NamedScores = std::vector<std::pair<std::string, CurveScore>>;

NamedScores curve_scores(const std::vector<Scores>& fold_scores, size_t folds) {
  NamedScores scores;
  for (const std::string& name : metric_names()) {
    std::vector<double> values;
    for (const Scores& fold : fold_scores) values.push_back(metric(fold, name));
    scores.emplace_back(name, curve_score(std::move(values), folds, range_of(name)));
  }
  return scores;
}

NamedScores curve_scores(const std::vector<std::vector<std::optional<double>>>& fold_scores, size_t folds,
                         Goal goal) {
  NamedScores scores;
  const auto objectives = objectives_of(goal);
  for (size_t i = 0; i < objectives.size(); ++i) {
    std::vector<double> values;
    for (const auto& fold : fold_scores) {
      if (fold[i]) values.push_back(*fold[i]);
    }
    const std::string_view name = objectives[i]->name;
    if (!values.empty()) scores.emplace_back(name, curve_score(std::move(values), folds, range_of(name)));
  }
  return scores;
}

struct PointScores {
  NamedScores test;
  NamedScores train;
};

// Of all pipelines on the same training parts.
Result<std::vector<PointScores>> scores_at(const Task& task, std::span<const Fold> folds,
                                           const std::vector<PipelineSpec>& pipelines,
                                           const CrossvalOptions& protocol, const WorkContext& context) {
  const auto per_repeat = static_cast<size_t>(protocol.folds);
  std::vector<PointScores> scores;
  if (task.goal == Goal::kClass) {
    SLEEVE_TRY(const auto results,
               cross_validate_all(task, folds, per_repeat, pipelines, protocol.seed, context));
    for (const CrossValidation& result : results) {
      scores.push_back(
          {curve_scores(result.fold_scores, per_repeat), curve_scores(result.train_scores, per_repeat)});
    }
    return scores;
  }
  SLEEVE_TRY(const auto results,
             validate_outcomes(task, folds, per_repeat, pipelines, protocol.seed, context));
  for (const OutcomeValidation& result : results) {
    scores.push_back({curve_scores(result.fold_scores, per_repeat, task.goal),
                      curve_scores(result.train_scores, per_repeat, task.goal)});
  }
  return scores;
}

// A point for each curve.
Status add_points(const Task& task, const CurveStep& step, const std::vector<PipelineSpec>& pipelines,
                  const CrossvalOptions& protocol, const WorkContext& context, CurveReport& report) {
  auto scores = scores_at(task, step.folds, pipelines, protocol, context);
  if (!scores.ok()) return with_context(scores.error(), fmt::format("{} training covers", step.size));
  for (size_t i = 0; i < pipelines.size(); ++i) {
    report.curves[i].points.push_back(
        {step.size, step.covers, std::move((*scores)[i].test), std::move((*scores)[i].train)});
  }
  return {};
}

Json to_json(const NamedScores& scores) {
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
  const SplitPlan plan = split_plan(loaded, protocol.split);
  SLEEVE_TRY(const std::vector<Fold> folds, task_folds(loaded.task, plan.kind, plan.groups, protocol.folds,
                                                       protocol.repeats, protocol.seed));
  std::vector<size_t> sizes = options.sizes.empty() ? even_sizes(folds, options.steps) : options.sizes;
  sort_unique(sizes);
  SLEEVE_TRY(const std::vector<CurveStep> steps, curve_steps(loaded.task, folds, sizes, protocol.seed));
  SLEEVE_TRY(const auto pipelines, with_baseline(protocol.pipelines, loaded.task.goal));
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
