// SPDX-License-Identifier: Apache-2.0
#include "stage/run_compare.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "eval/metrics.h"
#include "stage/run_pairing.h"

namespace sleeve {
namespace {

constexpr const char* kMetrics[] = {"accuracy", "macro_f1"};
constexpr std::string_view kBaseline = "majority";

using Models = std::vector<std::pair<size_t, size_t>>;  // numbers from 0 on

// "1 majority, 2 forest:trees=300"
std::string listed(const JudgedRun& run) {
  std::vector<std::string> names;
  for (size_t i = 0; i < run.predictions.models.size(); ++i) {
    names.push_back(
        fmt::format("{} {}", i + 1, printable(std::string_view(run.predictions.models[i].pipeline))));
  }
  return fmt::format("run {} has {}", run.record.id, join_text(names, ", "));
}

Error to_be_named(const JudgedRun& first, const JudgedRun& second, const std::string& why) {
  std::string lists = listed(first);
  if (first.record.id != second.record.id) lists += "; " + listed(second);
  return make_error(ErrorCode::kUsage, "{}: name the models to compare with --models I,J ({})", why, lists);
}

Models in_both(const JudgedRun& first, const JudgedRun& second) {
  Models models;
  const auto& others = second.predictions.models;
  for (size_t i = 0; i < first.predictions.models.size(); ++i) {
    const std::string& pipeline = first.predictions.models[i].pipeline;
    const auto found = std::ranges::find(others, pipeline, &ModelPredictions::pipeline);
    if (pipeline != kBaseline && found != others.end()) {
      models.emplace_back(i, static_cast<size_t>(found - others.begin()));
    }
  }
  return models;
}

// The number of the only model beside the baseline, if there is just one.
std::optional<size_t> only_model(const JudgedRun& run) {
  std::optional<size_t> only;
  for (size_t i = 0; i < run.predictions.models.size(); ++i) {
    if (run.predictions.models[i].pipeline == kBaseline) continue;
    if (only) return std::nullopt;
    only = i;
  }
  return only;
}

Result<Models> choose_models(const JudgedRun& first, const JudgedRun& second, const Models& asked) {
  Models models;
  for (const auto& [i, j] : asked) {
    if (i < 1 || i > first.predictions.models.size() || j < 1 || j > second.predictions.models.size()) {
      return to_be_named(first, second, fmt::format("there is no model pair {},{}", i, j));
    }
    models.emplace_back(i - 1, j - 1);
  }
  if (!models.empty()) return models;
  if (first.record.id == second.record.id) return to_be_named(first, second, "a run is compared with itself");
  models = in_both(first, second);
  if (!models.empty()) return models;
  const auto a = only_model(first), b = only_model(second);
  if (a && b) return Models{{*a, *b}};
  return to_be_named(first, second, "the runs have no model in common");
}

std::vector<double> fold_values(const JudgedRun& run, const std::string& pipeline,
                                const std::string& metric) {
  for (const Json& result : run.record.report.value("results", Json::array())) {
    if (result.value("pipeline", "") != pipeline || !result.contains("folds")) continue;
    const Json values = result["folds"].value(metric, Json::object()).value("values", Json::array());
    std::vector<double> numbers;
    for (const Json& value : values) {
      if (value.is_number()) numbers.push_back(value.get<double>());
    }
    return numbers;
  }
  return {};
}

// How many folds' scores can be paired: all repeats if they are the same, else those of the first.
size_t paired_folds(const JudgedRun& first, const JudgedRun& second) {
  const double a = number_or(first.record.report, "folds", 0),
               b = number_or(second.record.report, "folds", 0);
  if (a != b || a < 2) return 0;
  const bool all = first.record.report.value("folds_fingerprint", Json(1)) ==
                   second.record.report.value("folds_fingerprint", Json(2));
  return static_cast<size_t>(a * (all ? number_or(first.record.report, "repeats", 1) : 1));
}

std::optional<ResampledT> folds_test(const JudgedRun& first, const JudgedRun& second,
                                     const ModelComparison& models, const std::string& metric, size_t folds,
                                     size_t rows) {
  const std::vector<double> a = fold_values(first, models.first, metric);
  const std::vector<double> b = fold_values(second, models.second, metric);
  if (folds < 2 || a.size() < folds || b.size() < folds) return std::nullopt;
  std::vector<double> differences(folds);
  for (size_t i = 0; i < folds; ++i) differences[i] = b[i] - a[i];
  const double parts = number_or(first.record.report, "folds", 2), all = static_cast<double>(rows);
  return corrected_resampled_t(differences, all - all / parts, all / parts);
}

struct Predicted {
  std::vector<int> first;
  std::vector<int> second;
};

Predicted predicted_by(const JudgedRun& first, const JudgedRun& second, const PairedRows& rows, size_t i,
                       size_t j) {
  Predicted predicted;
  for (size_t row = 0; row < rows.truth.size(); ++row) {
    const int theirs = second.predictions.models[j].predicted[rows.second[row]];
    predicted.first.push_back(first.predictions.models[i].predicted[rows.first[row]]);
    predicted.second.push_back(rows.class_of_second[static_cast<size_t>(theirs)]);
  }
  return predicted;
}

ModelComparison compare_models(const JudgedRun& first, const JudgedRun& second, const PairedRows& rows,
                               std::pair<size_t, size_t> models, size_t folds, uint64_t seed) {
  ModelComparison comparison;
  comparison.first = first.predictions.models[models.first].pipeline;
  comparison.second = second.predictions.models[models.second].pipeline;
  const int classes = static_cast<int>(rows.class_names.size());
  const Predicted predicted = predicted_by(first, second, rows, models.first, models.second);
  const Scores a = score(ConfusionMatrix::of(rows.truth, predicted.first, classes));
  const Scores b = score(ConfusionMatrix::of(rows.truth, predicted.second, classes));
  const auto intervals =
      bootstrap_differences(rows.truth, predicted.first, predicted.second, rows.groups, classes, seed);
  for (const std::string name : kMetrics) {
    MetricComparison one;
    one.metric = name;
    one.first = metric(a, name);
    one.second = metric(b, name);
    one.difference = one.second - one.first;
    one.interval = intervals.at(name);
    one.permutation = paired_permutation_test(rows.truth, predicted.second, predicted.first, rows.groups,
                                              classes, name, seed);
    one.folds = folds_test(first, second, comparison, name, folds, rows.truth.size());
    comparison.metrics.push_back(std::move(one));
  }
  comparison.mcnemar = mcnemar(rows.truth, predicted.first, predicted.second);
  return comparison;
}

// Replaces each comparison's p value by the one that holds for all of them.
template <class Read, class Write>
void adjust(std::vector<ModelComparison>& comparisons, const Read& read, const Write& write) {
  std::vector<double> p_values;
  for (const ModelComparison& comparison : comparisons) p_values.push_back(read(comparison));
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (size_t i = 0; i < comparisons.size(); ++i) write(comparisons[i], adjusted[i]);
}

void adjust_all(std::vector<ModelComparison>& comparisons) {
  for (size_t m = 0; m < std::size(kMetrics); ++m) {
    adjust(
        comparisons, [&](const ModelComparison& c) { return c.metrics[m].permutation.p_value; },
        [&](ModelComparison& c, double p) { c.metrics[m].permutation_p_holm = p; });
    adjust(
        comparisons,
        [&](const ModelComparison& c) { return c.metrics[m].folds ? c.metrics[m].folds->p_value : 1.0; },
        [&](ModelComparison& c, double p) { c.metrics[m].folds_p_holm = p; });
  }
  adjust(
      comparisons, [](const ModelComparison& c) { return c.mcnemar.p_exact; },
      [](ModelComparison& c, double p) { c.mcnemar_p_holm = p; });
}

ComparedRun described(const JudgedRun& run) {
  const Json features = run.record.report.value("features", Json(""));
  return {run.record.id, run.record.command, features.is_string() ? features.get<std::string>() : "",
          run.split(), run.predictions.rows.covers.size()};
}

void add_warnings(CompareReport& report) {
  if (report.rows < report.first.rows || report.rows < report.second.rows) {
    report.warnings.push_back(
        fmt::format("only the {} covers that both judged are compared; run {} judged {}, run {} {}",
                    report.rows, report.first.id, report.first.rows, report.second.id, report.second.rows));
  }
  if (!report.same_folds) {
    report.warnings.push_back(
        "the folds differ, so the models also learnt from other covers: the difference is one of the whole "
        "runs, and the folds' scores can't be paired");
  }
  if (report.first.split == "stratified") {
    report.warnings.push_back(
        "--split stratified lets an artist's covers stand on both sides: both scores flatter");
  }
  if (report.comparisons.size() > 1) {
    report.warnings.push_back(fmt::format(
        "{} comparisons were made: read the p values after Holm's adjustment", report.comparisons.size()));
  }
}

Json to_json(const MetricComparison& one) {
  Json json{{"first", one.first},
            {"second", one.second},
            {"difference", one.difference},
            {"low", one.interval.low},
            {"high", one.interval.high},
            {"permutation",
             {{"p", one.permutation.p_value},
              {"p_holm", one.permutation_p_holm},
              {"differing_groups", one.permutation.differing_groups},
              {"exact", one.permutation.exact}}}};
  json["folds"] = nullptr;
  if (one.folds) {
    // JSON has no infinity: all folds differ by the same.
    json["folds"] = Json{{"mean", one.folds->mean},
                         {"t", std::isfinite(one.folds->t) ? Json(one.folds->t) : Json(nullptr)},
                         {"p", one.folds->p_value},
                         {"p_holm", one.folds_p_holm}};
  }
  return json;
}

Json to_json(const ComparedRun& run) {
  return Json{{"id", run.id},
              {"command", run.command},
              {"features", run.features},
              {"split", run.split},
              {"covers", run.rows}};
}

}  // namespace

Json to_json(const CompareReport& report) {
  Json comparisons = Json::array();
  for (const ModelComparison& comparison : report.comparisons) {
    Json json{{"first", comparison.first}, {"second", comparison.second}};
    for (const MetricComparison& one : comparison.metrics) json[one.metric] = to_json(one);
    json["mcnemar"] = Json{{"only_first", comparison.mcnemar.only_first},
                           {"only_second", comparison.mcnemar.only_second},
                           {"p", comparison.mcnemar.p_exact},
                           {"p_holm", comparison.mcnemar_p_holm},
                           {"chi_squared", comparison.mcnemar.chi_squared}};
    comparisons.push_back(std::move(json));
  }
  return Json{{"first", to_json(report.first)},
              {"second", to_json(report.second)},
              {"covers", report.rows},
              {"groups", report.groups},
              {"same_folds", report.same_folds},
              {"folds", report.folds},
              {"comparisons", std::move(comparisons)},
              {"difference", "second - first; 95 % percentile bootstrap over whole groups"},
              {"warnings", report.warnings}};
}

Result<CompareReport> compare_runs(Workspace& workspace, const CompareOptions& options) {
  SLEEVE_TRY(const JudgedRun first, load_judged_run(workspace, options.first));
  SLEEVE_TRY(const JudgedRun second, load_judged_run(workspace, options.second));
  SLEEVE_TRY(const PairedRows rows, pair_rows(first, second));
  SLEEVE_TRY(const Models models, choose_models(first, second, options.models));
  CompareReport report;
  report.first = described(first);
  report.second = described(second);
  report.rows = rows.truth.size();
  report.groups = std::set<int>(rows.groups.begin(), rows.groups.end()).size();
  report.same_folds = rows.same_folds;
  report.folds = rows.same_folds ? paired_folds(first, second) : 0;
  for (const auto& pair : models) {
    report.comparisons.push_back(compare_models(first, second, rows, pair, report.folds, options.seed));
  }
  adjust_all(report.comparisons);
  add_warnings(report);
  return report;
}

}  // namespace sleeve
