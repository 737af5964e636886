// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using ::testing::HasSubstr;

TEST(Json, KeepsTheOrderOfKeys) {
  EXPECT_EQ(R"({"b":1,"a":2})", dump_json(parse_json(R"({"b": 1, "a": 2})").value()));
}

TEST(Json, ErrorsSayWhere) {
  const auto json = parse_json("{\"a\": 1,\n  \"b\": x}");
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(ErrorCode::kCorrupt, json.error().code);
  EXPECT_EQ("not valid JSON at line 2, column 8", json.error().message);
  for (const char* text : {"", "{", "[1,]", "nul", "\"a", "1 2", "\"\xFF\"", "{\"a\":1e999}"}) {
    EXPECT_FALSE(parse_json(text).ok()) << text;
  }
}

TEST(Json, DepthIsBounded) {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(64)).ok());
  EXPECT_THAT(parse_json(nested(65)).error().message, HasSubstr("deeper than 64"));
  EXPECT_FALSE(parse_json(std::string(10'000'000, '[')).ok());
  // Closing brackets in front buy no depth behind them.
  EXPECT_FALSE(parse_json(std::string(1000, ']') + nested(900)).ok());
  // Brackets in strings don't count, behind escaped quotes neither.
  EXPECT_TRUE(parse_json("[\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"]").ok());
}

TEST(Json, InvalidUtf8IsReplacedWhenWritten) {
  Json json = Json::object();
  json["path"] = "caf\xE9.jpg";
  EXPECT_EQ("{\"path\":\"caf\xEF\xBF\xBD.jpg\"}", dump_json(json));
}

}  // namespace
}  // namespace sleeve
