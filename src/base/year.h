// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_YEAR_H_
#define SLEEVE_BASE_YEAR_H_

#include <optional>
#include <string_view>

namespace sleeve {

// The year, 1000 to 2999, that a year or a date begins with: "1997", "2026-01-22", "2014/05"; nothing for "",
// "0000", "19994" and the like.
std::optional<int> year_of(std::string_view text);

}  // namespace sleeve

#endif  // SLEEVE_BASE_YEAR_H_
