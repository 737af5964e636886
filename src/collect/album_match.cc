// SPDX-License-Identifier: Apache-2.0
#include "collect/album_match.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace sleeve {
namespace {

// U+00C0 to U+017F without accents; two letters where one stands for two, '.' for what is no letter.
constexpr std::string_view kPlain =
    "A A A A A A AEC E E E E I I I I D N O O O O O . O U U U U Y THssa a a a a a aec e e e e i i i i "
    "d n o o o o o . o u u u u y thy A a A a A a C c C c C c C c D d D d E e E e E e E e E e G g G g "
    "G g G g H h H h I i I i I i I i I i IJijJ j K k k L l L l L l L l L l N n N n N n n N n O o O o "
    "O o OEoeR r R r R r S s S s S s S s T t T t T t U u U u U u U u U u U u W w Y y Y Z z Z z Z z s ";

struct Point {
  char32_t value = 0;
  size_t length = 1;
};

// The character at `i`; 0 for a byte that belongs to none.
Point point_at(std::string_view text, size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length == 1) return {lead < 0x80 ? lead : U'\0', 1};
  if (i + length > text.size()) return {0, 1};
  char32_t value = lead & (0x7FU >> length);
  for (size_t k = 1; k < length; ++k) value = value << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
  return {value, length};
}

void add_letter(std::string& name, std::string_view text, Point point, size_t i) {
  constexpr char32_t kFirst = 0xC0;
  constexpr char32_t kEnd = 0x180;
  const bool ascii = point.value < 0x80;
  if (point.value >= kFirst && point.value < kEnd) {
    const std::string_view plain = trim(kPlain.substr((point.value - kFirst) * 2, 2));
    name += plain == "." ? " " : ascii_lower(plain);
  } else if (!ascii && point.value >= kEnd) {
    name += text.substr(i, point.length);  // other scripts as they are
  } else if (text[i] == '&') {
    name += " and ";
  } else {
    const char letter = ascii_lower(text.substr(i, 1))[0];
    const bool counts = ascii && ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9'));
    // "don't" is "dont".
    if (letter != '\'') name += counts ? letter : ' ';
  }
}

std::string with_single_spaces(const std::string& name) {
  std::string result;
  for (const std::string& word : split_text(name, ' ')) {
    if (word.empty()) continue;
    if (!result.empty()) result += ' ';
    result += word;
  }
  return result;
}

std::string plain(std::string_view text, bool brackets) {
  std::string name;
  int depth = 0;
  for (size_t i = 0; i < text.size();) {
    const Point point = point_at(text, i);
    const char letter = text[i];
    if (!brackets && (letter == '(' || letter == '[')) ++depth;
    if (depth == 0) add_letter(name, text, point, i);
    if (depth > 0 && (letter == ')' || letter == ']')) --depth;
    i += point.length;
  }
  name = with_single_spaces(name);
  return name.starts_with("the ") ? name.substr(4) : name;
}

std::vector<std::array<char, 2>> pairs_of(const std::string& name) {
  const std::string padded = " " + name + " ";
  std::vector<std::array<char, 2>> pairs;
  for (size_t i = 0; i + 1 < padded.size(); ++i) pairs.push_back({padded[i], padded[i + 1]});
  std::ranges::sort(pairs);
  return pairs;
}

}  // namespace

std::string plain_name(std::string_view name) {
  const std::string without = plain(name, false);
  return without.empty() ? plain(name, true) : without;
}

double name_similarity(std::string_view a, std::string_view b) {
  const std::string first = plain_name(a);
  const std::string second = plain_name(b);
  if (first.empty() || second.empty()) return 0;
  const auto pairs_a = pairs_of(first);
  const auto pairs_b = pairs_of(second);
  std::vector<std::array<char, 2>> common;
  std::ranges::set_intersection(pairs_a, pairs_b, std::back_inserter(common));
  return 2.0 * static_cast<double>(common.size()) / static_cast<double>(pairs_a.size() + pairs_b.size());
}

double match_score(std::string_view title, std::string_view artist, std::string_view other_title,
                   std::string_view other_artist) {
  return std::min(name_similarity(title, other_title), name_similarity(artist, other_artist));
}

}  // namespace sleeve
