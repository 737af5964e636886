// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "cli/output.h"
#include "feature/descriptor.h"
#include "learn/calibration.h"
#include "learn/learner.h"
#include "learn/transform.h"

namespace sleeve {
namespace {

Json to_json(const std::vector<OptionInfo>& options) {
  Json json = Json::array();
  for (const OptionInfo& option : options) {
    Json entry{{"name", option.name},
               {"type", option.type},
               {"default", option.default_value},
               {"help", option.help}};
    if (!option.unit.empty()) entry["unit"] = option.unit;
    if (std::isfinite(option.range.low)) entry["low"] = option.range.low;
    if (std::isfinite(option.range.high)) entry["high"] = option.range.high;
    if (!option.choices.empty()) entry["choices"] = option.choices;
    json.push_back(std::move(entry));
  }
  return json;
}

Json registries() {
  Json descriptors = Json::array();
  for (const DescriptorEntry& entry : descriptor_registry()) {
    descriptors.push_back({{"name", entry.name},
                           {"version", entry.version},
                           {"summary", entry.summary},
                           {"source", entry.source},
                           {"in_default_set", entry.in_default_set},
                           {"options", to_json(entry.options())}});
  }
  Json learners = Json::array();
  for (const LearnerEntry& entry : learner_registry()) {
    learners.push_back({{"name", entry.name},
                        {"goal", name_of(entry.goal)},
                        {"summary", entry.summary},
                        {"source", entry.source},
                        {"default_transforms", entry.default_transforms},
                        {"options", to_json(entry.options())}});
  }
  Json transforms = Json::array();
  for (const TransformEntry& entry : transform_registry()) {
    transforms.push_back(
        {{"name", entry.name}, {"summary", entry.summary}, {"options", to_json(entry.options())}});
  }
  const Json calibrate{{"name", kCalibrate},
                       {"summary", kCalibrateSummary},
                       {"options", to_json(list_options<CalibrateOptions>())}};
  return Json{{"descriptors", std::move(descriptors)},
              {"models", std::move(learners)},
              {"transforms", std::move(transforms)},
              {"calibration", Json::array({calibrate})}};
}

std::string option_line(const Json& option) {
  std::string line = fmt::format(
      "      {}={}", option["name"].get<std::string>(),
      option["default"].is_string() ? option["default"].get<std::string>() : dump_json(option["default"]));
  line += fmt::format("  {}", option["help"].get<std::string>());
  if (option.contains("choices")) {
    line += " (";
    for (size_t i = 0; i < option["choices"].size(); ++i) {
      line += fmt::format("{}{}", i == 0 ? "" : ", ", option["choices"][i].get<std::string>());
    }
    line += ")";
  } else if (option.contains("low") && option.contains("high")) {
    line += fmt::format(" ({} to {}{}{})", option["low"].get<double>(), option["high"].get<double>(),
                        option.contains("unit") ? " " : "", option.value("unit", ""));
  }
  return line + "\n";
}

std::string text(const Json& report) {
  std::string result;
  for (const auto& [kind, entries] : report.items()) {
    result += kind + "\n";
    for (const Json& entry : entries) {
      const bool for_numbers = entry.value("goal", "") == name_of(Goal::kNumber);
      result += fmt::format("  {}: {}{}\n", entry["name"].get<std::string>(),
                            for_numbers ? "(of numbers) " : "", entry["summary"].get<std::string>());
      if (entry.contains("source") && !entry["source"].get<std::string>().empty()) {
        result += fmt::format("      source: {}\n", entry["source"].get<std::string>());
      }
      for (const Json& option : entry["options"]) result += option_line(option);
    }
  }
  return result;
}

}  // namespace

void add_list(CLI::App& app, const SetAction& set) {
  app.footer(
      "Each is used by its name, with options behind it: hog:cell=10, forest:trees=300:max_features=log2.\n"
      "Descriptors are joined with '+', transforms stand in front of a model: "
      "'sqrt>standard>logistic:c=0.1',\n"
      "calibration behind it: 'forest > calibrate:method=isotonic'.");
  set(app, [](const Session& session) -> Result<Exit> {
    print_report(session, registries(), text);
    return Exit::kDone;
  });
}

}  // namespace sleeve
