// SPDX-License-Identifier: Apache-2.0
#include "stage/train.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <sleeve/version.h>

#include "base/error.h"
#include "base/sort_unique.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/evaluation_json.h"
#include "stage/problem_json.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

std::vector<Sha256> covers_of(const Dataset& dataset, std::span<const size_t> rows) {
  std::vector<Sha256> covers;
  covers.reserve(rows.size());
  for (const size_t row : rows) covers.push_back(dataset.rows[row].cover);
  sort_unique(covers);
  return covers;
}

// What else of the training covers must not be judged on: their artists' other covers and look-alikes.
void remember_groups(const Dataset& dataset, Model& model) {
  for (const GroupedCover& cover : dataset.covers) {
    if (!std::ranges::binary_search(model.training_covers, cover.cover)) continue;
    model.training_keys.insert(model.training_keys.end(), cover.keys.begin(), cover.keys.end());
    if (cover.phash) model.training_hashes.push_back(*cover.phash);
  }
  sort_unique(model.training_keys);
}

Json record_of(const TrainReport& report, const TrainOptions& options) {
  Json scores = Json::object();
  if (report.judgement.test) {
    for (const std::string& name : metric_names()) scores[name] = metric(report.judgement.test->scores, name);
  }
  if (report.judgement.outcomes.test) {
    for (const MetricOutcome& metric : report.judgement.outcomes.test->metrics) {
      scores[metric.name] = metric.value ? Json(*metric.value) : Json();
    }
  }
  Json json{{"sleeve", kVersion},
            {"question", to_json(options.question)},
            {"split", report.split},
            {"test_size", options.test_size},
            {"seed", options.seed},
            {"dataset", report.dataset},
            {"test_scores", std::move(scores)}};
  put_augmentation(json, options.augmentation);
  return json;
}

}  // namespace

Result<Fold> divide(const LoadedTask& loaded, const TrainOptions& options) {
  if (options.test_size == 0) {
    Fold fold;
    fold.train.resize(loaded.task.x.rows());
    std::iota(fold.train.begin(), fold.train.end(), size_t{0});
    return fold;
  }
  const SplitPlan plan = split_plan(loaded, options.split);
  return task_holdout(loaded.task, plan.kind, plan.groups, options.test_size, options.seed);
}

namespace {

Result<Pipeline> fit_rows(const Task& task, std::span<const size_t> rows, const TrainOptions& options,
                          const WorkContext& context) {
  const LearntRows learnt = learnt_rows(task, rows);
  return Pipeline::fit(options.pipeline, learnt.set(task), options.seed, context);
}

// Nothing for what is no number. Too few groups to make one is no reason to fail.
Result<std::optional<PredictionInterval>> interval_of(const Task& task, std::span<const size_t> rows,
                                                      const TrainOptions& options, const WorkContext& context,
                                                      std::vector<std::string>& warnings) {
  if (task.goal != Goal::kNumber) return std::optional<PredictionInterval>();
  constexpr double kCoverage = 0.9;
  const auto width =
      out_of_fold_half_width(select_rows(task, rows), options.pipeline, kCoverage, options.seed, context);
  if (!width.ok() && width.error().code != ErrorCode::kNoData) return width.error();
  if (width.ok() && *width) return std::optional(PredictionInterval{kCoverage, **width});
  warnings.emplace_back("too few covers (or groups of them) for a prediction interval");
  return std::optional<PredictionInterval>();
}

}  // namespace

Result<TrainReport> train_on(const LoadedTask& loaded, const Fold& fold, const TrainOptions& options,
                             const WorkContext& context) {
  SLEEVE_TRY(Pipeline pipeline, fit_rows(loaded.task, fold.train, options, context));
  TrainReport report;
  report.dataset = to_json(loaded.dataset);
  report.features = options.features.text();
  report.augmentation = options.augmentation;
  report.pipeline = options.pipeline.text();
  report.learner_facts = pipeline.learner().facts();
  report.split = options.test_size == 0 ? "none" : std::string(name_of(options.split));
  report.warnings = split_warnings(loaded, options.split);
  if (options.test_size == 0) {
    report.warnings = {"nothing was held out: the score on the training covers says nothing about new ones"};
  }
  report.unreadable = loaded.unreadable;
  report.split_fingerprint = fingerprint(std::span(&fold, 1));
  report.out = options.out;
  SLEEVE_TRY(const auto interval, interval_of(loaded.task, fold.train, options, context, report.warnings));
  SLEEVE_TRY(report.judgement, judge(loaded, pipeline, fold.train, fold.test, options.seed, interval));
  add_class_warnings(report.judgement, report.warnings);
  Model model{options.question.target,
              loaded.task.class_names,
              options.features,
              std::move(pipeline),
              covers_of(loaded.dataset, fold.train),
              {},
              {},
              record_of(report, options),
              interval};
  remember_groups(loaded.dataset, model);
  report.model_sha256 = sha256(encode_model(model)).hex();
  if (!options.out.empty()) SLEEVE_CHECK(save_model(model, options.out));
  return report;
}

Result<TrainReport> train(Workspace& workspace, const TrainOptions& options, const WorkContext& context) {
  RunRecorder recorder("train");
  SLEEVE_TRY(const LoadedTask loaded,
             load_task(workspace, options.question, options.features, context, options.augmentation));
  SLEEVE_TRY(const Fold fold, divide(loaded, options));
  SLEEVE_TRY(TrainReport report, train_on(loaded, fold, options, context));
  report.seconds = recorder.seconds();
  report.run_id = recorder.record(workspace, to_json(options), loaded.dataset.fingerprint, to_json(report),
                                  report.warnings, predictions_of(report.judgement, report.pipeline));
  return report;
}

Json to_json(const TrainOptions& options) {
  Json json{{"question", to_json(options.question)}, {"features", to_json(options.features)},
            {"pipeline", to_json(options.pipeline)}, {"split", name_of(options.split)},
            {"test_size", options.test_size},        {"seed", options.seed}};
  put_augmentation(json, options.augmentation);
  return json;
}

Json to_json(const TrainReport& report) {
  Json json{{"dataset", report.dataset},
            {"features", report.features},
            {"pipeline", report.pipeline},
            {"split", report.split},
            {"split_fingerprint", report.split_fingerprint}};
  put_augmentation(json, report.augmentation);
  if (!report.learner_facts.empty()) json["learner"] = report.learner_facts;
  json.update(to_json(report.judgement));
  json["warnings"] = report.warnings;
  json["unreadable"] = to_json(report.unreadable);
  json["model"] = printable(report.out);
  json["model_sha256"] = report.model_sha256;
  json["run"] = report.run_id;
  json["seconds"] = report.seconds;
  return json;
}

}  // namespace sleeve
