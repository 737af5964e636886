// SPDX-License-Identifier: Apache-2.0
#include "stage/run_repeat.h"

#include <cmath>

#include <gmock/gmock.h>

namespace sleeve {
namespace {

Json parsed(const char* text) { return parse_json(text).value(); }

TEST(FirstDifference, NoneWhereAllFiguresAreEqual) {
  const Json report = parsed(R"({"a": [1, 2.5, {"b": null}], "c": "x", "d": 0.1})");
  size_t figures = 0;
  EXPECT_TRUE(first_difference(report, report, figures).empty());
  EXPECT_EQ(figures, 3U);
}

TEST(FirstDifference, NamesThePlaceAndBothValues) {
  size_t figures = 0;
  const auto found = first_difference(parsed(R"({"a": {"rows": [{"v": 1}, {"v": 2}]}, "z": 1})"),
                                      parsed(R"({"a": {"rows": [{"v": 1}, {"v": 3}]}, "z": 2})"), figures);
  ASSERT_EQ(found.size(), 1U) << "the first, and no other";
  EXPECT_EQ(found[0].where, "a.rows[1].v");
  EXPECT_EQ(found[0].then, "2");
  EXPECT_EQ(found[0].now, "3");
}

TEST(FirstDifference, TheLastBitCounts) {
  const double value = 0.1;
  size_t figures = 0;
  EXPECT_EQ(first_difference(Json{{"v", value}}, Json{{"v", std::nextafter(value, 1)}}, figures).size(), 1U);
}

TEST(FirstDifference, WhatIsMissingDiffersAndWhatIsMoreDoesNot) {
  size_t figures = 0;
  EXPECT_EQ(first_difference(parsed(R"({"a": 1})"), parsed("{}"), figures)[0].now, "missing");
  EXPECT_TRUE(first_difference(parsed("{}"), parsed(R"({"a": 1})"), figures).empty())
      << "a newer sleeve may tell more";
  EXPECT_EQ(first_difference(parsed("[1, 2]"), parsed("[1]"), figures).size(), 1U);
  EXPECT_EQ(first_difference(parsed("[1]"), parsed("{}"), figures).size(), 1U);
}

}  // namespace
}  // namespace sleeve
