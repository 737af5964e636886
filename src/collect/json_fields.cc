// SPDX-License-Identifier: Apache-2.0
#include "collect/json_fields.h"

#include <cmath>

#include "base/text.h"

namespace sleeve {
namespace {

const Json kNull;
const Json kNoElements = Json::array();

std::optional<int64_t> count_of(double value) {
  constexpr double kLargest = 9e15;
  if (!(value >= 0 && value <= kLargest) || value != std::floor(value)) return std::nullopt;
  return static_cast<int64_t>(value);
}

}  // namespace

const Json& field(const Json& json, std::string_view member) {
  if (!json.is_object()) return kNull;
  const auto found = json.find(std::string(member));
  return found == json.end() ? kNull : *found;
}

const Json& field_at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = &json;
  for (const std::string_view member : path) at = &field(*at, member);
  return *at;
}

std::string text_field(const Json& json, std::string_view member) {
  const Json& value = field(json, member);
  if (!value.is_string()) return "";
  constexpr size_t kLongest = 1000;
  std::string text(trim(value.get_ref<const std::string&>()));
  if (text.size() > kLongest) {
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
      --end;  // not within a character
    text.resize(end);
  }
  return printable(std::string_view(text));
}

std::optional<int64_t> count_field(const Json& json, std::string_view member) {
  const Json& value = field(json, member);
  if (value.is_number()) return count_of(value.get<double>());
  if (!value.is_string()) return std::nullopt;
  const auto number = parse_number(trim(value.get_ref<const std::string&>()));
  return number ? count_of(*number) : std::nullopt;
}

const Json& list_field(const Json& json, std::string_view member) {
  const Json& value = field(json, member);
  return value.is_array() ? value : kNoElements;
}

std::string uuid_of(std::string_view text) {
  text = trim(text);
  constexpr size_t kLength = 36;
  if (text.size() != kLength) return "";
  std::string uuid = ascii_lower(text);
  for (size_t i = 0; i < kLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (uuid[i] >= '0' && uuid[i] <= '9') || (uuid[i] >= 'a' && uuid[i] <= 'f');
    if (dash ? uuid[i] != '-' : !hex) return "";
  }
  return uuid;
}

}  // namespace sleeve
