// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cerrno>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/try.h"

namespace sleeve {
namespace {

TEST(Error, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  constexpr int kLast = static_cast<int>(ErrorCode::kInternal);
  for (int code = 0; code <= kLast; ++code) names.insert(name_of(static_cast<ErrorCode>(code)));
  EXPECT_EQ(static_cast<size_t>(kLast) + 1, names.size());
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ("corrupt", name_of(ErrorCode::kCorrupt));
}

TEST(Error, ContextStandsInFront) {
  const Error error = with_context(make_error(ErrorCode::kCorrupt, "{} rows", 3), "a.csv");
  EXPECT_EQ(ErrorCode::kCorrupt, error.code);
  EXPECT_EQ("a.csv: 3 rows", error.message);
}

TEST(Error, ErrnoIsToldApart) {
  EXPECT_EQ(ErrorCode::kNotFound, error_from_errno(ENOENT, "x").code);
  EXPECT_EQ(ErrorCode::kNotFound, error_from_errno(ENOTDIR, "x").code);
  EXPECT_EQ(ErrorCode::kIo, error_from_errno(EACCES, "x").code);
  EXPECT_EQ("x: No such file or directory", error_from_errno(ENOENT, "x").message);
}

Result<int> half(int value) {
  if (value % 2 != 0) return make_error(ErrorCode::kUsage, "{} is odd", value);
  return value / 2;
}

Result<int> quarter(int value) {
  SLEEVE_TRY(const int once, half(value));
  SLEEVE_TRY(const int twice, half(once));
  return twice;
}

Status is_even(int value) {
  SLEEVE_CHECK(half(value));
  return {};
}

TEST(Try, GivesTheValueOrReturnsTheError) {
  EXPECT_EQ(2, quarter(8).value());
  EXPECT_EQ("7 is odd", quarter(14).error().message);
  EXPECT_TRUE(is_even(4).ok());
  EXPECT_EQ("5 is odd", is_even(5).error().message);
}

}  // namespace
}  // namespace sleeve
