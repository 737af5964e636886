// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_TRY_H_
#define SLEEVE_BASE_TRY_H_

#include <utility>

#include <sleeve/result.h>

// SLEEVE_TRY(auto x, f()): x is f()'s value, or the enclosing function returns f()'s error.
// SLEEVE_CHECK(f()): the same for a Status.
#define SLEEVE_TRY_JOIN_(a, b) a##b
#define SLEEVE_TRY_NAME_(line) SLEEVE_TRY_JOIN_(try_result_, line)
// A declaration can't stand in parentheses. NOLINTBEGIN(bugprone-macro-parentheses)
#define SLEEVE_TRY(declaration, expression)                                                   \
  auto SLEEVE_TRY_NAME_(__LINE__) = (expression);                                             \
  if (!SLEEVE_TRY_NAME_(__LINE__).ok()) return std::move(SLEEVE_TRY_NAME_(__LINE__)).error(); \
  declaration = std::move(SLEEVE_TRY_NAME_(__LINE__)).value()
// NOLINTEND(bugprone-macro-parentheses)
#define SLEEVE_CHECK(expression)                                \
  do {                                                          \
    auto try_status = (expression);                             \
    if (!try_status.ok()) return std::move(try_status).error(); \
  } while (false)

#endif  // SLEEVE_BASE_TRY_H_
