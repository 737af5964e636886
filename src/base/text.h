// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_TEXT_H_
#define SLEEVE_BASE_TEXT_H_

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sleeve {

// "a,b,,c" at ',' gives {"a","b","","c"}; an empty text gives one empty part.
std::vector<std::string> split_text(std::string_view text, char separator);
// The same, but what stands in parentheses stays whole: "a|(b|c)|d" at '|' gives "a", "(b|c)" and "d".
std::vector<std::string> split_outside_parentheses(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join_text(std::span<const std::string> parts, std::string_view separator);

// The whole text as a number, without regard to the locale; nothing if any of it is left over,
// or if it is not finite.
std::optional<double> parse_number(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);

// The candidate closest to `word` by edit distance, if it is close enough to be a typing error.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> candidates);
// "; did you mean 'X'?" or, where nothing is near, "; known: a, b, c".
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

// Text that is safe to print: valid UTF-8 as it is, other bytes and control characters as \xNN.
// File names may hold anything.
std::string printable(std::string_view text);
inline std::string printable(const std::filesystem::path& path) {
  return printable(std::string_view(path.native()));
}

bool is_utf8(std::string_view text);
// Lower case for ASCII letters; other characters stay.
std::string ascii_lower(std::string_view text);

// 1234567 as "1,234,567".
std::string with_thousands(long long value);

// Rows of cells as aligned columns: the first column left, the others right, two spaces between.
// Width counts UTF-8 characters.
std::string align_table(std::span<const std::vector<std::string>> rows);

}  // namespace sleeve

#endif  // SLEEVE_BASE_TEXT_H_
