// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <clocale>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using ::testing::ElementsAre;

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_THAT(split_text("a,b,,c", ','), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(split_text("", ','), ElementsAre(""));
  EXPECT_THAT(split_text(",", ','), ElementsAre("", ""));
}

TEST(Text, TrimTakesSpaceOffBothEnds) {
  EXPECT_EQ("a b", trim(" \t a b\r\n"));
  EXPECT_EQ("", trim(" \n"));
}

TEST(Text, NumbersAreTheWholeText) {
  EXPECT_EQ(1.5, parse_number("1.5"));
  EXPECT_EQ(-2e3, parse_number("-2e3"));
  for (const char* text : {"", " 1", "1 ", "1x", "1,5", "nan", "inf", "-inf", "1e999"}) {
    EXPECT_EQ(std::nullopt, parse_number(text)) << text;
  }
  EXPECT_EQ(-9223372036854775807 - 1, parse_integer("-9223372036854775808"));
  for (const char* text : {"", "1.0", "9223372036854775808", "0x10", "+1"}) {
    EXPECT_EQ(std::nullopt, parse_integer(text)) << text;
  }
}

TEST(Text, TypingErrorsFindTheirWord) {
  const std::vector<std::string> words = {"forest", "logistic", "knn"};
  EXPECT_EQ("forest", nearest_word("forrest", words));
  EXPECT_EQ("knn", nearest_word("kn", words));
  EXPECT_EQ(std::nullopt, nearest_word("perceptron", words));
  EXPECT_EQ("; did you mean 'logistic'?", suggestion("logistc", words));
  EXPECT_EQ("; known: forest, logistic, knn", suggestion("perceptron", words));
  EXPECT_EQ("", suggestion("x", {}));
}

TEST(Text, ThousandsAreMarked) {
  EXPECT_EQ("0", with_thousands(0));
  EXPECT_EQ("999", with_thousands(999));
  EXPECT_EQ("1,000", with_thousands(1000));
  EXPECT_EQ("-1,234,567", with_thousands(-1234567));
  EXPECT_EQ("-999", with_thousands(-999));
}

TEST(Text, TablesAlignByCharactersAndNotBytes) {
  const std::vector<std::vector<std::string>> rows = {{"genre", "n"}, {"Björk", "12"}, {"x"}};
  EXPECT_EQ("genre   n\nBjörk  12\nx\n", align_table(rows));
  EXPECT_EQ("", align_table({}));
}

TEST(Text, PrintableKeepsUtf8AndEscapesTheRest) {
  EXPECT_EQ("Sigur Rós – ágætis", printable(std::string_view("Sigur Rós – ágætis")));
  EXPECT_EQ("a\\x0A\\x1B[31m", printable(std::string_view("a\n\x1B[31m")));
  EXPECT_EQ("\\xFF\\xC3", printable(std::string_view("\xFF\xC3")));           // no sequence, half a sequence
  EXPECT_EQ("\\xC0\\x80", printable(std::string_view("\xC0\x80")));           // overlong
  EXPECT_EQ("\\xED\\xA0\\x80", printable(std::string_view("\xED\xA0\x80")));  // surrogate
  EXPECT_EQ("\xF4\x8F\xBF\xBF", printable(std::string_view("\xF4\x8F\xBF\xBF")));
  EXPECT_EQ("\\xF4\\x90\\x80\\x80", printable(std::string_view("\xF4\x90\x80\x80")));  // beyond U+10FFFF
}

TEST(IsUtf8, TellsTextFromOtherBytes) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("Música 日本"));
  EXPECT_FALSE(is_utf8("M\xfasica"));
  EXPECT_FALSE(is_utf8("cut \xE6\x97"));
}

TEST(NearestWord, TwoSwappedLettersAreOneSlip) {
  const std::vector<std::string> words = {"train", "evaluate"};
  EXPECT_EQ(nearest_word("trian", words), "train");
  EXPECT_EQ(nearest_word("brain-dead", words), std::nullopt);
}

TEST(AsciiLower, LeavesOtherCharactersAlone) { EXPECT_EQ(ascii_lower("The BEATLES Ü"), "the beatles Ü"); }

}  // namespace
}  // namespace sleeve
