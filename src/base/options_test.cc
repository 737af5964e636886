// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Options {
  int trees = 100;
  int count = 1;  // no range of its own
  uint64_t seed = 0;
  double ratio = 0.5;
  float weight = 1;
  bool loud = false;
  std::string text = "x";
  std::string criterion = "gini";
};

template <class V>
void describe(V& v, Options& o) {
  v.number("trees", o.trees, {1, 100000}, "trees", "How many trees vote");
  v.number("count", o.count, {}, "", "A whole number");
  v.number("seed", o.seed, {}, "", "A large whole number");
  v.number("ratio", o.ratio, {0, 1}, "", "A share");
  v.number("weight", o.weight, {}, "kg", "A small number");
  v.flag("loud", o.loud, "Says more");
  v.text("text", o.text, "Anything");
  v.choice("criterion", o.criterion, {"gini", "entropy"}, "What a split has to lower");
}

Result<Options> read(const std::string& json) {
  return options_from_json<Options>(parse_json(json).value(), "thing");
}

std::string refusal(const std::string& json) {
  const auto options = read(json);
  EXPECT_FALSE(options.ok()) << json;
  if (options.ok()) return "";
  EXPECT_EQ(ErrorCode::kUsage, options.error().code);
  return options.error().message;
}

TEST(Options, DefaultsUnlessGiven) {
  const auto options = read(R"({"trees": 7, "loud": true, "criterion": "entropy"})");
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(7, options->trees);
  EXPECT_TRUE(options->loud);
  EXPECT_EQ("entropy", options->criterion);
  EXPECT_EQ(0.5, options->ratio);
}

TEST(Options, TextsFromACommandLineAreUnderstood) {
  const auto options =
      read(R"({"trees": "1e3", "ratio": "0.25", "loud": "yes", "text": 12, "seed": "18446744073709551615"})");
  ASSERT_TRUE(options.ok()) << options.error().message;
  EXPECT_EQ(1000, options->trees);
  EXPECT_EQ(0.25, options->ratio);
  EXPECT_TRUE(options->loud);
  EXPECT_EQ("12", options->text);
  EXPECT_EQ(UINT64_MAX, options->seed);
}

TEST(Options, LargeSeedsAreNotRounded) {
  EXPECT_EQ(9007199254740993ULL, read(R"({"seed": 9007199254740993})")->seed);
  EXPECT_EQ(9007199254740993ULL, read(R"({"seed": "9007199254740993"})")->seed);
  EXPECT_EQ(UINT64_MAX, read(R"({"seed": 18446744073709551615})")->seed);
}

TEST(Options, WhatATypeCannotHoldIsRefused) {
  EXPECT_EQ("thing: count=1e300 is outside -2147483648 to 2147483647", refusal(R"({"count": "1e300"})"));
  EXPECT_EQ("thing: count=2147483648 is outside -2147483648 to 2147483647",
            refusal(R"({"count": 2147483648})"));
  EXPECT_EQ("thing: seed=-1 is outside 0 to 18446744073709551615", refusal(R"({"seed": -1})"));
  EXPECT_THAT(refusal(R"({"seed": 18446744073709551616})"), HasSubstr("outside"));
  EXPECT_THAT(refusal(R"({"weight": 1e300})"), HasSubstr("outside"));
  EXPECT_EQ(-2147483648LL, read(R"({"count": -2147483648})")->count);
}

TEST(Options, NotANumberIsNoNumber) {
  for (const char* text : {"nan", "inf", "-inf", "", "ten", "1e999"}) {
    EXPECT_THAT(refusal(std::string(R"({"ratio": ")") + text + "\"}"), HasSubstr("is not a number")) << text;
    EXPECT_THAT(refusal(std::string(R"({"count": ")") + text + "\"}"), HasSubstr("is not a whole number"))
        << text;
  }
  Json json = Json::object();
  json["ratio"] = std::nan("");
  EXPECT_FALSE(options_from_json<Options>(json, "thing").ok());
  EXPECT_THAT(refusal(R"({"count": 1.5})"), HasSubstr("count=1.5 is not a whole number"));
  EXPECT_THAT(refusal(R"({"count": true})"), HasSubstr("is not a whole number"));
}

TEST(Options, AllThatIsWrongIsSaidAtOnce) {
  const std::string message =
      refusal(R"({"trees": 0, "loud": "maybe", "criterion": "x", "treees": 3, "ratio": 2})");
  EXPECT_THAT(message, HasSubstr("trees=0 is outside 1 to 100000 trees"));
  EXPECT_THAT(message, HasSubstr("loud=maybe is neither true nor false"));
  EXPECT_THAT(message, HasSubstr("criterion=x is none of gini, entropy"));
  EXPECT_THAT(message, HasSubstr("ratio=2 is outside 0 to 1"));
  EXPECT_THAT(message, HasSubstr("unknown option 'treees'; did you mean 'trees'?"));
}

TEST(Options, OnlyAnObjectHoldsOptions) {
  for (const char* text : {"[]", "3", "null"}) EXPECT_THAT(refusal(text), HasSubstr("not a JSON object"));
}

TEST(Options, WrittenOptionsAreReadAgain) {
  Options options;
  options.seed = UINT64_MAX;
  options.ratio = 1.0 / 3;
  options.text = "a:b=c";
  const Json json = options_to_json(options);
  const auto again = options_from_json<Options>(parse_json(dump_json(json)).value(), "thing");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(json, options_to_json(*again));
}

TEST(Options, AreListedForHelp) {
  const auto options = list_options<Options>();
  std::vector<std::string> types;
  for (const OptionInfo& option : options) types.push_back(option.type);
  EXPECT_THAT(types,
              ElementsAre("integer", "integer", "integer", "number", "number", "flag", "text", "choice"));
  EXPECT_EQ(100, options[0].default_value);
  EXPECT_THAT(options[7].choices, ElementsAre("gini", "entropy"));
}

TEST(Spec, NameAndOptions) {
  const auto spec = parse_spec("forest:trees=1000:max_features=log2");
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ("forest", spec->name);
  EXPECT_EQ("1000", spec->options["trees"]);
  EXPECT_EQ("forest:trees=1000:max_features=log2", to_string(*spec));
  EXPECT_EQ("knn", to_string(parse_spec("knn").value()));
}

TEST(Spec, WhatIsNotOneIsAUsageError) {
  for (const char* text : {"", ":a=1", "forest:", "forest:trees", "forest:=3", "forest:a=1:a=2", " "}) {
    const auto spec = parse_spec(text);
    ASSERT_FALSE(spec.ok()) << text;
    EXPECT_EQ(ErrorCode::kUsage, spec.error().code);
  }
}

}  // namespace
}  // namespace sleeve
