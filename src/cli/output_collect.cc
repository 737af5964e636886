// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/output.h"
#include "cli/output_parts.h"

namespace sleeve {
namespace {

constexpr size_t kCollectProblemsShown = 10;

std::string megabytes(double bytes) { return fmt::format("{:.1f} MB", bytes / 1e6); }

void add_count(std::vector<std::string>& parts, const Json& value, const char* what) {
  if (value > 0) parts.push_back(fmt::format("{} {}", count(value), what));
}

std::string pictures_line(const Json& report) {
  const Json& pictures = report["pictures"];
  std::vector<std::string> parts;
  add_count(parts, pictures["fetched"], "fetched");
  add_count(parts, pictures["taken_up"], "taken up from a run that was killed");
  add_count(parts, pictures["there"], "there already");
  add_count(parts, pictures["none"], "not to be had");
  add_count(parts, pictures["placeholder"], "placeholders");
  add_count(parts, pictures["unusable"], "unusable");
  add_count(parts, pictures["failed"], "failed");
  add_count(parts, pictures["left"], "left");
  return parts.empty() ? "no covers" : "covers: " + join_text(parts, ", ");
}

std::string stop_text(const Json& report) {
  const auto reason = report["stopped"].get<std::string>();
  if (reason.empty()) return "";
  const auto message = printable(std::string_view(report["stop_message"].get_ref<const std::string&>()));
  if (reason == "cancelled") return "stopped; the same command goes on where it was\n";
  if (reason == "offline") return fmt::format("not complete: {}\n", message);
  return fmt::format("stopped: {}; the same command goes on where it was\n", message);
}

}  // namespace

std::string estimate_text(const Json& report) {
  std::string text = wrapped(printable(std::string_view(report["notice"].get_ref<const std::string&>())));
  Rows rows = {{"about", "calls"}};
  for (const Json& part : report["parts"]) {
    rows.push_back(
        {fmt::format("  {} ({})", part["what"].get<std::string>(), part["service"].get<std::string>()),
         count(part["calls"])});
  }
  text += align_table(rows);
  const std::string calls = plural(report["calls"], "call", "calls");
  if (report["albums"] > 0) {
    const Json minutes = std::max(1LL, std::llround(report["minutes"].get<double>()));
    text += fmt::format(
        "{}: {} in {} at the services' limits, {} of pictures\n", plural(report["albums"], "album", "albums"),
        calls, plural(minutes, "minute", "minutes"), megabytes(report["megabytes"].get<double>() * 1e6));
  } else {
    text += fmt::format("as many albums as there are, which only asking tells: at least {}\n", calls);
  }
  if (report["albums_there"] > 0) {
    text += fmt::format("of these {} with {} are there already{}\n",
                        plural(report["albums_there"], "album", "albums"),
                        plural(report["pictures_there"], "cover", "covers"),
                        report["finished"] ? ": nothing is left to ask (--refresh asks again)" : "");
  }
  return text;
}

std::string collect_text(const Json& report) {
  std::string text = fmt::format(
      "{}: {} new, {} updated, {} unchanged; {} with a genre, {} with a popularity\n",
      plural(report["found"], "album", "albums"), count(report["added"]), count(report["updated"]),
      count(report["unchanged"]), count(report["with_genre"]), count(report["with_popularity"]));
  text += pictures_line(report) + "\n";
  std::vector<std::string> odd;
  add_count(odd, report["same_covers"], "with the same bytes as another");
  add_count(odd, report["look_alikes"], "pairs that look alike ('sleeve label clean duplicates')");
  add_count(odd, report["removed_covers"], "that no album has any more removed");
  if (!odd.empty()) text += "of the covers: " + join_text(odd, ", ") + "\n";
  text += fmt::format("{}, {} in {:.1f} s\n", plural(report["calls"], "call", "calls"),
                      megabytes(report["bytes"].get<double>()), report["seconds"].get<double>());
  for (const Json& note : report["notes"]) {
    text += "note: " + printable(std::string_view(note.get_ref<const std::string&>())) + "\n";
  }
  const Json& problems = report["problems"];
  for (size_t i = 0; i < std::min(problems.size(), kCollectProblemsShown); ++i) {
    text += fmt::format("  {}\n",
                        printable(std::string_view(problems[i]["reason"].get_ref<const std::string&>())));
  }
  if (problems.size() > kCollectProblemsShown) {
    text += fmt::format("  … and {} more; --json lists all\n", problems.size() - kCollectProblemsShown);
  }
  return text + stop_text(report);
}

}  // namespace sleeve
