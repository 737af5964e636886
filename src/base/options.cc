// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/text.h"

namespace sleeve {
namespace {

std::string shown(const Json& value) {
  return value.is_string() ? printable(std::string_view(value.get_ref<const std::string&>()))
                           : dump_json(value);
}

std::optional<double> as_number(const Json& value) {
  if (value.is_number()) {
    const auto number = value.get<double>();
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
  }
  if (value.is_string()) return parse_number(value.get_ref<const std::string&>());
  return std::nullopt;
}

std::optional<bool> as_flag(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text == "true" || text == "yes" || text == "1") return true;
    if (text == "false" || text == "no" || text == "0") return false;
  }
  return std::nullopt;
}

// "(a>b)" to "a>b"; "(a)|(b)" stays.
std::string without_parentheses(const std::string& text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return text;
  int depth = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (depth == 0) return text;
  }
  return text.substr(1, text.size() - 2);
}

// What would otherwise be taken for the end of the value is kept together.
std::string in_parentheses(const std::string& text) {
  return text.find_first_of(":>,|(") == std::string::npos ? text : "(" + text + ")";
}

}  // namespace

void OptionLister::flag(std::string_view name, bool& value, std::string_view help) {
  add({std::string(name), "flag", "", std::string(help), value, {}, {}});
}

void OptionLister::text(std::string_view name, std::string& value, std::string_view help) {
  add({std::string(name), "text", "", std::string(help), value, {}, {}});
}

void OptionLister::choice(std::string_view name, std::string& value, std::vector<std::string> choices,
                          std::string_view help) {
  add({std::string(name), "choice", "", std::string(help), value, {}, std::move(choices)});
}

const Json* OptionReader::find(std::string_view name) {
  known_.emplace_back(name);
  if (!json_.is_object()) return nullptr;
  const auto found = json_.find(std::string(name));
  return found == json_.end() ? nullptr : &*found;
}

void OptionReader::refuse_range(std::string_view name, const Json& given, std::string_view low,
                                std::string_view high, std::string_view unit) {
  problems_.push_back(fmt::format("{}={} is outside {} to {}{}{}", name, shown(given), low, high,
                                  unit.empty() ? "" : " ", unit));
}

std::optional<double> OptionReader::take_number(std::string_view name, OptionRange range,
                                                std::string_view unit) {
  const Json* given = find(name);
  if (given == nullptr) return std::nullopt;
  const std::optional<double> parsed = as_number(*given);
  if (!parsed) {
    problems_.push_back(fmt::format("{}={} is not a number", name, shown(*given)));
    return std::nullopt;
  }
  if (*parsed < range.low || *parsed > range.high) {
    refuse_range(name, *given, fmt::to_string(range.low), fmt::to_string(range.high), unit);
    return std::nullopt;
  }
  return parsed;
}

std::optional<OptionReader::Whole> OptionReader::as_whole(const Json& value) {
  if (value.is_number_unsigned()) return Whole{value.get<uint64_t>()};
  if (value.is_number_integer()) return Whole{value.get<int64_t>()};
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (const auto whole = parse_integer(text)) return Whole{*whole};
    uint64_t large = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), large);
    if (code == std::errc() && end == text.data() + text.size()) return Whole{large};
  }
  const std::optional<double> number = as_number(value);  // "1e3" is a whole number, too
  if (!number || *number != std::floor(*number)) return std::nullopt;
  // Beyond any integer type; what matters is that it is too large.
  constexpr double kBeyond = 1e30;
  return static_cast<Whole>(std::clamp(*number, -kBeyond, kBeyond));
}

std::optional<OptionReader::Whole> OptionReader::take_whole(std::string_view name, OptionRange range,
                                                            Whole lowest, Whole highest,
                                                            std::string_view unit) {
  const Json* given = find(name);
  if (given == nullptr) return std::nullopt;
  const std::optional<Whole> parsed = as_whole(*given);
  if (!parsed) {
    problems_.push_back(fmt::format("{}={} is not a whole number", name, shown(*given)));
    return std::nullopt;
  }
  const auto as_double = static_cast<double>(*parsed);
  if (*parsed >= lowest && *parsed <= highest && as_double >= range.low && as_double <= range.high) {
    return parsed;
  }
  const bool low_is_type = range.low < static_cast<double>(lowest);
  const bool high_is_type = range.high > static_cast<double>(highest);
  refuse_range(
      name, *given, low_is_type ? fmt::to_string(static_cast<int64_t>(lowest)) : fmt::to_string(range.low),
      high_is_type ? fmt::to_string(static_cast<uint64_t>(highest)) : fmt::to_string(range.high), unit);
  return std::nullopt;
}

void OptionReader::flag(std::string_view name, bool& value, std::string_view) {
  const Json* given = find(name);
  if (given == nullptr) return;
  if (const auto parsed = as_flag(*given)) {
    value = *parsed;
  } else {
    problems_.push_back(fmt::format("{}={} is neither true nor false", name, shown(*given)));
  }
}

void OptionReader::text(std::string_view name, std::string& value, std::string_view) {
  const Json* given = find(name);
  if (given == nullptr) return;
  // A number typed on the command line is a text here, too ("max_features=10").
  value = given->is_string() ? given->get<std::string>() : dump_json(*given);
}

void OptionReader::choice(std::string_view name, std::string& value, const std::vector<std::string>& choices,
                          std::string_view) {
  const Json* given = find(name);
  if (given == nullptr) return;
  const std::string chosen = given->is_string() ? given->get<std::string>() : dump_json(*given);
  if (std::ranges::find(choices, chosen) == choices.end()) {
    problems_.push_back(fmt::format("{}={} is none of {}", name, shown(*given), join_text(choices, ", ")));
    return;
  }
  value = chosen;
}

Status OptionReader::status(std::string_view owner) const {
  std::vector<std::string> problems = problems_;
  if (!json_.is_object()) {
    problems.emplace_back("the options are not a JSON object");
  } else {
    for (const auto& [key, value] : json_.items()) {
      if (std::ranges::find(known_, key) == known_.end()) {
        problems.push_back(fmt::format("unknown option '{}'{}", printable(std::string_view(key)),
                                       known_.empty() ? "; it has none" : suggestion(key, known_)));
      }
    }
  }
  if (problems.empty()) return {};
  return make_error(ErrorCode::kUsage, "{}: {}", owner, join_text(problems, "; "));
}

Result<Spec> parse_spec(std::string_view text) {
  const std::vector<std::string> parts = split_outside_parentheses(text, ':');
  Spec spec;
  spec.name = std::string(trim(parts[0]));
  if (spec.name.empty()) {
    return make_error(ErrorCode::kUsage, "'{}' does not start with a name", printable(text));
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    if (equals == std::string::npos || equals == 0) {
      return make_error(ErrorCode::kUsage, "'{}' in '{}' is not of the form key=value",
                        printable(std::string_view(parts[i])), printable(text));
    }
    const std::string key = parts[i].substr(0, equals);
    if (spec.options.contains(key)) {
      return make_error(ErrorCode::kUsage, "'{}' is given twice in '{}'", printable(std::string_view(key)),
                        printable(text));
    }
    spec.options[key] = without_parentheses(parts[i].substr(equals + 1));
  }
  return spec;
}

std::string to_string(const Spec& spec) {
  std::string text = spec.name;
  for (const auto& [key, value] : spec.options.items()) {
    text += fmt::format(":{}={}", key,
                        value.is_string() ? in_parentheses(value.get<std::string>()) : dump_json(value));
  }
  return text;
}

}  // namespace sleeve
