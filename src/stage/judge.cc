// SPDX-License-Identifier: Apache-2.0
#include "stage/judge.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/pick.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/evaluation_json.h"

namespace sleeve {
namespace {

// What a set of outputs is worth, in the form of its goal.
struct Judged {
  std::optional<Evaluation> evaluation;
  std::optional<Outcome> outcome;
};

Judged judge_rows(const Task& task, std::span<const size_t> rows, const Matrix& outputs, uint64_t seed) {
  if (task.goal == Goal::kClass) {
    return {evaluate_predictions(pick(task.labels, rows), most_probable(outputs), pick(task.groups, rows),
                                 task.classes(), seed, &outputs),
            {}};
  }
  const TrainingSet whole = task.set();
  const Matrix none(rows.size(), 0);
  const Answers answers = Answers::of(whole, rows);
  return {{}, judge_outputs(answers.set(none, whole), outputs, seed)};
}

// The baseline learns from the training rows alone, like everything else.
Result<Judged> judge_baseline(const Task& task, std::span<const size_t> train_rows,
                              std::span<const size_t> test_rows, uint64_t seed) {
  SLEEVE_TRY(const PipelineSpec spec, baseline_of(task.goal));
  const TrainingSet whole = task.set();
  const Matrix x = task.x.select(train_rows);
  const Answers answers = Answers::of(whole, train_rows);
  SLEEVE_TRY(const Pipeline pipeline, Pipeline::fit(spec, answers.set(x, whole), seed, {}));
  SLEEVE_TRY(const Matrix outputs, pipeline.outputs(task.x.select(test_rows)));
  return judge_rows(task, test_rows, outputs, seed);
}

std::string names_of(const std::vector<int>& members, const std::vector<std::string>& class_names) {
  std::vector<std::string> names;
  for (const int member : members) names.push_back(class_names[static_cast<size_t>(member)]);
  return join_text(names, ", ");
}

JudgedCover judged_cover(const LoadedTask& loaded, size_t row_number, std::span<const float> outputs,
                         const std::optional<PredictionInterval>& interval) {
  const DatasetRow& row = loaded.dataset.rows[row_number];
  JudgedCover cover{row.path, row.title, row.cover, row.label, 0, 0, 0, {}, {}, false};
  if (loaded.task.goal == Goal::kNumber) {
    const double truth = row.popularity.value_or(0);
    const auto said = static_cast<double>(outputs[0]);
    cover.truth_number = truth;
    cover.truth_text = fmt::format("{:.0f}", truth);
    cover.predicted_text = fmt::format("{:.0f}", said);
    cover.right = interval && std::abs(said - truth) <= interval->half_width;
    return cover;
  }
  const auto best = static_cast<size_t>(std::ranges::max_element(outputs) - outputs.begin());
  cover.predicted = static_cast<int>(best);
  cover.confidence = outputs[best];
  cover.predicted_text = loaded.task.class_names[best];
  const std::vector<int> members = row.members.empty() ? std::vector<int>{row.label} : row.members;
  cover.truth_text = names_of(members, loaded.task.class_names);
  cover.right = std::ranges::find(members, cover.predicted) != members.end();
  return cover;
}

}  // namespace

Result<Judgement> judge(const LoadedTask& loaded, const Pipeline& pipeline,
                        std::span<const size_t> train_rows, std::span<const size_t> test_rows, uint64_t seed,
                        const std::optional<PredictionInterval>& interval) {
  const Task& task = loaded.task;
  Judgement judgement;
  judgement.goal = task.goal;
  judgement.class_names = task.class_names;
  if (!train_rows.empty()) {
    SLEEVE_TRY(const Matrix outputs, pipeline.outputs(task.x.select(train_rows)));
    Judged judged = judge_rows(task, train_rows, outputs, seed);
    judgement.train = std::move(judged.evaluation);
    judgement.outcomes.train = std::move(judged.outcome);
  }
  if (test_rows.empty()) return judgement;
  SLEEVE_TRY(Matrix outputs, pipeline.outputs(asked_rows(task, test_rows)));
  judgement.probabilities = mean_answers(std::move(outputs), task.test_forms);
  judgement.groups = pick(task.groups, test_rows);
  Judged judged = judge_rows(task, test_rows, judgement.probabilities, seed);
  judgement.test = std::move(judged.evaluation);
  judgement.outcomes.test = std::move(judged.outcome);
  for (size_t i = 0; i < test_rows.size(); ++i) {
    judgement.covers.push_back(judged_cover(loaded, test_rows[i], judgement.probabilities.row(i), interval));
  }
  if (interval) {
    const TrainingSet whole = task.set();
    const Matrix none(test_rows.size(), 0);
    const Answers answers = Answers::of(whole, test_rows);
    judgement.interval = check_interval(answers.set(none, whole), judgement.probabilities,
                                        interval->half_width, interval->coverage, seed);
  }
  if (train_rows.empty()) return judgement;
  SLEEVE_TRY(judged, judge_baseline(task, train_rows, test_rows, seed));
  judgement.baseline = std::move(judged.evaluation);
  judgement.outcomes.baseline = std::move(judged.outcome);
  return judgement;
}

RunPredictions predictions_of(const Judgement& judgement, const std::string& pipeline) {
  RunPredictions predictions;
  if (judgement.covers.empty() || judgement.goal != Goal::kClass) return predictions;
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

Json to_json(const Judgement& judgement) {
  Json json = Json::object();
  const auto add = [&](const char* name, const std::optional<Evaluation>& evaluation,
                       const std::optional<Outcome>& outcome) {
    if (evaluation) json[name] = to_json(*evaluation, judgement.class_names);
    if (outcome) json[name] = to_json(*outcome, judgement.class_names);
  };
  add("train", judgement.train, judgement.outcomes.train);
  add("test", judgement.test, judgement.outcomes.test);
  add("baseline", judgement.baseline, judgement.outcomes.baseline);
  if (judgement.interval) json["interval"] = to_json(*judgement.interval);
  if (judgement.goal == Goal::kNumber && !judgement.covers.empty()) {
    Json points = Json::array();
    for (size_t i = 0; i < judgement.covers.size(); ++i) {
      points.push_back(Json::array(
          {judgement.covers[i].truth_number, static_cast<double>(judgement.probabilities(i, 0))}));
    }
    json["points"] = std::move(points);
  }
  return json;
}

}  // namespace sleeve
