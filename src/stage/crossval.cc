// SPDX-License-Identifier: Apache-2.0
#include "stage/crossval.h"

#include <algorithm>

#include "base/csv.h"
#include "base/error.h"
#include "base/try.h"
#include "stage/evaluation_json.h"
#include "stage/problem_json.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

std::vector<OutOfFold> out_of_fold(const LoadedTask& loaded, std::span<const Fold> first_repeat) {
  std::vector<OutOfFold> covers;
  covers.reserve(loaded.dataset.rows.size());
  for (const DatasetRow& row : loaded.dataset.rows) {
    covers.push_back({row.path, row.title, row.cover, 0, row.label, row.group});
  }
  for (size_t f = 0; f < first_repeat.size(); ++f) {
    for (const size_t row : first_repeat[f].test) covers[row].fold = f;
  }
  return covers;
}

RunPredictions predictions_of(const CrossvalReport& report) {
  RunPredictions predictions;
  predictions.rows.class_names = report.class_names;
  for (const OutOfFold& cover : report.covers) {
    predictions.rows.covers.push_back(cover.cover);
    predictions.rows.truth.push_back(cover.truth);
    predictions.rows.folds.push_back(static_cast<int>(cover.fold));
    predictions.rows.groups.push_back(cover.group);
  }
  for (const CrossValidation& result : report.results) {
    predictions.models.push_back({result.pipeline.text(), result.predicted, result.probabilities});
  }
  return predictions;
}

// Balanced accuracy: its chance level is the same whatever the classes' shares, and always naming the largest
// class, which permuted labels can't take from a model, earns nothing.
constexpr const char* kSignalMetric = "balanced_accuracy";

Result<double> score_on(const LoadedTask& loaded, std::span<const int> labels, const PipelineSpec& pipeline,
                        const CrossvalOptions& options, const WorkContext& context) {
  SLEEVE_TRY(const std::vector<Fold> folds, crossval_folds(loaded, labels, options));
  Task task = loaded.task;
  task.labels.assign(labels.begin(), labels.end());
  SLEEVE_TRY(const CrossValidation result, cross_validate(task, folds, static_cast<size_t>(options.folds),
                                                          pipeline, options.seed, context));
  return summarise(result.fold_scores, kSignalMetric).mean;
}

// Tests every model but the baseline. Labels of which no two groups can change places are no reason to throw
// away the scores: that becomes a warning.
Status test_signals(const LoadedTask& loaded, const CrossvalOptions& options, const WorkContext& context,
                    CrossvalReport& report) {
  report.signals.resize(report.results.size());
  if (options.permutations == 0) return {};
  const WorkContext inner = context.without_progress();
  std::vector<double> p_values;
  for (size_t i = 1; i < report.results.size(); ++i) {
    const PipelineSpec& pipeline = report.results[i].pipeline;
    const auto score = [&](std::span<const int> labels) {
      return score_on(loaded, labels, pipeline, options, inner);
    };
    auto test = permute_labels(loaded.task.labels, loaded.task.groups, score, options.permutations,
                               options.seed, context);
    if (!test.ok() && test.error().code == ErrorCode::kNoData) {
      report.warnings.push_back(
          fmt::format("{} could not be tested for signal: {}", pipeline.text(), test.error().message));
      continue;
    }
    if (!test.ok()) return with_context(test.error(), "permuted labels, " + pipeline.text());
    p_values.push_back(test->p_value);
    report.signals[i] = Signal{kSignalMetric, std::move(*test), 1};
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  size_t next = 0;
  for (auto& signal : report.signals) {
    if (signal) signal->p_holm = adjusted[next++];
  }
  return {};
}

Json to_json(const Signal& signal) {
  double mean = 0;
  for (const double value : signal.test.permuted)
    mean += value / static_cast<double>(signal.test.permuted.size());
  return Json{{"metric", signal.metric},
              {"observed", signal.test.observed},
              {"permuted_mean", mean},
              {"permuted", signal.test.permuted},
              {"permutations", signal.test.permuted.size()},
              {"p", signal.test.p_value},
              {"p_holm", signal.p_holm},
              {"movable_covers", signal.test.movable_rows}};
}

}  // namespace

Result<std::vector<PipelineSpec>> with_baseline(const std::vector<PipelineSpec>& asked) {
  SLEEVE_TRY(const PipelineSpec majority, parse_pipeline("majority"));
  std::vector<PipelineSpec> pipelines = {majority};
  for (const PipelineSpec& pipeline : asked) {
    if (std::ranges::find(pipelines, pipeline) == pipelines.end()) pipelines.push_back(pipeline);
  }
  return pipelines;
}

Result<std::vector<Fold>> crossval_folds(const LoadedTask& loaded, std::span<const int> labels,
                                         const CrossvalOptions& options) {
  const SplitPlan plan = split_plan(loaded, options.split);
  return repeated_k_folds(plan.kind, {labels, plan.groups, loaded.task.classes()}, options.folds,
                          options.repeats, options.seed);
}

Result<CrossvalReport> crossval(Workspace& workspace, const CrossvalOptions& options,
                                const WorkContext& context) {
  RunRecorder recorder("crossval");
  SLEEVE_TRY(const LoadedTask loaded, load_task(workspace, options.question, options.features, context));
  SLEEVE_TRY(const std::vector<Fold> folds, crossval_folds(loaded, loaded.task.labels, options));
  CrossvalReport report;
  SLEEVE_TRY(const auto pipelines, with_baseline(options.pipelines));
  SLEEVE_TRY(report.results, cross_validate_all(loaded.task, folds, static_cast<size_t>(options.folds),
                                                pipelines, options.seed, context));
  report.dataset = to_json(loaded.dataset);
  report.features = options.features.text();
  report.split = name_of(options.split);
  report.folds = options.folds;
  report.repeats = options.repeats;
  report.folds_fingerprint = fingerprint(folds);
  report.class_names = loaded.task.class_names;
  report.covers = out_of_fold(loaded, std::span(folds).first(static_cast<size_t>(options.folds)));
  report.warnings = split_warnings(loaded, options.split);
  report.unreadable = loaded.unreadable;
  SLEEVE_CHECK(test_signals(loaded, options, context, report));
  report.seconds = recorder.seconds();
  report.run_id = recorder.record(workspace, to_json(options), loaded.dataset.fingerprint, to_json(report),
                                  report.warnings, predictions_of(report));
  return report;
}

Json to_json(const CrossvalOptions& options) {
  Json pipelines = Json::array();
  for (const PipelineSpec& pipeline : options.pipelines) pipelines.push_back(to_json(pipeline));
  return Json{{"question", to_json(options.question)},
              {"features", to_json(options.features)},
              {"pipelines", std::move(pipelines)},
              {"split", name_of(options.split)},
              {"folds", options.folds},
              {"repeats", options.repeats},
              {"seed", options.seed},
              {"permutations", options.permutations}};
}

Json to_json(const CrossvalReport& report) {
  Json results = Json::array();
  for (size_t i = 0; i < report.results.size(); ++i) {
    results.push_back(to_json(report.results[i], report.class_names));
    if (i < report.signals.size() && report.signals[i])
      results.back()["signal"] = to_json(*report.signals[i]);
  }
  return Json{{"dataset", report.dataset},
              {"features", report.features},
              {"split", report.split},
              {"folds", report.folds},
              {"repeats", report.repeats},
              {"folds_fingerprint", report.folds_fingerprint},
              {"results", std::move(results)},
              {"configurations", report.results.size() - 1},  // tried, beside the baseline
              {"warnings", report.warnings},
              {"unreadable", to_json(report.unreadable)},
              {"run", report.run_id},
              {"seconds", report.seconds}};
}

Status write_predictions(const CrossvalReport& report, const std::filesystem::path& path) {
  std::vector<std::string> header = {"path", "title", "sha256",   "group",
                                     "fold", "true",  "pipeline", "predicted"};
  for (const std::string& name : report.class_names) header.push_back("p_" + name);
  std::string text = csv_line(header);
  for (const CrossValidation& result : report.results) {
    for (size_t i = 0; i < report.covers.size(); ++i) {
      const OutOfFold& cover = report.covers[i];
      std::vector<std::string> fields = {cover.path,
                                         cover.title,
                                         cover.cover.hex(),
                                         std::to_string(cover.group),
                                         std::to_string(cover.fold),
                                         report.class_names[static_cast<size_t>(cover.truth)],
                                         result.pipeline.text(),
                                         report.class_names[static_cast<size_t>(result.predicted[i])]};
      for (const float p : result.probabilities.row(i)) fields.push_back(fmt::format("{}", p));
      text += csv_line(fields);
    }
  }
  return write_file_atomic(path, text);
}

}  // namespace sleeve
