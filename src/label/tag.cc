// SPDX-License-Identifier: Apache-2.0
#include "label/tag.h"

#include <cstdint>

namespace sleeve {
namespace {

// U+00C0 to U+017F without case and accents (Unicode's canonical decomposition; ß, æ, ø, … by their look).
constexpr std::string_view kLatin =
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnn"
    "oooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatin.size() == 0x180 - 0xC0);

constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Takes one character from the front of `text`: its bytes.
std::string_view take_character(std::string_view& text) {
  size_t length = 1;
  while (length < text.size() && length < 4 && is_continuation(text[length])) ++length;
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

void append_utf8(uint32_t code, std::string& text) {
  text.push_back(static_cast<char>(0xC0U | code >> 6U));
  text.push_back(static_cast<char>(0x80U | (code & 0x3FU)));
}

// A character of two bytes: Latin with accents, Greek, Cyrillic. False: no letter we know.
bool append_folded(std::string_view character, std::string& text) {
  const auto first = static_cast<unsigned char>(character[0]);
  const auto second = static_cast<unsigned char>(character[1]);
  uint32_t code = static_cast<uint32_t>(first & 0x1FU) << 6U | (second & 0x3FU);
  if (code < 0xC0) return false;  // punctuation and signs of Latin-1
  if (code < 0x180) {
    text.push_back(kLatin[code - 0xC0]);
    return true;
  }
  if (code >= 0x300 && code < 0x370) return true;  // a combining accent
  if (code >= 0x391 && code <= 0x3A9) code += 0x20;
  if (code >= 0x400 && code <= 0x40F) code += 0x50;
  if (code >= 0x410 && code <= 0x42F) code += 0x20;
  if (code == 0x451) code = 0x435;  // ё is mostly written е
  append_utf8(code, text);
  return true;
}

// General punctuation (dashes, curly quotes, …), ideographic blanks and full-width forms of signs.
bool is_wide_punctuation(std::string_view character) {
  return character.size() == 3 && (character.starts_with("\xE2\x80") || character.starts_with("\xE3\x80") ||
                                   character == "\xE3\x83\xBB" || character == "\xEF\xBC\x8F");
}

bool is_curly_quote(std::string_view character) {
  return character == "\xE2\x80\x99" || character == "\xE2\x80\x98";
}

// Letters, digits, blanks and apostrophes remain; signs have become blanks.
std::string folded(std::string_view tag, bool keep_stars) {
  std::string text;
  while (!tag.empty()) {
    const std::string_view character = take_character(tag);
    const char c = character[0];
    if (character.size() == 2) {
      if (!append_folded(character, text)) text.push_back(' ');
    } else if (is_curly_quote(character)) {
      text.push_back('\'');
    } else if (character.size() > 2) {
      text += is_wide_punctuation(character) ? " " : std::string(character);
    } else if (c >= 'A' && c <= 'Z') {
      text.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '\'' || (keep_stars && c == '*')) {
      text.push_back(c);
    } else {
      text += c == '&' || c == '+' ? " and " : " ";
    }
  }
  return text;
}

void add_word(std::string word, std::string& text, bool last) {
  if (word == "n" && !text.empty() && !last) word = "and";
  if (word.empty()) return;
  if (!text.empty()) text.push_back(' ');
  text += word;
}

}  // namespace

std::string normalised_tag(std::string_view tag, bool keep_stars) {
  std::string plain = folded(tag, keep_stars);
  // "rock'n'roll" is three words, "children's" is one.
  for (size_t at = plain.find("'n'"); at != std::string::npos; at = plain.find("'n'"))
    plain.replace(at, 3, " n ");
  std::erase(plain, '\'');
  std::string text;
  std::string word;
  for (size_t i = 0; i <= plain.size(); ++i) {
    if (i < plain.size() && plain[i] != ' ') {
      word.push_back(plain[i]);
    } else {
      const bool last = plain.find_first_not_of(' ', i) == std::string::npos;
      add_word(std::move(word), text, last);
      word.clear();
    }
  }
  return text;
}

bool fits_pattern(std::string_view text, std::string_view pattern) {
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace sleeve
