// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_ERROR_H_
#define SLEEVE_BASE_ERROR_H_

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <sleeve/result.h>

namespace sleeve {

// Error{code, fmt::format(…)} in one word.
template <class... Args>
Error make_error(ErrorCode code, fmt::format_string<Args...> text, Args&&... args) {
  return Error{code, fmt::format(text, std::forward<Args>(args)...)};
}

// The same error with "context: " in front of its message.
Error with_context(Error error, std::string_view context);

// kNotFound, kIo, … from errno, with the system's words: "PATH: No such file or directory".
Error error_from_errno(int errno_value, std::string_view path);

}  // namespace sleeve

#endif  // SLEEVE_BASE_ERROR_H_
