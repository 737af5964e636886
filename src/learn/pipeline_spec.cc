// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/nesting.h"
#include "learn/pipeline.h"

namespace sleeve {
namespace {

constexpr std::string_view kNoTransform = "none";

template <class Entry>
Result<Spec> completed(const Entry& entry, const Spec& spec) {
  SLEEVE_TRY(Json options, entry.complete(spec.options));
  return Spec{spec.name, std::move(options)};
}

Result<Spec> complete_transform(const Spec& spec) {
  if (spec.name == kCalibrate) {
    return make_error(ErrorCode::kUsage, "'calibrate' comes last, behind the learner: forest > calibrate");
  }
  SLEEVE_TRY(const TransformEntry* entry, find_transform(spec.name));
  return completed(*entry, spec);
}

Result<Spec> complete_calibration(const Spec& spec, Goal goal) {
  if (goal == Goal::kNumber) {
    return make_error(ErrorCode::kUsage, "calibrate is for probabilities, and a number has none");
  }
  SLEEVE_TRY(CalibrateOptions options, calibrate_options(spec.options));
  return Spec{spec.name, options_to_json(std::move(options))};
}

Result<Spec> complete_learner(const Spec& spec, Goal goal) {
  if (spec.name == kCalibrate) {
    return make_error(ErrorCode::kUsage, "'calibrate' stands once, behind a learner: forest > calibrate");
  }
  if (find_transform(spec.name).ok() || spec.name == kNoTransform) {
    return make_error(ErrorCode::kUsage, "a pipeline ends with a learner, and '{}' is a transform",
                      spec.name);
  }
  SLEEVE_TRY(const LearnerEntry* entry, find_learner(spec.name, goal));
  return completed(*entry, spec);
}

// Only what differs from the defaults.
std::string short_text(const Result<Json>& defaults, const Spec& spec) {
  Spec shown{spec.name, Json::object()};
  for (const auto& [key, value] : spec.options.items()) {
    const bool is_default = defaults.ok() && defaults->contains(key) && (*defaults)[key] == value;
    if (!is_default) shown.options[key] = value;
  }
  return to_string(shown);
}

template <class Entry>
std::string short_text(const Result<const Entry*>& entry, const Spec& spec) {
  return short_text(entry.ok() ? entry.value()->complete(Json::object()) : Result<Json>(Json::object()),
                    spec);
}

Json spec_to_json(const Spec& spec) {
  Json json = Json::object();
  json["name"] = spec.name;
  json["options"] = spec.options;
  return json;
}

Result<Spec> spec_from_json(const Json& json) {
  const bool valid = json.is_object() && json.contains("name") && json["name"].is_string() &&
                     json.contains("options") && json["options"].is_object();
  if (!valid) {
    return make_error(ErrorCode::kCorrupt, "pipeline: a step is not an object with 'name' and 'options'");
  }
  return Spec{json["name"].get<std::string>(), json["options"]};
}

}  // namespace

std::string PipelineSpec::text() const {
  std::string result;
  for (const Spec& transform : transforms)
    result += short_text(find_transform(transform.name), transform) + " > ";
  const auto entry = find_learner(learner.name, goal);
  // Said where silence would mean the learner's own transforms.
  if (transforms.empty() && entry.ok() && !entry.value()->default_transforms.empty()) result += "none > ";
  result += short_text(entry, learner);
  if (calibration) result += " > " + short_text(options_to_json(CalibrateOptions{}), *calibration);
  return result;
}

Result<PipelineSpec> parse_pipeline(std::string_view text, Goal goal) {
  const Nesting nesting;
  if (Nesting::too_deep()) {
    return make_error(ErrorCode::kUsage, "more than {} pipelines stand within each other", kDeepestPipeline);
  }
  std::vector<std::string> steps = split_outside_parentheses(text, '>');
  PipelineSpec pipeline;
  pipeline.goal = goal;
  SLEEVE_TRY(Spec learner, parse_spec(trim(steps.back())));
  steps.pop_back();
  if (learner.name == kCalibrate && !steps.empty()) {
    SLEEVE_TRY(pipeline.calibration, complete_calibration(learner, goal));
    SLEEVE_TRY(learner, parse_spec(trim(steps.back())));
    steps.pop_back();
  }
  SLEEVE_TRY(pipeline.learner, complete_learner(learner, goal));
  if (steps.empty()) {
    SLEEVE_TRY(const LearnerEntry* entry, find_learner(learner.name, goal));
    if (!entry->default_transforms.empty()) steps = split_text(entry->default_transforms, '>');
  } else if (steps.size() == 1 && trim(steps[0]) == kNoTransform) {
    steps.clear();
  }
  for (const std::string& step : steps) {
    if (trim(step) == kNoTransform) {
      return make_error(ErrorCode::kUsage, "'none' stands for no transform at all: '{}' has others beside it",
                        printable(text));
    }
    SLEEVE_TRY(const Spec transform, parse_spec(trim(step)));
    SLEEVE_TRY(Spec complete, complete_transform(transform));
    pipeline.transforms.push_back(std::move(complete));
  }
  return pipeline;
}

Json to_json(const PipelineSpec& spec) {
  Json transforms = Json::array();
  for (const Spec& transform : spec.transforms) transforms.push_back(spec_to_json(transform));
  Json json = Json::object();
  json["transforms"] = std::move(transforms);
  json["learner"] = spec_to_json(spec.learner);
  // Left out for classes, as in the files of the first sleeve.
  if (spec.goal != Goal::kClass) json["goal"] = name_of(spec.goal);
  if (spec.calibration) json["calibration"] = spec_to_json(*spec.calibration);
  return json;
}

Result<PipelineSpec> pipeline_spec_from_json(const Json& json) {
  if (!json.is_object() || !json.contains("transforms") || !json["transforms"].is_array() ||
      !json.contains("learner")) {
    return make_error(ErrorCode::kCorrupt, "pipeline: not an object with 'transforms' and 'learner'");
  }
  PipelineSpec pipeline;
  if (const auto goal = json.find("goal"); goal != json.end()) {
    if (!goal->is_string()) return make_error(ErrorCode::kCorrupt, "pipeline: the goal is not a text");
    SLEEVE_TRY(pipeline.goal, goal_of(goal->get<std::string>()));
  }
  for (const Json& item : json["transforms"]) {
    SLEEVE_TRY(const Spec spec, spec_from_json(item));
    SLEEVE_TRY(Spec transform, complete_transform(spec));
    pipeline.transforms.push_back(std::move(transform));
  }
  SLEEVE_TRY(const Spec spec, spec_from_json(json["learner"]));
  SLEEVE_TRY(pipeline.learner, complete_learner(spec, pipeline.goal));
  if (const auto given = json.find("calibration"); given != json.end()) {
    SLEEVE_TRY(const Spec calibration, spec_from_json(*given));
    if (calibration.name != kCalibrate) {
      return make_error(ErrorCode::kUsage, "unknown calibration '{}'",
                        printable(std::string_view(calibration.name)));
    }
    SLEEVE_TRY(pipeline.calibration, complete_calibration(calibration, pipeline.goal));
  }
  return pipeline;
}

}  // namespace sleeve
