// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_JSON_FIELDS_H_
#define SLEEVE_COLLECT_JSON_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

// Reading what strangers wrote: every member may be missing, null or of another type.
namespace sleeve {

// The member if `json` is an object that has it; else a null value.
const Json& field(const Json& json, std::string_view member);
// A member of a member: field_at(json, {"artist", "name"}).
const Json& field_at(const Json& json, std::initializer_list<std::string_view> path);
// Printable text without control characters, at most 1,000 bytes; "" if it is none.
std::string text_field(const Json& json, std::string_view member);
// A whole number from 0 on that fits, also where it is written as a text or as 12.0; else nothing.
std::optional<int64_t> count_field(const Json& json, std::string_view member);
// The elements of an array, or nothing to walk over.
const Json& list_field(const Json& json, std::string_view member);

// Lower-case UUID, or "" if `text` isn't one in either case.
std::string uuid_of(std::string_view text);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_JSON_FIELDS_H_
