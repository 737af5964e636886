// SPDX-License-Identifier: Apache-2.0
#include "stage/crossval.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "eval/search.h"
#include "stage/evaluation_json.h"
#include "stage/problem_json.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

std::string truth_text(const DatasetRow& row, const Dataset& dataset) {
  if (dataset.goal == Goal::kNumber) return fmt::format("{}", row.popularity.value_or(0));
  std::vector<std::string> names;
  for (const int member : row.members) names.push_back(dataset.class_names[static_cast<size_t>(member)]);
  return names.empty() ? dataset.class_names[static_cast<size_t>(row.label)] : join_text(names, ";");
}

std::vector<OutOfFold> out_of_fold(const LoadedTask& loaded, std::span<const Fold> first_repeat) {
  std::vector<OutOfFold> covers;
  covers.reserve(loaded.dataset.rows.size());
  for (const DatasetRow& row : loaded.dataset.rows) {
    covers.push_back(
        {row.path, row.title, row.cover, 0, row.label, row.group, truth_text(row, loaded.dataset)});
  }
  for (size_t f = 0; f < first_repeat.size(); ++f) {
    for (const size_t row : first_repeat[f].test) covers[row].fold = f;
  }
  return covers;
}

RunPredictions predictions_of(const CrossvalReport& report) {
  RunPredictions predictions;
  if (report.goal != Goal::kClass) return predictions;
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

// Of what is not a class. Permuted is which row an answer is taken from, so that label sets and numbers are
// dealt like classes; the score is one that goes up.
const Objective& outcome_signal(Goal goal) {
  return **find_objective(goal == Goal::kNumber ? "r_squared" : "macro_roc_auc", goal);
}

Result<double> outcome_on(const LoadedTask& loaded, std::span<const int> from, const PipelineSpec& pipeline,
                          const CrossvalOptions& options, const WorkContext& context) {
  const std::vector<size_t> rows(from.begin(), from.end());
  Answers answers = Answers::of(loaded.task.set(), rows);
  Task task = loaded.task;
  task.values = std::move(answers.values);
  task.members = std::move(answers.members);
  const SplitPlan plan = split_plan(loaded, options.split);
  SLEEVE_TRY(const auto folds,
             task_folds(task, plan.kind, plan.groups, options.folds, options.repeats, options.seed));
  const SearchOptions search_options{&outcome_signal(task.goal), options.seed, 0, {}};
  SLEEVE_TRY(const SearchResult found, search(task, folds, static_cast<size_t>(options.folds),
                                              std::span(&pipeline, 1), search_options, nullptr, context));
  return found.best().summary.mean;
}

Result<LabelPermutation> test_signal(const LoadedTask& loaded, const PipelineSpec& pipeline,
                                     const CrossvalOptions& options, const WorkContext& context) {
  const WorkContext inner = context.without_progress();
  if (loaded.task.goal == Goal::kClass) {
    const auto score = [&](std::span<const int> labels) {
      return score_on(loaded, labels, pipeline, options, inner);
    };
    return permute_labels(loaded.task.labels, loaded.task.groups, score, options.permutations, options.seed,
                          context);
  }
  std::vector<int> rows(loaded.task.x.rows());
  std::iota(rows.begin(), rows.end(), 0);
  const auto score = [&](std::span<const int> from) {
    return outcome_on(loaded, from, pipeline, options, inner);
  };
  return permute_labels(rows, loaded.task.groups, score, options.permutations, options.seed, context);
}

// Tests every model that was asked for. Labels of which no two groups can change places are no reason to
// throw away the scores: that becomes a warning.
Status test_signals(const LoadedTask& loaded, const CrossvalOptions& options,
                    std::span<const PipelineSpec> pipelines, const WorkContext& context,
                    CrossvalReport& report) {
  report.signals.resize(report.results.size() + report.outcomes.size());
  if (options.permutations == 0) return {};
  std::vector<double> p_values;
  // The baselines come first: they look at no picture.
  for (size_t i = report.signals.size() - pipelines.size() + 1; i < report.signals.size(); ++i) {
    const PipelineSpec& pipeline = pipelines[i + pipelines.size() - report.signals.size()];
    auto test = test_signal(loaded, pipeline, options, context);
    if (!test.ok() && test.error().code == ErrorCode::kNoData) {
      report.warnings.push_back(
          fmt::format("{} could not be tested for signal: {}", pipeline.text(), test.error().message));
      continue;
    }
    if (!test.ok()) return with_context(test.error(), "permuted labels, " + pipeline.text());
    p_values.push_back(test->p_value);
    const bool classes = loaded.task.goal == Goal::kClass;
    report.signals[i] = Signal{classes ? kSignalMetric : std::string(outcome_signal(loaded.task.goal).name),
                               std::move(*test), 1};
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  size_t next = 0;
  for (auto& signal : report.signals) {
    if (signal) signal->p_holm = adjusted[next++];
  }
  return {};
}

// What the row's collection (a playlist, a chart) tells by itself, on the same folds: a baseline that looks
// at no picture, where collections are known.
Status add_collection_baseline(const LoadedTask& loaded, std::span<const Fold> folds,
                               const CrossvalOptions& options, const WorkContext& context,
                               CrossvalReport& report) {
  if (loaded.task.goal != Goal::kNumber || loaded.dataset.collections.empty()) return {};
  Task task = loaded.task;
  task.x = Matrix(loaded.task.x.rows(), 1);
  task.blocks.clear();
  task.forms.clear();
  task.train_forms = task.test_forms = 0;
  for (size_t row = 0; row < task.x.rows(); ++row) {
    task.x(row, 0) = static_cast<float>(loaded.dataset.rows[row].collection);
  }
  SLEEVE_TRY(const PipelineSpec spec, parse_pipeline("group_mean", Goal::kNumber));
  SLEEVE_TRY(auto results, validate_outcomes(task, folds, static_cast<size_t>(options.folds),
                                             std::span(&spec, 1), options.seed, context));
  report.outcomes.insert(report.outcomes.begin(), std::move(results[0]));
  return {};
}

Status validate(const LoadedTask& loaded, std::span<const Fold> folds,
                std::span<const PipelineSpec> pipelines, const CrossvalOptions& options,
                const WorkContext& context, CrossvalReport& report) {
  const auto per_repeat = static_cast<size_t>(options.folds);
  if (loaded.task.goal == Goal::kClass) {
    SLEEVE_TRY(report.results,
               cross_validate_all(loaded.task, folds, per_repeat, pipelines, options.seed, context));
    return {};
  }
  SLEEVE_TRY(report.outcomes,
             validate_outcomes(loaded.task, folds, per_repeat, pipelines, options.seed, context));
  return add_collection_baseline(loaded, folds, options, context, report);
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

Result<std::vector<PipelineSpec>> with_baseline(const std::vector<PipelineSpec>& asked, Goal goal) {
  SLEEVE_TRY(const PipelineSpec baseline, baseline_of(goal));
  std::vector<PipelineSpec> pipelines = {baseline};
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
  SLEEVE_TRY(const LoadedTask loaded,
             load_task(workspace, options.question, options.features, context, options.augmentation));
  const SplitPlan plan = split_plan(loaded, options.split);
  SLEEVE_TRY(const auto folds,
             task_folds(loaded.task, plan.kind, plan.groups, options.folds, options.repeats, options.seed));
  CrossvalReport report;
  report.goal = loaded.task.goal;
  SLEEVE_TRY(const auto pipelines, with_baseline(options.pipelines, report.goal));
  SLEEVE_CHECK(validate(loaded, folds, pipelines, options, context, report));
  report.dataset = to_json(loaded.dataset);
  report.features = options.features.text();
  report.augmentation = options.augmentation;
  report.split = name_of(options.split);
  report.folds = options.folds;
  report.repeats = options.repeats;
  report.folds_fingerprint = fingerprint(folds);
  report.class_names = loaded.task.class_names;
  report.covers = out_of_fold(loaded, std::span(folds).first(static_cast<size_t>(options.folds)));
  report.warnings = split_warnings(loaded, options.split);
  report.unreadable = loaded.unreadable;
  SLEEVE_CHECK(test_signals(loaded, options, pipelines, context, report));
  report.seconds = recorder.seconds();
  report.run_id = recorder.record(workspace, to_json(options), loaded.dataset.fingerprint, to_json(report),
                                  report.warnings, predictions_of(report));
  return report;
}

Json to_json(const CrossvalOptions& options) {
  Json pipelines = Json::array();
  for (const PipelineSpec& pipeline : options.pipelines) pipelines.push_back(to_json(pipeline));
  Json json{{"question", to_json(options.question)},
            {"features", to_json(options.features)},
            {"pipelines", std::move(pipelines)},
            {"split", name_of(options.split)},
            {"folds", options.folds},
            {"repeats", options.repeats},
            {"seed", options.seed},
            {"permutations", options.permutations}};
  put_augmentation(json, options.augmentation);
  return json;
}

Json to_json(const CrossvalReport& report) {
  Json results = Json::array();
  for (const CrossValidation& result : report.results) results.push_back(to_json(result, report.class_names));
  for (const OutcomeValidation& result : report.outcomes) {
    results.push_back(to_json(result, report.class_names, report.goal));
  }
  for (size_t i = 0; i < report.signals.size(); ++i) {
    if (report.signals[i]) results[i]["signal"] = to_json(*report.signals[i]);
  }
  const size_t configurations = results.size() - 1;  // tried, beside the baseline
  Json json{{"dataset", report.dataset},     {"features", report.features},
            {"split", report.split},         {"folds", report.folds},
            {"repeats", report.repeats},     {"folds_fingerprint", report.folds_fingerprint},
            {"results", std::move(results)}, {"configurations", configurations},
            {"warnings", report.warnings},   {"unreadable", to_json(report.unreadable)},
            {"run", report.run_id},          {"seconds", report.seconds}};
  put_augmentation(json, report.augmentation);
  return json;
}

namespace {

// Of one pipeline, all covers: `predicted` and the outputs by row.
void add_prediction_lines(const CrossvalReport& report, const std::string& pipeline,
                          const std::function<std::string(size_t)>& predicted, const Matrix& outputs,
                          std::string& text) {
  for (size_t i = 0; i < report.covers.size(); ++i) {
    const OutOfFold& cover = report.covers[i];
    std::vector<std::string> fields = {cover.path,
                                       cover.title,
                                       cover.cover.hex(),
                                       std::to_string(cover.group),
                                       std::to_string(cover.fold),
                                       cover.truth_text,
                                       pipeline,
                                       predicted(i)};
    if (report.goal != Goal::kNumber) {
      for (const float p : outputs.row(i)) fields.push_back(fmt::format("{}", p));
    }
    text += csv_line(fields);
  }
}

}  // namespace

Status write_predictions(const CrossvalReport& report, const std::filesystem::path& path) {
  std::vector<std::string> header = {"path", "title", "sha256",   "group",
                                     "fold", "true",  "pipeline", "predicted"};
  if (report.goal != Goal::kNumber) {
    for (const std::string& name : report.class_names) header.push_back("p_" + name);
  }
  std::string text = csv_line(header);
  for (const CrossValidation& result : report.results) {
    const auto predicted = [&](size_t i) {
      return report.class_names[static_cast<size_t>(result.predicted[i])];
    };
    add_prediction_lines(report, result.pipeline.text(), predicted, result.probabilities, text);
  }
  for (const OutcomeValidation& result : report.outcomes) {
    const auto predicted = [&](size_t i) {
      if (report.goal == Goal::kNumber) return fmt::format("{}", result.outputs(i, 0));
      std::vector<std::string> names;
      for (size_t label = 0; label < report.class_names.size(); ++label) {
        if (result.outputs(i, label) >= 0.5F) names.push_back(report.class_names[label]);
      }
      return join_text(names, ";");
    };
    add_prediction_lines(report, result.pipeline.text(), predicted, result.outputs, text);
  }
  return write_file_atomic(path, text);
}

}  // namespace sleeve
