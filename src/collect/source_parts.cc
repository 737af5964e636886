// SPDX-License-Identifier: Apache-2.0
#include "collect/source_parts.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace sleeve {

Status check_wishes(const CollectOptions& options, const SourceInfo& info) {
  const std::pair<const char*, const std::vector<std::string>*> wishes[] = {
      {"genre", &options.genres}, {"chart", &options.charts},       {"artist", &options.artists},
      {"album", &options.albums}, {"playlist", &options.playlists}, {"search", &options.searches}};
  std::vector<std::string> known;
  for (const std::string& wish : info.wishes) known.push_back("--" + wish);
  bool any = false;
  for (const auto& [name, values] : wishes) {
    if (values->empty()) continue;
    any = true;
    if (std::ranges::find(info.wishes, name) == info.wishes.end()) {
      return make_error(ErrorCode::kUsage, "{} takes no --{}; it takes {}", info.name, name,
                        join_text(known, ", "));
    }
  }
  if (!any) return make_error(ErrorCode::kUsage, "nothing to collect: name {}", join_text(known, ", "));
  return {};
}

std::optional<int> year_of_date(std::string_view date) {
  if (date.size() < 4 || (date.size() > 4 && date[4] != '-')) return std::nullopt;
  if (date.substr(0, 4).find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const auto year = parse_integer(date.substr(0, 4));
  return year && *year >= 1000 && *year <= 2999 ? std::optional(static_cast<int>(*year)) : std::nullopt;
}

bool is_plain_id(std::string_view id) {
  constexpr size_t kLongest = 64;
  return !id.empty() && id.size() <= kLongest && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

}  // namespace sleeve
