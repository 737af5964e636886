// SPDX-License-Identifier: Apache-2.0
#include "stage/run_repeat.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/evaluate.h"
#include "stage/learning_curve.h"
#include "stage/run_predictions.h"
#include "stage/tune.h"

namespace sleeve {
namespace {

Result<uint64_t> whole(const Json& config, const char* key) {
  const Json value = config.value(key, Json());
  if (!value.is_number_unsigned()) {
    return make_error(ErrorCode::kCorrupt, "its configuration has no whole number '{}'", key);
  }
  return value.get<uint64_t>();
}

Result<SplitKind> split_of(const Json& config) {
  const Json split = config.value("split", Json());
  if (!split.is_string()) return Error{ErrorCode::kCorrupt, "its configuration has no split"};
  return split_kind_of(split.get<std::string>());
}

Status read_protocol(const Json& config, CrossvalOptions& options) {
  SLEEVE_TRY(options.question, question_from_json(config.value("question", Json())));
  SLEEVE_TRY(options.features, feature_set_from_json(config.value("features", Json())));
  for (const Json& pipeline : config.value("pipelines", Json::array())) {
    SLEEVE_TRY(PipelineSpec spec, pipeline_spec_from_json(pipeline));
    options.pipelines.push_back(std::move(spec));
  }
  SLEEVE_TRY(options.split, split_of(config));
  SLEEVE_TRY(const uint64_t folds, whole(config, "folds"));
  SLEEVE_TRY(const uint64_t repeats, whole(config, "repeats"));
  SLEEVE_TRY(options.seed, whole(config, "seed"));
  options.folds = static_cast<int>(folds);
  options.repeats = static_cast<int>(repeats);
  SLEEVE_TRY(options.augmentation, augmentation_of(config));
  return {};
}

// Before hours of work: are these still the covers, labels and groups of then?
Status check_data(Workspace& workspace, const RunRecord& run, const Question& question,
                  const FeatureSet& features, const WorkContext& context) {
  SLEEVE_TRY(const LoadedTask loaded, load_task(workspace, question, features, context));
  if (loaded.dataset.fingerprint == run.fingerprint) return {};
  return make_error(
      ErrorCode::kConflict,
      "covers, labels or groups have changed since: the data's fingerprint was {} and is {} now, so "
      "other numbers would say nothing; {} covers now",
      run.fingerprint, loaded.dataset.fingerprint, loaded.dataset.rows.size());
}

Result<int64_t> crossval_again(Workspace& workspace, const RunRecord& run, const WorkContext& context) {
  CrossvalOptions options;
  SLEEVE_CHECK(read_protocol(run.config, options));
  options.permutations = static_cast<int>(number_or(run.config, "permutations", 0));
  SLEEVE_CHECK(check_data(workspace, run, options.question, options.features, context));
  SLEEVE_TRY(const CrossvalReport report, crossval(workspace, options, context));
  return report.run_id;
}

Result<int64_t> curve_again(Workspace& workspace, const RunRecord& run, const WorkContext& context) {
  CurveOptions options;
  SLEEVE_CHECK(read_protocol(run.config, options.protocol));
  SLEEVE_TRY(options.steps, whole(run.config, "steps"));
  for (const Json& size : run.config.value("sizes", Json::array())) {
    if (!size.is_number_unsigned())
      return Error{ErrorCode::kCorrupt, "its configuration has a size that is no number"};
    options.sizes.push_back(size.get<size_t>());
  }
  SLEEVE_CHECK(check_data(workspace, run, options.protocol.question, options.protocol.features, context));
  SLEEVE_TRY(const CurveReport report, learning_curve(workspace, options, context));
  return report.run_id;
}

Result<int64_t> train_again(Workspace& workspace, const RunRecord& run, const WorkContext& context) {
  TrainOptions options;
  SLEEVE_TRY(options.question, question_from_json(run.config.value("question", Json())));
  SLEEVE_TRY(options.features, feature_set_from_json(run.config.value("features", Json())));
  SLEEVE_TRY(options.pipeline, pipeline_spec_from_json(run.config.value("pipeline", Json())));
  SLEEVE_TRY(options.split, split_of(run.config));
  SLEEVE_TRY(options.seed, whole(run.config, "seed"));
  options.test_size = number_or(run.config, "test_size", 0.2);
  SLEEVE_TRY(options.augmentation, augmentation_of(run.config));
  SLEEVE_CHECK(check_data(workspace, run, options.question, options.features, context));
  SLEEVE_TRY(const TrainReport report, train(workspace, options, context));
  return report.run_id;
}

Result<int64_t> evaluate_again(Workspace& workspace, const RunRecord& run, const WorkContext& context) {
  const Json path = run.config.value("model_path", run.config.value("model", Json("")));
  const std::filesystem::path file = path.is_string() ? path.get<std::string>() : std::string();
  auto model = load_model(file);
  if (!model.ok()) return with_context(model.error(), "its model");
  SLEEVE_TRY(const Sha256 hash, hash_model_file(file));
  if (run.config.value("model_sha256", Json()) != hash.hex()) {
    return make_error(ErrorCode::kConflict, "{} holds another model than then", printable(file));
  }
  SLEEVE_TRY(const Question question, question_from_json(model->record.value("question", Json())));
  SLEEVE_CHECK(check_data(workspace, run, question, model->features, context));
  SLEEVE_TRY(const Augmentation augmentation, augmentation_of(run.config));
  SLEEVE_TRY(const EvaluateReport report, evaluate(workspace, file, context, augmentation.test));
  return report.run_id;
}

Result<std::vector<PipelineSpec>> specs_of(const Json& list) {
  std::vector<PipelineSpec> specs;
  if (!list.is_array() || list.empty()) {
    return Error{ErrorCode::kCorrupt, "its configuration has a search without pipelines"};
  }
  for (const Json& pipeline : list) {
    SLEEVE_TRY(PipelineSpec spec, pipeline_spec_from_json(pipeline));
    specs.push_back(std::move(spec));
  }
  return specs;
}

// The candidates as they were tried: what was drawn at random then is not drawn again.
Result<Grid> grid_of(const Json& config) {
  Grid grid;
  for (const Json& json : config.value("sets", Json::array())) {
    CandidateSet set;
    if (const Json name = json.value("name", Json()); name.is_string()) set.name = name.get<std::string>();
    SLEEVE_TRY(const uint64_t folds, whole(json, "folds"));
    SLEEVE_TRY(const uint64_t repeats, whole(json, "repeats"));
    set.folds = static_cast<int>(folds);
    set.repeats = static_cast<int>(repeats);
    SLEEVE_TRY(set.pipelines, specs_of(json.value("pipelines", Json())));
    grid.sets.push_back(std::move(set));
  }
  if (grid.sets.empty()) return Error{ErrorCode::kCorrupt, "its configuration has no search"};
  if (const auto last = config.find("final"); last != config.end()) {
    SLEEVE_TRY(grid.final_pipeline, pipeline_spec_from_json(*last));
  }
  return grid;
}

Result<int64_t> tune_again(Workspace& workspace, const RunRecord& run, const WorkContext& context) {
  TuneOptions options;
  SLEEVE_TRY(options.question, question_from_json(run.config.value("question", Json())));
  SLEEVE_TRY(options.features, feature_set_from_json(run.config.value("features", Json())));
  SLEEVE_TRY(options.grid, grid_of(run.config));
  const Json metric = run.config.value("metric", Json(""));
  SLEEVE_TRY(options.objective, find_objective(metric.is_string() ? metric.get<std::string>() : std::string(),
                                               goal_of(options.question)));
  SLEEVE_TRY(options.split, split_of(run.config));
  SLEEVE_TRY(options.seed, whole(run.config, "seed"));
  SLEEVE_TRY(const uint64_t folds, whole(run.config, "folds"));
  SLEEVE_TRY(const uint64_t repeats, whole(run.config, "repeats"));
  options.folds = static_cast<int>(folds);
  options.repeats = static_cast<int>(repeats);
  options.test_size = number_or(run.config, "test_size", 0.2);
  options.nested = static_cast<int>(number_or(run.config, "nested", 0));
  options.halving_factor = static_cast<int>(number_or(run.config, "halving_factor", 0));
  SLEEVE_TRY(options.augmentation, augmentation_of(run.config));
  options.fresh = true;  // what an earlier search has done would be compared with itself
  SLEEVE_CHECK(check_data(workspace, run, options.question, options.features, context));
  SLEEVE_TRY(const TuneReport report, tune(workspace, options, context));
  return report.run_id;
}

struct Repeater {
  std::string_view command;
  Result<int64_t> (*again)(Workspace& workspace, const RunRecord& run, const WorkContext& context);
};
constexpr Repeater kRepeaters[] = {{"crossval", crossval_again},
                                   {"curve", curve_again},
                                   {"evaluate", evaluate_again},
                                   {"train", train_again},
                                   {"tune", tune_again}};

Result<int64_t> run_again(Workspace& workspace, const RunRecord& run, const WorkContext& context) {
  const auto* const found = std::ranges::find(kRepeaters, run.command, &Repeater::command);
  if (found == std::end(kRepeaters)) {
    std::vector<std::string> known;
    for (const Repeater& repeater : kRepeaters) known.emplace_back(repeater.command);
    return make_error(ErrorCode::kUnsupported, "a run of {} can't be repeated; those of {} can", run.command,
                      join_text(known, ", "));
  }
  return found->again(workspace, run, context);
}

// What the two reports must share: no times, not where a model lies (its content is compared), and not how
// much of a search an earlier one had done.
Json comparable(Json report) {
  for (const char* key : {"seconds", "run", "model"}) report.erase(key);
  if (const auto searches = report.find("searches"); searches != report.end() && searches->is_array()) {
    for (Json& search : *searches) {
      if (!search.is_object()) continue;
      for (const char* key : {"seconds", "fits", "reused"}) search.erase(key);
    }
  }
  return report;
}

std::string brief(const Json& value) {
  std::string text = dump_json(value);
  constexpr size_t kLongest = 80;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return printable(std::string_view(text));
}

bool differ(const Json& then, const Json& now, const std::string& where, size_t& figures,
            std::vector<JsonDifference>& found) {
  if (then.is_object() && now.is_object()) {
    for (const auto& [key, value] : then.items()) {
      const std::string path = where.empty() ? key : where + "." + key;
      if (!now.contains(key)) {
        found.push_back({path, brief(value), "missing"});
        return true;
      }
      if (differ(value, now[key], path, figures, found)) return true;
    }
    return false;
  }
  if (then.is_array() && now.is_array() && then.size() == now.size()) {
    for (size_t i = 0; i < then.size(); ++i) {
      if (differ(then[i], now[i], fmt::format("{}[{}]", where, i), figures, found)) return true;
    }
    return false;
  }
  if (then.is_number()) ++figures;
  if (then == now) return false;
  found.push_back({where, brief(then), brief(now)});
  return true;
}

// The recorded predictions, too, must be the same bytes.
Status compare_predictions(Workspace& workspace, RepeatReport& report) {
  SLEEVE_TRY(const auto then, workspace.catalogue().run_predictions(report.run));
  SLEEVE_TRY(const auto now, workspace.catalogue().run_predictions(report.again));
  if (then.empty() && !now.empty()) {
    report.warnings.emplace_back("the old run kept no predictions: only its figures were compared");
    return {};
  }
  for (size_t i = 0; i < then.size(); ++i) {
    if (i < now.size() && then[i].pipeline == now[i].pipeline && then[i].data == now[i].data) continue;
    report.same = false;
    report.where = i == 0 ? "covers, their folds and groups" : "predictions of " + then[i].pipeline;
    report.then = fmt::format("{} bytes", then[i].data.size());
    report.now = i < now.size() ? fmt::format("{} other bytes", now[i].data.size()) : "missing";
    return {};
  }
  return {};
}

}  // namespace

std::vector<JsonDifference> first_difference(const Json& then, const Json& now, size_t& figures) {
  std::vector<JsonDifference> found;
  differ(then, now, "", figures, found);
  return found;
}

Result<RepeatReport> repeat_run(Workspace& workspace, int64_t id, const WorkContext& context) {
  SLEEVE_TRY(const RunRecord run, workspace.catalogue().run(id));
  auto again = run_again(workspace, run, context);
  if (!again.ok()) return with_context(again.error(), fmt::format("run {} is not repeated", id));
  if (*again == 0)
    return Error{ErrorCode::kIo, "the repeated run could not be recorded, and so not be compared"};
  SLEEVE_TRY(const RunRecord repeated, workspace.catalogue().run(*again));
  RepeatReport report;
  report.run = id;
  report.again = *again;
  report.command = run.command;
  report.version_then = run.version;
  report.version_now = repeated.version;
  const auto found = first_difference(comparable(run.report), comparable(repeated.report), report.figures);
  report.same = found.empty();
  if (!report.same) {
    report.where = found[0].where;
    report.then = found[0].then;
    report.now = found[0].now;
    return report;
  }
  SLEEVE_CHECK(compare_predictions(workspace, report));
  return report;
}

Json to_json(const RepeatReport& report) {
  Json json{{"run", report.run},
            {"again", report.again},
            {"command", report.command},
            {"same", report.same},
            {"figures", report.figures},
            {"version_then", report.version_then},
            {"version_now", report.version_now},
            {"warnings", report.warnings}};
  json["difference"] = nullptr;
  if (!report.same) {
    json["difference"] = Json{{"where", report.where}, {"then", report.then}, {"now", report.now}};
  }
  return json;
}

}  // namespace sleeve
