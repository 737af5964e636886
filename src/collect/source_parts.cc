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
  for (const std::string& wish : info.wishes) {
    known.push_back("--" + wish);
    if (wish == "album") known.emplace_back("--list");
  }
  bool any = false;
  for (const auto& [name, values] : wishes) {
    if (values->empty()) continue;
    any = true;
    if (std::ranges::find(info.wishes, name) == info.wishes.end()) {
      return make_error(ErrorCode::kUsage, "{} takes no --{}; it takes {}", info.name, name,
                        join_text(known, ", "));
    }
    if (std::ranges::any_of(*values, [](const std::string& value) { return trim(value).empty(); }))
      return make_error(ErrorCode::kUsage, "--{}: an empty name finds nothing", name);
  }
  if (!any) return make_error(ErrorCode::kUsage, "nothing to collect: name {}", join_text(known, ", "));
  return {};
}

bool is_plain_id(std::string_view id) {
  constexpr size_t kLongest = 64;
  return !id.empty() && id.size() <= kLongest && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

bool is_number_id(std::string_view id) { return parse_integer(id).value_or(0) > 0; }

Status check_ids(std::initializer_list<const std::vector<std::string>*> lists,
                 bool (*is_id)(std::string_view), std::string_view what) {
  for (const auto* ids : lists) {
    const auto wrong = std::ranges::find_if_not(*ids, is_id);
    if (wrong != ids->end())
      return make_error(ErrorCode::kUsage, "'{}' is {}", printable(std::string_view(*wrong)), what);
  }
  return {};
}

}  // namespace sleeve
