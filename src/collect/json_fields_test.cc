// SPDX-License-Identifier: Apache-2.0
#include "collect/json_fields.h"

#include <gtest/gtest.h>

namespace sleeve {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

TEST(JsonFields, WhatIsMissingOrOfAnotherTypeIsUnknown) {
  const Json object = json(R"({"a":null,"b":5,"c":"x","d":{"e":"f"},"g":[1]})");
  EXPECT_TRUE(field(object, "z").is_null());
  EXPECT_TRUE(field(json("[1]"), "a").is_null());
  EXPECT_EQ(field_at(object, {"d", "e"}), "f");
  EXPECT_TRUE(field_at(object, {"d", "e", "x"}).is_null());
  EXPECT_EQ(text_field(object, "b"), "");
  EXPECT_EQ(text_field(object, "c"), "x");
  EXPECT_TRUE(list_field(object, "c").empty());
  EXPECT_EQ(list_field(object, "g").size(), 1U);
}

TEST(JsonFields, CountsMayBeTexts) {
  const Json object = json(
      R"({"a":12,"b":"12","c":12.0,"d":-1,"e":1.5,"f":1e300,"g":"many","h":"","i":true,"j":18446744073709551615})");
  for (const char* good : {"a", "b", "c"}) EXPECT_EQ(count_field(object, good), 12) << good;
  for (const char* bad : {"d", "e", "f", "g", "h", "i", "j", "z"}) {
    EXPECT_EQ(count_field(object, bad), std::nullopt) << bad;
  }
}

TEST(JsonFields, TextIsBoundedAndPrintable) {
  Json object;
  object["control"] = "a\nb\x1b[31m";
  std::string umlauts;
  for (int i = 0; i < 2000; ++i) umlauts += "\xC3\xA4";
  object["long"] = "x" + umlauts;
  EXPECT_EQ(text_field(object, "control"), "a\\x0Ab\\x1B[31m");
  const std::string text = text_field(object, "long");
  EXPECT_EQ(text.size(), 999U);  // not within a character
}

TEST(JsonFields, OnlyUuidsAreMbids) {
  EXPECT_EQ(uuid_of("89AD4AC3-39f7-470e-963a-56509c546377"), "89ad4ac3-39f7-470e-963a-56509c546377");
  for (const char* bad : {"", "89ad4ac3", "89ad4ac3-39f7-470e-963a-56509c54637g",
                          "89ad4ac3x39f7-470e-963a-56509c546377", "../../../etc/passwd/../../../etc/pas"}) {
    EXPECT_EQ(uuid_of(bad), "") << bad;
  }
}

}  // namespace
}  // namespace sleeve
