// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cerrno>
#include <string>
#include <system_error>

namespace sleeve {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return "usage";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kTooLarge:
      return "too-large";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kNoData:
      return "no-data";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "unknown";
}

Error with_context(Error error, std::string_view context) {
  error.message = fmt::format("{}: {}", context, error.message);
  return error;
}

Error error_from_errno(int errno_value, std::string_view path) {
  const ErrorCode code =
      errno_value == ENOENT || errno_value == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
  return make_error(code, "{}: {}", path, std::generic_category().message(errno_value));
}

}  // namespace sleeve
