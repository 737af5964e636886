// SPDX-License-Identifier: Apache-2.0
#include "stage/train.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <sleeve/version.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/evaluation_json.h"
#include "stage/problem_json.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

std::vector<int> pick(const std::vector<int>& values, std::span<const size_t> rows) {
  std::vector<int> picked;
  picked.reserve(rows.size());
  for (const size_t row : rows) picked.push_back(values[row]);
  return picked;
}

struct Predictions {
  std::vector<int> classes;
  Matrix probabilities;
};

Result<Predictions> predict_rows(const Pipeline& pipeline, const Task& task, std::span<const size_t> rows) {
  SLEEVE_TRY(Matrix probabilities, pipeline.outputs(task.x.select(rows)));
  std::vector<int> classes = most_probable(probabilities);
  return Predictions{std::move(classes), std::move(probabilities)};
}

Result<Evaluation> evaluate_rows(const Pipeline& pipeline, const Task& task, std::span<const size_t> rows,
                                 uint64_t seed) {
  SLEEVE_TRY(const Predictions predictions, predict_rows(pipeline, task, rows));
  return evaluate_predictions(pick(task.labels, rows), predictions.classes, pick(task.groups, rows),
                              task.classes(), seed, &predictions.probabilities);
}

// The baseline learns from the training rows alone, like everything else.
Result<Evaluation> evaluate_majority(const Task& task, std::span<const size_t> train_rows,
                                     std::span<const size_t> test_rows, uint64_t seed,
                                     const WorkContext& context) {
  SLEEVE_TRY(const PipelineSpec spec, parse_pipeline("majority"));
  const Matrix x = task.x.select(train_rows);
  const std::vector<int> labels = pick(task.labels, train_rows);
  SLEEVE_TRY(const Pipeline pipeline, Pipeline::fit(spec, {x, labels, task.classes()}, seed, context));
  return evaluate_rows(pipeline, task, test_rows, seed);
}

Result<Fold> divide(const LoadedTask& loaded, const TrainOptions& options) {
  if (options.test_size == 0) {
    Fold fold;
    fold.train.resize(loaded.task.labels.size());
    std::iota(fold.train.begin(), fold.train.end(), size_t{0});
    return fold;
  }
  const SplitPlan plan = split_plan(loaded, options.split);
  return holdout(plan.kind, {loaded.task.labels, plan.groups, loaded.task.classes()}, options.test_size,
                 options.seed);
}

std::vector<Sha256> covers_of(const Dataset& dataset, std::span<const size_t> rows) {
  std::vector<Sha256> covers;
  covers.reserve(rows.size());
  for (const size_t row : rows) covers.push_back(dataset.rows[row].cover);
  std::ranges::sort(covers);
  const auto rest = std::unique(covers.begin(), covers.end());
  covers.erase(rest, covers.end());
  return covers;
}

// What else of the training covers must not be judged on: their artists' other covers and look-alikes.
void remember_groups(const Dataset& dataset, Model& model) {
  for (const GroupedCover& cover : dataset.covers) {
    if (!std::ranges::binary_search(model.training_covers, cover.cover)) continue;
    model.training_keys.insert(model.training_keys.end(), cover.keys.begin(), cover.keys.end());
    if (cover.phash) model.training_hashes.push_back(*cover.phash);
  }
  std::ranges::sort(model.training_keys);
  const auto rest = std::unique(model.training_keys.begin(), model.training_keys.end());
  model.training_keys.erase(rest, model.training_keys.end());
}

Json record_of(const TrainReport& report, const TrainOptions& options) {
  Json scores = Json::object();
  if (report.judgement.test) {
    for (const std::string& name : metric_names()) scores[name] = metric(report.judgement.test->scores, name);
  }
  return Json{{"sleeve", kVersion},
              {"question", to_json(options.question)},
              {"split", report.split},
              {"test_size", options.test_size},
              {"seed", options.seed},
              {"dataset", report.dataset},
              {"test_scores", std::move(scores)}};
}

}  // namespace

Result<Judgement> judge(const LoadedTask& loaded, const Pipeline& pipeline,
                        std::span<const size_t> train_rows, std::span<const size_t> test_rows,
                        uint64_t seed) {
  const Task& task = loaded.task;
  Judgement judgement;
  judgement.class_names = task.class_names;
  if (!train_rows.empty()) {
    SLEEVE_TRY(judgement.train, evaluate_rows(pipeline, task, train_rows, seed));
  }
  if (test_rows.empty()) return judgement;
  SLEEVE_TRY(Predictions predictions, predict_rows(pipeline, task, test_rows));
  judgement.groups = pick(task.groups, test_rows);
  judgement.test = evaluate_predictions(pick(task.labels, test_rows), predictions.classes, judgement.groups,
                                        task.classes(), seed, &predictions.probabilities);
  for (size_t i = 0; i < test_rows.size(); ++i) {
    const DatasetRow& row = loaded.dataset.rows[test_rows[i]];
    const int predicted = predictions.classes[i];
    judgement.covers.push_back({row.path, row.title, row.cover, row.label, predicted,
                                predictions.probabilities(i, static_cast<size_t>(predicted))});
  }
  judgement.probabilities = std::move(predictions.probabilities);
  if (!train_rows.empty()) {
    SLEEVE_TRY(judgement.baseline, evaluate_majority(task, train_rows, test_rows, seed, {}));
  }
  return judgement;
}

RunPredictions predictions_of(const Judgement& judgement, const std::string& pipeline) {
  RunPredictions predictions;
  if (judgement.covers.empty()) return predictions;
  ModelPredictions model{pipeline, {}, judgement.probabilities};
  PredictedRows& rows = predictions.rows;
  rows.class_names = judgement.class_names;
  rows.folds.assign(judgement.covers.size(), 0);
  rows.groups = judgement.groups;
  for (const JudgedCover& cover : judgement.covers) {
    rows.covers.push_back(cover.cover);
    rows.truth.push_back(cover.truth);
    model.predicted.push_back(cover.predicted);
  }
  predictions.models.push_back(std::move(model));
  return predictions;
}

void add_class_warnings(const Judgement& judgement, std::vector<std::string>& warnings) {
  if (!judgement.test) return;
  for (size_t i = 0; i < judgement.class_names.size(); ++i) {
    if (judgement.test->scores.per_class[i].support > 0) continue;
    warnings.push_back(fmt::format("no test cover is of class {}: the test score says nothing about it",
                                   judgement.class_names[i]));
  }
}

Result<TrainReport> train(Workspace& workspace, const TrainOptions& options, const WorkContext& context) {
  RunRecorder recorder("train");
  SLEEVE_TRY(const LoadedTask loaded, load_task(workspace, options.question, options.features, context));
  SLEEVE_TRY(const Fold fold, divide(loaded, options));
  const Matrix x = loaded.task.x.select(fold.train);
  const std::vector<int> labels = pick(loaded.task.labels, fold.train);
  SLEEVE_TRY(Pipeline pipeline,
             Pipeline::fit(options.pipeline, {x, labels, loaded.task.classes()}, options.seed, context));

  TrainReport report;
  report.dataset = to_json(loaded.dataset);
  report.features = options.features.text();
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
  SLEEVE_TRY(report.judgement, judge(loaded, pipeline, fold.train, fold.test, options.seed));
  add_class_warnings(report.judgement, report.warnings);

  Model model{options.question.target,
              loaded.task.class_names,
              options.features,
              std::move(pipeline),
              covers_of(loaded.dataset, fold.train),
              {},
              {},
              record_of(report, options)};
  remember_groups(loaded.dataset, model);
  report.model_sha256 = sha256(encode_model(model)).hex();
  if (!options.out.empty()) SLEEVE_CHECK(save_model(model, options.out));
  report.seconds = recorder.seconds();
  report.run_id = recorder.record(workspace, to_json(options), loaded.dataset.fingerprint, to_json(report),
                                  report.warnings, predictions_of(report.judgement, report.pipeline));
  return report;
}

Json to_json(const TrainOptions& options) {
  return Json{{"question", to_json(options.question)}, {"features", to_json(options.features)},
              {"pipeline", to_json(options.pipeline)}, {"split", name_of(options.split)},
              {"test_size", options.test_size},        {"seed", options.seed}};
}

Json to_json(const Judgement& judgement) {
  Json json = Json::object();
  const auto add = [&](const char* name, const std::optional<Evaluation>& evaluation) {
    if (evaluation) json[name] = to_json(*evaluation, judgement.class_names);
  };
  add("train", judgement.train);
  add("test", judgement.test);
  add("baseline", judgement.baseline);
  return json;
}

Json to_json(const TrainReport& report) {
  Json json{{"dataset", report.dataset},
            {"features", report.features},
            {"pipeline", report.pipeline},
            {"split", report.split},
            {"split_fingerprint", report.split_fingerprint}};
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
