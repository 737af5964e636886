// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Csv, PlainTable) {
  const auto table = parse_csv("file,genre\na.jpg,Pop\nb.jpg,Rock");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->columns, ElementsAre("file", "genre"));
  ASSERT_EQ(2U, table->rows.size());
  EXPECT_THAT(table->rows[1].fields, ElementsAre("b.jpg", "Rock"));
  EXPECT_EQ(3U, table->rows[1].line);
  EXPECT_EQ(1U, table->column("genre"));
  EXPECT_EQ(std::nullopt, table->column("Genre"));
}

TEST(Csv, ByteOrderMarkCrlfQuotesAndBlankLines) {
  const auto table =
      parse_csv("\xEF\xBB\xBF file ,title\r\n\r\na.jpg,\"He said \"\"no\"\", twice\"\r\n\"b\nb\",\r\n");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->columns, ElementsAre("file", "title"));
  ASSERT_EQ(2U, table->rows.size());
  EXPECT_THAT(table->rows[0].fields, ElementsAre("a.jpg", "He said \"no\", twice"));
  EXPECT_EQ(3U, table->rows[0].line);
  EXPECT_THAT(table->rows[1].fields, ElementsAre("b\nb", ""));
  EXPECT_EQ(4U, table->rows[1].line);
}

TEST(Csv, ARowOfTheWrongLengthKeepsItsPlaceAndSaysWhy) {
  const auto table = parse_csv("a,b\n1\n1,2,3\n1,2\n\"1\"x,2\n");
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(4U, table->rows.size());
  EXPECT_EQ("1 fields where the header has 2", table->rows[0].problem);
  EXPECT_EQ("3 fields where the header has 2", table->rows[1].problem);
  EXPECT_EQ("", table->rows[2].problem);
  EXPECT_EQ("text after a closing quote", table->rows[3].problem);
}

TEST(Csv, AnOpenQuoteSpoilsOnlyItsRow) {
  for (const char* text : {"a,b\n1,2\n\"3,4\n5,6\n7,8\n", "a,b\r1,2\r\"3,4\r5,6\r7,8\r"}) {
    const auto table = parse_csv(text);
    ASSERT_TRUE(table.ok());
    ASSERT_EQ(4U, table->rows.size());
    EXPECT_EQ("a quote that never closes", table->rows[1].problem);
    EXPECT_EQ(3U, table->rows[1].line);
    EXPECT_THAT(table->rows[2].fields, ElementsAre("5", "6"));
    EXPECT_EQ(4U, table->rows[2].line);
    EXPECT_EQ("", table->rows[3].problem);
  }
}

TEST(Csv, ARowOfSeveralLinesWithAnOpenQuoteIsGivenUpToThatQuote) {
  const auto table = parse_csv("a,b\n\"1\n2\",\"3\n4,5\n");
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(2U, table->rows.size());
  EXPECT_EQ("a quote that never closes", table->rows[0].problem);
  EXPECT_EQ(2U, table->rows[0].line);
  EXPECT_THAT(table->rows[1].fields, ElementsAre("4", "5"));
  EXPECT_EQ(4U, table->rows[1].line);
}

TEST(Csv, ATableWithoutAHeaderIsAnError) {
  for (const char* text : {"", "\n\r\n", "\xEF\xBB\xBF", "\"a,b\n"}) {
    const auto table = parse_csv(text);
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_EQ(ErrorCode::kCorrupt, table.error().code);
    EXPECT_THAT(table.error().message, HasSubstr("no header row"));
  }
}

TEST(Csv, AColumnTwiceIsAnError) {
  const auto table = parse_csv("file,genre, file\n");
  ASSERT_FALSE(table.ok());
  EXPECT_EQ("column 'file' stands twice in the header", table.error().message);
}

TEST(Csv, NulBytesAreAnError) {
  const auto table = parse_csv(std::string_view("f\0i\0l\0e\0", 8));
  ASSERT_FALSE(table.ok());
  EXPECT_THAT(table.error().message, HasSubstr("NUL"));
}

// Each shape, at two megabytes, would take minutes if anything looked back over the text.
TEST(Csv, HostileTextsTakeLinearTime) {
  const auto start = std::chrono::steady_clock::now();
  std::string columns;
  for (int i = 0; i < 200'000; ++i) columns += "column" + std::to_string(i) + ",";
  EXPECT_TRUE(parse_csv(columns).ok());
  for (const std::string line :
       {"\"\n", "\"a\"\",\n", "x\",\"\"\"\"\"\n", "a,\"b\n", "\"\"\"\"\n", "a\"\"\n"}) {
    std::string text = "a,b\n\"";
    while (text.size() < 2'000'000) text += line;
    EXPECT_TRUE(parse_csv(text).ok());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(Csv, WhatIsWrittenIsReadAgain) {
  const std::vector<std::vector<std::string>> rows = {
      {"plain", "with, comma"}, {"with \"quotes\"", "two\nlines"}, {"", " spaces "}, {"\r", ""}};
  std::string text = "a,b\n";
  for (const auto& row : rows) text += csv_line(row);
  const auto table = parse_csv(text);
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(rows.size(), table->rows.size());
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], table->rows[i].fields) << i;
  // One empty field is not a blank line, which would be skipped.
  const std::vector<std::string> empty = {""};
  const auto single = parse_csv("a\n" + csv_line(empty));
  ASSERT_EQ(1U, single->rows.size());
  EXPECT_THAT(single->rows[0].fields, ElementsAre(""));
}

}  // namespace
}  // namespace sleeve
