// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <algorithm>

#include "base/error.h"

namespace sleeve {
namespace {

constexpr int kMaxDepth = 64;

// The parser recurses in the destructor and in dump(), so depth is bounded before it sees the text.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (too_deep(text)) return make_error(ErrorCode::kCorrupt, "JSON nested deeper than {} levels", kMaxDepth);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const size_t end = std::min(error.byte, text.size());
    const std::string_view before = text.substr(0, end);
    const auto line = 1 + std::ranges::count(before, '\n');
    const size_t line_start = before.rfind('\n');
    const size_t column =
        line_start == std::string_view::npos ? before.size() : before.size() - line_start - 1;
    return make_error(ErrorCode::kCorrupt, "not valid JSON at line {}, column {}", line, column);
  } catch (const Json::exception& error) {
    return make_error(ErrorCode::kCorrupt, "not usable JSON: {}", error.what());
  }
}

std::string dump_json(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

double number_or(const Json& object, std::string_view key, double otherwise) {
  if (!object.is_object()) return otherwise;
  const auto found = object.find(std::string(key));
  return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

}  // namespace sleeve
