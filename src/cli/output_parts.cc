// SPDX-License-Identifier: Apache-2.0
#include "cli/output_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace sleeve {

std::string count(const Json& value) { return with_thousands(value.get<long long>()); }
std::string three(double value) { return fmt::format("{:.3f}", value); }

std::string plural(const Json& value, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count(value), value.get<long long>() == 1 ? one : many);
}

// "grey 12, tiny 3"
std::string counts_line(const Json& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, number] : counts.items())
    parts.push_back(fmt::format("{} {}", name, count(number)));
  return join_text(parts, ", ");
}

std::string warnings_text(const Json& report) {
  std::string text;
  for (const Json& warning : report.value("warnings", Json::array())) {
    text += fmt::format("Note: {}.\n", warning.get<std::string>());
  }
  return text;
}

// "0.512 [0.470, 0.555]"
std::string with_interval(const Json& metric) {
  const std::string value = three(metric["value"].get<double>());
  if (!metric.contains("low")) return value;
  return fmt::format("{} [{}, {}]", value, three(metric["low"].get<double>()),
                     three(metric["high"].get<double>()));
}

std::string dataset_text(const Json& dataset) {
  std::string text =
      fmt::format("{} in {}: {}\n", plural(dataset["covers"], "cover", "covers"),
                  plural(dataset["groups"], "group", "groups"), counts_line(dataset["classes"]));
  Json left_out = Json::object();
  for (const auto& [reason, number] : dataset["left_out"].items()) {
    if (number.get<long long>() > 0) left_out[reason] = number;
  }
  std::string reasons = counts_line(left_out);
  std::ranges::replace(reasons, '_', ' ');
  if (!left_out.empty()) text += fmt::format("left out: {}\n", reasons);
  return text;
}

}  // namespace sleeve
