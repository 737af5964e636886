// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_RESULT_H_
#define SLEEVE_RESULT_H_

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <sleeve/export.h>

// How sleeve says that something went wrong.
//
// Whatever depends on the world outside (files, pictures, databases, what a user typed) returns a
// Result<T>: a value, or an Error that says what was wrong, with which input, and what to do.
// A fault of the program itself is an assert, never an Error. Values of these types may be
// used from several threads as long as each thread has its own.
namespace sleeve {

// The kinds of error a caller may want to tell apart. name_of() has a word for each.
enum class ErrorCode {
  kUsage,        // the call is wrong: unknown option, value out of range
  kNotFound,     // a file, cover, model or column that isn't there
  kIo,           // the operating system refused: no permission, disk full, …
  kCorrupt,      // the bytes are damaged: truncated, bad checksum, not what they claim to be
  kUnsupported,  // a valid input of a kind sleeve can't handle, or of a newer version
  kTooLarge,     // over a stated limit
  kConflict,     // somebody else holds the lock, or the data contradict each other
  kNoData,       // valid, but too little to do what was asked
  kCancelled,    // stopped on request
  kInternal,     // a fault of sleeve's own, or of a library it stands on: please report it
};

// A stable lower-case word for a code ("corrupt"); used in JSON reports.
SLEEVE_API std::string_view name_of(ErrorCode code);

struct Error {
  ErrorCode code;
  std::string message;  // one line, without the "error:" in front and without a full stop
};

// A value of type T or an Error. REQUIRES: value() only if ok(), error() only if !ok().
template <class T>
class [[nodiscard]] Result {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): `return value;` and `return error;` are the point.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    assert(!ok());
    return *error_;
  }
  Error&& error() && {
    assert(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace sleeve

#endif  // SLEEVE_RESULT_H_
