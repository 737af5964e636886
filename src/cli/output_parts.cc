// SPDX-License-Identifier: Apache-2.0
#include "cli/output_parts.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace sleeve {

std::string count(const Json& value) { return with_thousands(value.get<long long>()); }
std::string three(double value) { return fmt::format("{:.3f}", value); }

std::string plural(const Json& value, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count(value), value.get<long long>() == 1 ? one : many);
}

std::string wrapped(std::string_view text, size_t indent) {
  constexpr size_t kWidth = 100;
  const std::string margin(indent, ' ');
  std::string lines;
  std::string line = margin;
  for (const std::string& word : split_text(text, ' ')) {
    if (line.size() > indent && line.size() + 1 + word.size() > kWidth)
      lines += std::exchange(line, margin) + "\n";
    if (line.size() > indent) line += ' ';
    line += word;
  }
  return lines + line + "\n";
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
  std::string value = three(metric["value"].get<double>());
  if (!metric.contains("low")) return value;
  return fmt::format("{} [{}, {}]", value, three(metric["low"].get<double>()),
                     three(metric["high"].get<double>()));
}

std::string copies_text(const Json& report) {
  const auto found = report.find("augmentation");
  if (found == report.end()) return {};
  std::string text;
  if (found->value("train", 0) > 0) {
    text += fmt::format(", learning from {} of each training cover",
                        plural((*found)["train"], "altered copy", "altered copies"));
  }
  if (found->value("test", 0) > 0) {
    text += fmt::format(", answers averaged over {} and the cover",
                        plural((*found)["test"], "altered copy", "altered copies"));
  }
  return text;
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

namespace {

bool is_metric(const Json& value) { return value.is_object() && value.contains("value"); }

std::string labels_text(const Json& labels) {
  Rows rows = {{"genre", "ROC area", "average precision", "test covers"}};
  const auto shown = [](const Json& value) { return value.is_null() ? "-" : three(value.get<double>()); };
  for (const auto& [name, scores] : labels.items()) {
    rows.push_back(
        {name, shown(scores["roc_auc"]), shown(scores["average_precision"]), count(scores["support"])});
  }
  return align_table(rows);
}

}  // namespace

std::string outcomes_text(const Json& report) {
  Rows rows = {{""}};
  const Json& first = report.contains("test") ? report["test"] : report["train"];
  for (const auto& [name, value] : first.items()) {
    if (is_metric(value)) rows[0].push_back(name + (value.contains("low") ? " [95 %]" : ""));
  }
  const auto add = [&](const char* title, const char* key) {
    if (!report.contains(key)) return;
    rows.push_back({title});
    for (const auto& [name, value] : report[key].items()) {
      if (is_metric(value)) rows.back().push_back(value["value"].is_null() ? "-" : with_interval(value));
    }
  };
  add("test (not seen in training)", "test");
  add("baseline", "baseline");
  add("training covers themselves", "train");
  std::string text = align_table(rows) + "\n";
  if (first.contains("labels")) text += labels_text(first["labels"]) + "\n";
  if (report.contains("interval")) {
    const Json& interval = report["interval"];
    text += fmt::format("prediction interval: ±{:.1f} for {:.0f} %; it held for {} of the test covers\n\n",
                        interval["half_width"].get<double>(), 100 * interval["coverage"].get<double>(),
                        with_interval(interval["measured"]));
  }
  return text;
}

}  // namespace sleeve
