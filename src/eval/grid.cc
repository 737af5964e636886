// SPDX-License-Identifier: Apache-2.0
#include "eval/grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

struct Range {
  double from = 0;
  double to = 0;
  int64_t steps = 0;  // 0: not said
  bool log = false;
  bool whole = false;

  [[nodiscard]] Json at(double place) const {
    const double value =
        log ? std::exp(std::log(from) + place * (std::log(to) - std::log(from))) : from + place * (to - from);
    if (whole) return Json(static_cast<int64_t>(std::llround(value)));
    // Ends are met exactly, and a step reads well: 1, not 0.9999999999.
    if (place == 0.0) return Json(from);
    if (place == 1.0) return Json(to);
    return Json(parse_number(fmt::format("{:.6g}", value)).value_or(value));
  }
};

// One option and what it may be.
struct Axis {
  std::string option;
  std::vector<Json> values;
  std::optional<Range> range;
};

Status check_members(const Json& json, std::span<const std::string> known, std::string_view where) {
  for (const auto& [key, value] : json.items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    return make_error(ErrorCode::kUsage, "{}: '{}' is not known here{} (known: {})", where,
                      printable(std::string_view(key)), suggestion(key, known), join_text(known, ", "));
  }
  return {};
}

Result<double> number_member(const Json& json, const std::string& key, std::string_view where) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number()) {
    return make_error(ErrorCode::kUsage, "{}: '{}' must be a number", where, key);
  }
  return found->get<double>();
}

Result<Range> range_of(const Json& json, const std::string& option) {
  static const std::array<std::string, 4> kKnown = {"from", "to", "steps", "scale"};
  const std::string where = fmt::format("grid option '{}'", printable(std::string_view(option)));
  SLEEVE_CHECK(check_members(json, kKnown, where));
  Range range;
  SLEEVE_TRY(range.from, number_member(json, "from", where));
  SLEEVE_TRY(range.to, number_member(json, "to", where));
  range.whole = json["from"].is_number_integer() && json["to"].is_number_integer();
  if (const auto steps = json.find("steps"); steps != json.end()) {
    if (!steps->is_number_integer() || steps->get<int64_t>() < 2 ||
        steps->get<int64_t>() > static_cast<int64_t>(kMaxCandidates)) {
      return make_error(ErrorCode::kUsage, "{}: 'steps' must be a whole number from 2 to {}", where,
                        kMaxCandidates);
    }
    range.steps = steps->get<int64_t>();
  }
  const Json scale = json.value("scale", Json("linear"));
  if (scale != "linear" && scale != "log") {
    return make_error(ErrorCode::kUsage, "{}: 'scale' must be \"linear\" or \"log\"", where);
  }
  range.log = scale == "log";
  if (!(range.from < range.to) || (range.log && range.from <= 0)) {
    return make_error(ErrorCode::kUsage, "{}: 'from' must be below 'to'{}", where,
                      range.log ? " and above 0 for a log scale" : "");
  }
  return range;
}

Result<Axis> axis_of(const std::string& option, const Json& json) {
  Axis axis{option, {}, {}};
  if (json.is_object()) {
    SLEEVE_TRY(axis.range, range_of(json, option));
    return axis;
  }
  const bool values = json.is_array() && !json.empty() && std::ranges::all_of(json, [](const Json& value) {
                        return value.is_number() || value.is_string() || value.is_boolean();
                      });
  if (!values) {
    return make_error(
        ErrorCode::kUsage,
        "grid option '{}': must be a list of values, or a range {{\"from\", \"to\", \"steps\"}}",
        printable(std::string_view(option)));
  }
  axis.values.assign(json.begin(), json.end());
  return axis;
}

Result<std::vector<Axis>> axes_of(const Json& json, bool drawn) {
  if (!json.is_object() || json.empty()) {
    return make_error(ErrorCode::kUsage, "'grid' must be an object: option names with their values");
  }
  std::vector<Axis> axes;
  for (const auto& [option, values] : json.items()) {
    SLEEVE_TRY(Axis axis, axis_of(option, values));
    if (axis.range && !drawn) {
      if (axis.range->steps == 0) {
        return make_error(ErrorCode::kUsage,
                          "grid option '{}': a range needs 'steps', or a random search (--samples)",
                          printable(std::string_view(option)));
      }
      for (int64_t i = 0; i < axis.range->steps; ++i) {
        axis.values.push_back(
            axis.range->at(static_cast<double>(i) / static_cast<double>(axis.range->steps - 1)));
      }
      axis.range.reset();
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

// "c" is the learner's, "pca.components" the transform's of that name.
Status set_option(Json& pipeline, const std::string& option, const Json& value) {
  const size_t dot = option.find('.');
  if (dot == std::string::npos) {
    pipeline["learner"]["options"][option] = value;
    return {};
  }
  for (Json& transform : pipeline["transforms"]) {
    if (transform["name"] != option.substr(0, dot)) continue;
    transform["options"][option.substr(dot + 1)] = value;
    return {};
  }
  return make_error(ErrorCode::kUsage, "grid option '{}': the pipeline has no transform '{}'",
                    printable(std::string_view(option)), printable(std::string_view(option.substr(0, dot))));
}

Result<PipelineSpec> with_options(const PipelineSpec& base,
                                  const std::vector<std::pair<std::string, Json>>& options) {
  Json json = to_json(base);
  for (const auto& [option, value] : options) SLEEVE_CHECK(set_option(json, option, value));
  auto spec = pipeline_spec_from_json(json);
  if (!spec.ok()) return with_context(std::move(spec).error(), "grid");
  return spec;
}

Result<std::vector<PipelineSpec>> all_of(const PipelineSpec& base, const std::vector<Axis>& axes) {
  double count = 1.0;
  for (const Axis& axis : axes) count *= static_cast<double>(axis.values.size());
  if (count > static_cast<double>(kMaxCandidates)) {
    return make_error(ErrorCode::kUsage, "the grid has {:.3g} points, more than {}: draw some (--samples)",
                      count, kMaxCandidates);
  }
  std::vector<PipelineSpec> pipelines;
  for (size_t number = 0; number < static_cast<size_t>(count); ++number) {
    // The last option changes fastest, as one reads.
    size_t rest = number;
    std::vector<std::pair<std::string, Json>> options(axes.size());
    for (size_t i = axes.size(); i-- > 0;) {
      options[i] = {axes[i].option, axes[i].values[rest % axes[i].values.size()]};
      rest /= axes[i].values.size();
    }
    SLEEVE_TRY(PipelineSpec spec, with_options(base, options));
    pipelines.push_back(std::move(spec));
  }
  return pipelines;
}

Result<std::vector<PipelineSpec>> drawn_of(const PipelineSpec& base, const std::vector<Axis>& axes,
                                           const RandomDraw& draw) {
  Rng rng(draw.seed);
  std::set<std::string> seen;
  std::vector<PipelineSpec> pipelines;
  // Small grids run out of new points: after so many in vain there are (nearly) none left.
  constexpr size_t kInVain = 1000;
  for (size_t vain = 0; pipelines.size() < draw.samples && vain < kInVain;) {
    std::vector<std::pair<std::string, Json>> options;
    for (const Axis& axis : axes) {
      options.emplace_back(axis.option,
                           axis.range ? axis.range->at(rng.uniform())
                                      : axis.values[static_cast<size_t>(rng.below(axis.values.size()))]);
    }
    SLEEVE_TRY(PipelineSpec spec, with_options(base, options));
    if (!seen.insert(spec.text()).second) {
      ++vain;
      continue;
    }
    vain = 0;
    pipelines.push_back(std::move(spec));
  }
  return pipelines;
}

Result<std::optional<int>> count_member(const Json& json, const std::string& key, int least) {
  const auto found = json.find(key);
  if (found == json.end()) return std::optional<int>();
  if (!found->is_number_integer() || found->get<int64_t>() < least || found->get<int64_t>() > 1000) {
    return make_error(ErrorCode::kUsage, "grid: '{}' must be a whole number from {} to 1000", key, least);
  }
  return std::optional<int>(found->get<int>());
}

Result<std::vector<PipelineSpec>> listed_pipelines(const Json& json, Goal goal) {
  std::vector<PipelineSpec> pipelines;
  if (!json.is_array() || json.empty() || json.size() > kMaxCandidates) {
    return make_error(ErrorCode::kUsage, "grid: 'pipelines' must be a list of pipelines");
  }
  for (const Json& text : json) {
    if (!text.is_string()) return make_error(ErrorCode::kUsage, "grid: a pipeline must be a text");
    SLEEVE_TRY(PipelineSpec spec, parse_pipeline(text.get<std::string>(), goal));
    pipelines.push_back(std::move(spec));
  }
  return pipelines;
}

Result<CandidateSet> set_of(const Json& json, const std::string& model, Goal goal,
                            const std::optional<RandomDraw>& draw) {
  static const std::array<std::string, 6> kKnown = {"name",      "pipeline", "grid",
                                                    "pipelines", "folds",    "repeats"};
  if (!json.is_object()) return make_error(ErrorCode::kUsage, "grid: a search must be an object");
  SLEEVE_CHECK(check_members(json, kKnown, "grid"));
  CandidateSet set;
  SLEEVE_TRY(set.folds, count_member(json, "folds", 2));
  SLEEVE_TRY(set.repeats, count_member(json, "repeats", 1));
  if (json.contains("pipelines") == json.contains("grid")) {
    return make_error(ErrorCode::kUsage, "grid: a search has either 'grid' or 'pipelines'");
  }
  if (json.contains("pipelines")) {
    SLEEVE_TRY(set.pipelines, listed_pipelines(json["pipelines"], goal));
    set.name = "models";
  } else {
    const Json text = json.value("pipeline", Json(model));
    if (!text.is_string()) return make_error(ErrorCode::kUsage, "grid: 'pipeline' must be a text");
    SLEEVE_TRY(const PipelineSpec base, parse_pipeline(text.get<std::string>(), goal));
    SLEEVE_TRY(const auto axes, axes_of(json["grid"], draw.has_value()));
    SLEEVE_TRY(set.pipelines, draw ? drawn_of(base, axes, *draw) : all_of(base, axes));
    set.name = base.text();
  }
  if (const auto name = json.find("name"); name != json.end()) {
    if (!name->is_string()) return make_error(ErrorCode::kUsage, "grid: 'name' must be a text");
    set.name = name->get<std::string>();
  }
  return set;
}

}  // namespace

Result<Grid> parse_grid(const Json& json, const std::string& model, Goal goal,
                        const std::optional<RandomDraw>& draw) {
  if (!json.is_object()) return make_error(ErrorCode::kUsage, "a grid must be a JSON object");
  Grid grid;
  if (!json.contains("searches")) {
    SLEEVE_TRY(CandidateSet set, set_of(json, model, goal, draw));
    grid.sets.push_back(std::move(set));
    return grid;
  }
  static const std::array<std::string, 2> kKnown = {"searches", "final"};
  SLEEVE_CHECK(check_members(json, kKnown, "grid"));
  if (!json["searches"].is_array() || json["searches"].empty()) {
    return make_error(ErrorCode::kUsage, "grid: 'searches' must be a list");
  }
  for (const Json& search : json["searches"]) {
    SLEEVE_TRY(CandidateSet set, set_of(search, model, goal, draw));
    grid.sets.push_back(std::move(set));
  }
  if (const auto last = json.find("final"); last != json.end()) {
    if (!last->is_string()) return make_error(ErrorCode::kUsage, "grid: 'final' must be a pipeline");
    SLEEVE_TRY(grid.final_pipeline, parse_pipeline(last->get<std::string>(), goal));
  }
  return grid;
}

}  // namespace sleeve
