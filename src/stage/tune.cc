// SPDX-License-Identifier: Apache-2.0
#include "stage/tune.h"

#include <algorithm>
#include <set>
#include <utility>

#include <sleeve/version.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/evaluation_json.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

class CatalogueJournal final : public SearchJournal {
 public:
  CatalogueJournal(Catalogue& catalogue, bool fresh) : catalogue_(catalogue), fresh_(fresh) {}

  std::optional<std::string> find(const std::string& key) override {
    if (fresh_) return std::nullopt;
    auto found = catalogue_.find_search_part(key);
    return found.ok() ? std::move(*found) : std::nullopt;  // what can't be read is done again
  }
  Status put(std::span<const std::pair<std::string, std::string>> parts) override {
    std::vector<SearchPart> rows;
    for (const auto& [key, value] : parts) rows.push_back({key, value});
    return catalogue_.put_search_parts(rows);
  }

 private:
  Catalogue& catalogue_;
  bool fresh_;
};

// The rows that the search may see, with what they are divided by.
struct SearchGround {
  Task task;
  SplitKind kind;
  std::vector<int> groups;
};

SearchGround ground_of(const LoadedTask& loaded, const Fold& fold, SplitKind split) {
  const SplitPlan plan = split_plan(loaded, split);
  SearchGround ground{select_rows(loaded.task, fold.train), plan.kind, {}};
  if (!plan.groups.empty()) {
    for (const size_t row : fold.train) ground.groups.push_back(plan.groups[row]);
  }
  return ground;
}

// All that the scores of a search depend on beside pipeline, fold and seed.
std::string journal_key(const LoadedTask& loaded, const TuneOptions& options, const Fold& ground,
                        std::span<const Fold> folds) {
  Json copies = Json::object();
  put_augmentation(copies, options.augmentation);
  return fmt::format("{}/{}/{}/{}/{}{}", kVersion, loaded.dataset.fingerprint,
                     dump_json(to_json(options.features)), fingerprint(std::span(&ground, 1)),
                     fingerprint(folds), copies.empty() ? "" : "/" + dump_json(copies));
}

Result<TunedSet> search_set(const LoadedTask& loaded, const TuneOptions& options, const Fold& fold,
                            const SearchGround& ground, const CandidateSet& set, SearchJournal& journal,
                            const WorkContext& context) {
  RunRecorder clock("tune");
  TunedSet tuned{set.name, set.folds.value_or(options.folds), set.repeats.value_or(options.repeats), {}, {},
                 0};
  SLEEVE_TRY(const auto folds,
             task_folds(ground.task, ground.kind, ground.groups, tuned.folds, tuned.repeats, options.seed));
  tuned.folds_fingerprint = fingerprint(folds);
  const SearchOptions search_options{options.objective, options.seed, options.halving_factor,
                                     journal_key(loaded, options, fold, folds)};
  SLEEVE_TRY(tuned.result, search(ground.task, folds, static_cast<size_t>(tuned.folds), set.pipelines,
                                  search_options, &journal, context));
  tuned.seconds = clock.seconds();
  return tuned;
}

// The best of the sets' best; of equal ones the one of the earlier set.
PipelineSpec best_of(const std::vector<TunedSet>& sets, const Objective& objective) {
  const Candidate* best = nullptr;
  for (const TunedSet& set : sets) {
    const Candidate& own = set.result.best();
    const bool better =
        best == nullptr || (objective.higher_is_better ? own.summary.mean > best->summary.mean
                                                       : own.summary.mean < best->summary.mean);
    if (better) best = &own;
  }
  return best->pipeline;
}

// The outer folds are of all covers, the held-out ones included: they judge the way of searching.
Result<NestedReport> judge_search(const LoadedTask& loaded, const TuneOptions& options,
                                  SearchJournal& journal, const WorkContext& context) {
  const SplitPlan plan = split_plan(loaded, options.split);
  SLEEVE_TRY(const auto outer,
             task_folds(loaded.task, plan.kind, plan.groups, options.nested, 1, options.seed));
  std::vector<PipelineSpec> candidates;
  for (const CandidateSet& set : options.grid.sets) {
    for (const PipelineSpec& pipeline : set.pipelines) {
      if (std::ranges::find(candidates, pipeline) == candidates.end()) candidates.push_back(pipeline);
    }
  }
  const bool by_group = plan.kind == SplitKind::kGrouped;
  const auto inner = [&](const Task& training) -> Result<InnerFolds> {
    const std::span<const int> groups =
        by_group ? std::span<const int>(training.groups) : std::span<const int>();
    SLEEVE_TRY(auto folds,
               task_folds(training, plan.kind, groups, options.folds, options.repeats, options.seed));
    return InnerFolds{std::move(folds), static_cast<size_t>(options.folds)};
  };
  const SearchOptions search_options{options.objective, options.seed, options.halving_factor,
                                     journal_key(loaded, options, {}, outer)};
  NestedReport report;
  report.folds = options.nested;
  SLEEVE_TRY(report.result,
             nested_search(loaded.task, outer, inner, candidates, search_options, &journal, context));
  if (loaded.task.goal == Goal::kClass) {
    report.evaluation =
        evaluate_predictions(loaded.task.labels, most_probable(report.result.outputs), loaded.task.groups,
                             loaded.task.classes(), options.seed, &report.result.outputs);
  } else {
    report.outcome = judge_outputs(loaded.task.set(), report.result.outputs, options.seed);
  }
  return report;
}

bool halved(const TunedSet& set) {
  return std::ranges::any_of(set.result.candidates,
                             [](const Candidate& candidate) { return candidate.training_share < 1; });
}

void add_warnings(const TuneOptions& options, TuneReport& report) {
  std::vector<std::string>& warnings = report.trained.warnings;
  for (const TunedSet& set : report.sets) {
    if (options.halving_factor == 0 || set.result.candidates.size() < 2 || halved(set)) continue;
    warnings.push_back(
        fmt::format("{}: too few covers to begin with a part of them; all was tried on all", set.name));
  }
  if (report.tried > 1) {
    warnings.push_back(fmt::format(
        "{} configurations were tried on the same folds: the best one's {} in the search is the best of "
        "many, "
        "hence too good; {}",
        report.tried, report.metric,
        options.test_size > 0 ? "the score on the test covers, which no search saw, is not"
                              : "nothing was held out to correct it (see --test-size, --nested)"));
  }
}

}  // namespace

Result<TuneReport> tune(Workspace& workspace, const TuneOptions& options, const WorkContext& context) {
  RunRecorder recorder("tune");
  SLEEVE_TRY(const LoadedTask loaded,
             load_task(workspace, options.question, options.features, context, options.augmentation));
  TrainOptions train_options{options.question,  options.features, {},          options.split,
                             options.test_size, options.seed,     options.out, options.augmentation};
  SLEEVE_TRY(const Fold fold, divide(loaded, train_options));
  const SearchGround ground = ground_of(loaded, fold, options.split);
  CatalogueJournal journal(workspace.catalogue(), options.fresh);
  TuneReport report;
  report.metric = options.objective->name;
  report.goal = loaded.task.goal;
  std::set<std::string> tried;
  for (const CandidateSet& set : options.grid.sets) {
    SLEEVE_TRY(TunedSet tuned, search_set(loaded, options, fold, ground, set, journal, context));
    for (const PipelineSpec& pipeline : set.pipelines) tried.insert(pipeline.text());
    report.sets.push_back(std::move(tuned));
  }
  report.tried = tried.size();
  report.best = best_of(report.sets, *options.objective);
  report.final = options.grid.final_pipeline.value_or(report.best);
  if (options.nested > 0) {
    SLEEVE_TRY(report.nested, judge_search(loaded, options, journal, context));
  }
  train_options.pipeline = report.final;
  SLEEVE_TRY(report.trained, train_on(loaded, fold, train_options, context));
  add_warnings(options, report);
  report.seconds = recorder.seconds();
  report.run_id = recorder.record(workspace, to_json(options), loaded.dataset.fingerprint, to_json(report),
                                  report.trained.warnings,
                                  predictions_of(report.trained.judgement, report.trained.pipeline));
  return report;
}

Json to_json(const TuneOptions& options) {
  Json sets = Json::array();
  for (const CandidateSet& set : options.grid.sets) {
    Json pipelines = Json::array();
    for (const PipelineSpec& pipeline : set.pipelines) pipelines.push_back(to_json(pipeline));
    sets.push_back(Json{{"name", set.name},
                        {"folds", set.folds.value_or(options.folds)},
                        {"repeats", set.repeats.value_or(options.repeats)},
                        {"pipelines", std::move(pipelines)}});
  }
  Json json{{"question", to_json(options.question)},
            {"features", to_json(options.features)},
            {"sets", std::move(sets)},
            {"metric", options.objective->name},
            {"folds", options.folds},
            {"repeats", options.repeats},
            {"split", name_of(options.split)},
            {"test_size", options.test_size},
            {"nested", options.nested},
            {"halving_factor", options.halving_factor},
            {"seed", options.seed}};
  put_augmentation(json, options.augmentation);
  if (options.grid.final_pipeline) json["final"] = to_json(*options.grid.final_pipeline);
  return json;
}

namespace {

Json to_json(const Candidate& candidate, Goal goal, size_t rank) {
  Json folds = Json::object();
  const auto goals = objectives_of(goal);
  for (size_t i = 0; i < goals.size(); ++i) {
    const OutcomeSummary summary = summarise(candidate.fold_scores, i);
    if (summary.folds == 0) continue;
    Json values = Json::array();
    for (const auto& scores : candidate.fold_scores) values.push_back(scores[i] ? Json(*scores[i]) : Json());
    folds[std::string(goals[i]->name)] =
        Json{{"mean", summary.mean}, {"deviation", summary.deviation}, {"values", std::move(values)}};
  }
  return Json{{"rank", rank},
              {"pipeline", candidate.pipeline.text()},
              {"training_share", candidate.training_share},
              {"folds", std::move(folds)}};
}

Json to_json(const TunedSet& set, Goal goal) {
  Json candidates = Json::array();
  for (size_t rank = 0; rank < set.result.ranking.size(); ++rank) {
    candidates.push_back(to_json(set.result.candidates[set.result.ranking[rank]], goal, rank + 1));
  }
  return Json{{"name", set.name},
              {"folds", set.folds},
              {"repeats", set.repeats},
              {"folds_fingerprint", set.folds_fingerprint},
              {"fits", set.result.fits},
              {"reused", set.result.reused},
              {"candidates", std::move(candidates)},
              {"seconds", set.seconds}};
}

Json to_json(const NestedReport& nested, const std::vector<std::string>& class_names) {
  Json folds = Json::array();
  for (const NestedFold& fold : nested.result.folds) {
    folds.push_back(Json{{"chosen", fold.chosen.text()},
                         {"search_score", fold.search_score},
                         {"test_score", fold.test_score ? Json(*fold.test_score) : Json()}});
  }
  Json json{{"folds", nested.folds}, {"outer", std::move(folds)}};
  if (nested.evaluation) json["test"] = to_json(*nested.evaluation, class_names);
  if (nested.outcome) json["test"] = to_json(*nested.outcome, class_names);
  return json;
}

}  // namespace

Json to_json(const TuneReport& report) {
  Json sets = Json::array();
  for (const TunedSet& set : report.sets) sets.push_back(to_json(set, report.goal));
  Json json = to_json(report.trained);
  json["metric"] = report.metric;
  json["searches"] = std::move(sets);
  json["tried"] = report.tried;
  json["best"] = report.best.text();
  if (report.nested) json["nested"] = to_json(*report.nested, report.trained.judgement.class_names);
  json["run"] = report.run_id;
  json["seconds"] = report.seconds;
  return json;
}

}  // namespace sleeve
