// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_NOT_NEGATIVE_H_
#define SLEEVE_CLI_NOT_NEGATIVE_H_

#include <string>

#include <CLI/CLI.hpp>

namespace sleeve {

// For numbers without a sign: CLI11 takes "-3" for a very large one.
inline CLI::Validator not_negative() {
  return {[](std::string& text) { return text.starts_with('-') ? text + " is less than 0" : std::string(); },
          ""};
}

}  // namespace sleeve

#endif  // SLEEVE_CLI_NOT_NEGATIVE_H_
