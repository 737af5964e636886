// SPDX-License-Identifier: Apache-2.0
#include "base/year.h"

#include <algorithm>

#include "base/text.h"

namespace sleeve {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::optional<int> year_of(std::string_view text) {
  const std::string_view digits = text.substr(0, 4);
  if (digits.size() < 4 || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  if (text.size() > 4 && (is_digit(text[4]) || is_letter(text[4]))) return std::nullopt;
  const auto year = parse_integer(digits);
  return year && *year >= 1000 && *year <= 2999 ? std::optional(static_cast<int>(*year)) : std::nullopt;
}

}  // namespace sleeve
