// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_OUTPUT_PARTS_H_
#define SLEEVE_CLI_OUTPUT_PARTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

// What several reports are written with.
namespace sleeve {

using Rows = std::vector<std::vector<std::string>>;  // of align_table()

std::string count(const Json& value);                                                // "1,234"
std::string three(double value);                                                     // "0.512"
std::string plural(const Json& value, std::string_view one, std::string_view many);  // "1 cover", "2 covers"
std::string wrapped(std::string_view text, size_t indent = 0);  // in lines of 100 characters; ends its last
std::string counts_line(const Json& counts);                    // "grey 12, tiny 3"
std::string warnings_text(const Json& report);                  // "Note: ….\n" each
std::string with_interval(const Json& metric);                  // "0.512 [0.470, 0.555]"
std::string outcomes_text(const Json& report);  // of numbers and several genres: test, baseline, training
std::string copies_text(const Json& report);    // ", 3 altered copies …", nothing without any
std::string dataset_text(const Json& dataset);  // covers, groups, classes; what was left out

}  // namespace sleeve

#endif  // SLEEVE_CLI_OUTPUT_PARTS_H_
