// SPDX-License-Identifier: Apache-2.0
#include "stage/evaluation_json.h"

#include <optional>

namespace sleeve {
namespace {

Json to_json(const ClassScores& scores) {
  return Json{{"precision", scores.precision},
              {"recall", scores.recall},
              {"f1", scores.f1},
              {"support", scores.support}};
}

Json to_json(const ConfusionMatrix& confusion, const std::vector<std::string>& class_names) {
  Json rows = Json::array();
  for (int t = 0; t < confusion.classes(); ++t) {
    Json row = Json::array();
    for (int p = 0; p < confusion.classes(); ++p) row.push_back(confusion.at(t, p));
    rows.push_back(std::move(row));
  }
  return Json{{"labels", class_names}, {"rows", std::move(rows)}};
}

Json value_of(const std::optional<double>& value) {
  return Json{{"value", value ? Json(*value) : Json(nullptr)}};
}

Json to_json(std::span<const ReliabilityBin> curve) {
  Json bins = Json::array();
  for (const ReliabilityBin& bin : curve) {
    bins.push_back(Json{{"low", bin.low},
                        {"high", bin.high},
                        {"rows", bin.rows},
                        {"confidence", bin.confidence},
                        {"accuracy", bin.accuracy}});
  }
  return bins;
}

void add_scores(Json& json, const ProbabilityScores& scores) {
  json["log_loss"] = value_of(scores.log_loss);
  json["brier"] = value_of(scores.brier);
  json["calibration_error"] = value_of(scores.calibration_error);
  json["top2_accuracy"] = value_of(scores.top2_accuracy);
  json["roc_auc_ovr"] = value_of(scores.roc_auc_ovr);
  json["roc_auc_ovo"] = value_of(scores.roc_auc_ovo);
  json["average_precision"] = value_of(scores.average_precision);
  json["reliability"] = to_json(std::span(scores.reliability));
}

Json summary_of(std::span<const Scores> fold_scores) {
  Json json = Json::object();
  for (const std::string& name : metric_names()) {
    const FoldSummary summary = summarise(fold_scores, name);
    Json values = Json::array();
    for (const Scores& scores : fold_scores) values.push_back(metric(scores, name));
    json[name] =
        Json{{"mean", summary.mean}, {"deviation", summary.deviation}, {"values", std::move(values)}};
  }
  return json;
}

}  // namespace

Json to_json(const Evaluation& evaluation, const std::vector<std::string>& class_names) {
  Json json{{"rows", evaluation.scores.rows}, {"groups", evaluation.groups}};
  for (const std::string& name : metric_names()) {
    json[name] = Json{{"value", metric(evaluation.scores, name)}};
    if (const auto found = evaluation.intervals.find(name); found != evaluation.intervals.end()) {
      json[name]["low"] = found->second.low;
      json[name]["high"] = found->second.high;
    }
  }
  json["interval"] = "95 % percentile bootstrap over whole groups";
  Json classes = Json::object();
  for (size_t i = 0; i < class_names.size(); ++i) {
    classes[class_names[i]] = to_json(evaluation.scores.per_class[i]);
  }
  json["classes"] = std::move(classes);
  json["macro"] = to_json(evaluation.scores.macro);
  json["weighted"] = to_json(evaluation.scores.weighted);
  json["confusion"] = to_json(evaluation.confusion, class_names);
  if (evaluation.probability_scores) add_scores(json, *evaluation.probability_scores);
  return json;
}

Json to_json(const CrossValidation& result, const std::vector<std::string>& class_names) {
  return Json{{"pipeline", result.pipeline.text()},
              {"folds", summary_of(result.fold_scores)},
              {"train", summary_of(result.train_scores)},
              {"pooled", to_json(result.pooled, class_names)}};
}

Json to_json(const Outcome& outcome, const std::vector<std::string>& class_names) {
  Json json{{"rows", outcome.rows}, {"groups", outcome.groups}};
  for (const MetricOutcome& metric : outcome.metrics) {
    Json& own = json[metric.name] = value_of(metric.value);
    if (!metric.interval) continue;
    own["low"] = metric.interval->low;
    own["high"] = metric.interval->high;
  }
  if (outcome.labels.empty()) return json;
  Json labels = Json::object();
  for (size_t i = 0; i < outcome.labels.size(); ++i) {
    const LabelScores& own = outcome.labels[i];
    labels[class_names[i]] =
        Json{{"roc_auc", own.roc_auc ? Json(*own.roc_auc) : Json()},
             {"average_precision", own.average_precision ? Json(*own.average_precision) : Json()},
             {"support", own.support}};
  }
  json["labels"] = std::move(labels);
  return json;
}

Json to_json(const ConformalCheck& check) {
  return Json{
      {"coverage", check.coverage},
      {"half_width", check.half_width},
      {"measured", {{"value", check.measured}, {"low", check.interval.low}, {"high", check.interval.high}}}};
}

namespace {

Json summary_of(const std::vector<std::vector<std::optional<double>>>& scores, Goal goal) {
  Json json = Json::object();
  const auto goals = objectives_of(goal);
  for (size_t i = 0; i < goals.size(); ++i) {
    const OutcomeSummary summary = summarise(scores, i);
    Json values = Json::array();
    for (const auto& fold : scores) values.push_back(fold[i] ? Json(*fold[i]) : Json());
    const bool known = summary.folds > 0;
    json[std::string(goals[i]->name)] = Json{{"mean", known ? Json(summary.mean) : Json()},
                                             {"deviation", known ? Json(summary.deviation) : Json()},
                                             {"values", std::move(values)}};
  }
  return json;
}

}  // namespace

Json to_json(const OutcomeValidation& result, const std::vector<std::string>& class_names, Goal goal) {
  Json json{{"pipeline", result.pipeline.text()},
            {"folds", summary_of(result.fold_scores, goal)},
            {"train", summary_of(result.train_scores, goal)},
            {"pooled", to_json(result.pooled, class_names)}};
  if (result.conformal) json["interval"] = to_json(*result.conformal);
  return json;
}

}  // namespace sleeve
