// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_JSON_H_
#define SLEEVE_BASE_JSON_H_

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <sleeve/result.h>

namespace sleeve {

// JSON with its keys in the order in which they were set: reports read as they were written.
using Json = nlohmann::ordered_json;

// kCorrupt with line and column if `text` is not JSON or nests deeper than 64 levels.
Result<Json> parse_json(std::string_view text);

// The number under `key`, or `otherwise` if there is none or it is no number.
double number_or(const Json& object, std::string_view key, double otherwise);

// One line, or indented by `indent` spaces; invalid UTF-8 is replaced, never thrown upon.
std::string dump_json(const Json& json, int indent = -1);

}  // namespace sleeve

#endif  // SLEEVE_BASE_JSON_H_
