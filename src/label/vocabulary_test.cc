// SPDX-License-Identifier: Apache-2.0
#include "label/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "label/tag.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

TEST(TagTest, SpellingsOfOneTagAreOne) {
  EXPECT_EQ(normalised_tag("Hip-Hop"), "hip hop");
  EXPECT_EQ(normalised_tag("  hip  HOP "), "hip hop");
  EXPECT_EQ(normalised_tag("Rock'n'Roll"), "rock and roll");
  EXPECT_EQ(normalised_tag("Rock & Roll"), "rock and roll");
  EXPECT_EQ(normalised_tag("drum n bass"), "drum and bass");
  EXPECT_EQ(normalised_tag("Jazz+Funk"), "jazz and funk");
  EXPECT_EQ(normalised_tag("M\xC3\xBAsica Cl\xC3\xA1sica"), "musica clasica");
  EXPECT_EQ(normalised_tag("Folk, World, & Country"), "folk world and country");
  EXPECT_EQ(normalised_tag("Children\xE2\x80\x99s"), "childrens");
  EXPECT_EQ(normalised_tag("\xD0\xA0\xD0\x9E\xD0\x9A"), "\xD1\x80\xD0\xBE\xD0\xBA");  // Cyrillic rock
  EXPECT_EQ(normalised_tag("(17)"), "17");
  EXPECT_EQ(normalised_tag("!?"), "");
}

TEST(TagTest, TextThatIsNoUtf8IsNoProblem) {
  EXPECT_EQ(normalised_tag("caf\xE9"), "caf\xE9");
  EXPECT_EQ(normalised_tag("\xC3"), "\xC3");
}

TEST(TagTest, PatternsFitAnyText) {
  EXPECT_TRUE(fits_pattern("indie rock", "* rock"));
  EXPECT_FALSE(fits_pattern("rock", "* rock"));
  EXPECT_TRUE(fits_pattern("a rock b rock", "*rock"));
  EXPECT_TRUE(fits_pattern("deep house music", "*house*"));
  EXPECT_FALSE(fits_pattern("housing", "*house*"));
  EXPECT_TRUE(fits_pattern("", "*"));
}

Vocabulary preset(std::string_view name) {
  for (const RulePreset& preset : rule_presets()) {
    if (preset.name != name) continue;
    auto vocabulary = Vocabulary::parse(preset.text, name);
    EXPECT_TRUE(vocabulary.ok()) << vocabulary.error().message;
    return std::move(vocabulary).value();
  }
  ADD_FAILURE() << "no preset " << name;
  return {};
}

std::string label(const Vocabulary& vocabulary, std::string_view tag, int level = 1) {
  const auto match = vocabulary.match(tag);
  if (!match) return "(unknown)";
  return match->genre == kIgnored ? "(ignored)" : vocabulary.label(match->genre, level);
}

TEST(DefaultRulesTest, KnowWhatSourcesCallGenres) {
  const Vocabulary rules = preset("default");
  EXPECT_EQ(label(rules, "HipHop"), "Hip-Hop");       // a folder of discogs covers
  EXPECT_EQ(label(rules, "Hip-Hop/Rap"), "Hip-Hop");  // iTunes
  EXPECT_EQ(label(rules, "post-teen pop"), "Pop");    // Spotify
  EXPECT_EQ(label(rules, "east coast hip hop"), "Hip-Hop");
  EXPECT_EQ(label(rules, "australian pop"), "Pop");  // by pattern
  EXPECT_EQ(label(rules, "swedish death metal"), "Metal");
  EXPECT_EQ(label(rules, "swedish death metal", 2), "Death metal");
  EXPECT_EQ(label(rules, "Folk, World, & Country"), "World");  // Discogs
  EXPECT_EQ(label(rules, "Funk / Soul"), "R&B");
  EXPECT_EQ(label(rules, "RnB"), "R&B");
  EXPECT_EQ(label(rules, "(17)"), "Rock");  // ID3
  EXPECT_EQ(label(rules, "131"), "Rock");
  EXPECT_EQ(label(rules, "131", 2), "Alternative");
  EXPECT_EQ(label(rules, "147"), "Pop");
  EXPECT_EQ(label(rules, "191"), "Electronic");
  EXPECT_EQ(label(rules, "Klassische Musik"), "Classical");
  EXPECT_EQ(label(rules, "\xD0\xA0\xD0\xBE\xD0\xBA"), "Rock");
  EXPECT_EQ(label(rules, "\xE3\x82\xB8\xE3\x83\xA3\xE3\x82\xBA"), "Jazz");
  EXPECT_EQ(label(rules, "seen live"), "(ignored)");
  EXPECT_EQ(label(rules, "zebra"), "(unknown)");
}

TEST(DefaultRulesTest, HaveFourteenBroadGenresAndANameForEveryId3Number) {
  const Vocabulary rules = preset("default");
  size_t broad = 0;
  for (const Genre& genre : rules.genres()) broad += genre.parent < 0 ? 1 : 0;
  EXPECT_EQ(broad, 14U);
  for (int number = 0; number <= 191; ++number) {
    EXPECT_TRUE(rules.match(std::to_string(number)).has_value()) << number;
  }
  EXPECT_FALSE(rules.match("192").has_value());
}

TEST(OriginalRulesTest, AreThoseOfTheOriginal) {
  const Vocabulary rules = preset("original");
  EXPECT_EQ(rules.popularity_above(), 40.0);
  EXPECT_EQ(rules.tags_above(), 100U);
  EXPECT_EQ(label(rules, "tropical house"), "pop");
  EXPECT_EQ(label(rules, "urban contemporary"), "rap");
  EXPECT_EQ(label(rules, "modern rock"), "rock");
  EXPECT_EQ(label(rules, "pop rock"), "(ignored)");
  EXPECT_EQ(label(rules, "soft rock"), "(unknown)");
}

TEST(VocabularyTest, EqualTagsGoBeforePatternsAndLongPatternsBeforeShort) {
  const Vocabulary rules =
      Vocabulary::parse(
          "rules 1\ngenre A\nlike * rock\ngenre B\nlike * metal rock\ntags old metal rock\ngenre C\n"
          "tags new rock\n",
          "r")
          .value();
  EXPECT_EQ(label(rules, "hard rock"), "A");
  EXPECT_EQ(label(rules, "hard metal rock"), "B");
  EXPECT_EQ(label(rules, "new rock"), "C");
  EXPECT_EQ(rules.match("hard rock")->line, 3U);
  EXPECT_EQ(rules.match("hard rock")->rule, "* rock");
}

TEST(VocabularyTest, SubGenresMakeATree) {
  const Vocabulary rules =
      Vocabulary::parse(
          "rules 1\ngenre Rock\nsub Metal\nsub Black metal under Metal\ntags black metal # dark\n", "r")
          .value();
  EXPECT_EQ(label(rules, "black metal", 1), "Rock");
  EXPECT_EQ(label(rules, "black metal", 2), "Metal");
  EXPECT_EQ(label(rules, "black metal", 3), "Black metal");
  EXPECT_EQ(label(rules, "black metal", 9), "Black metal");
}

struct WrongFile {
  const char* text;
  const char* line;
  const char* reason;
};

class WrongRules : public testing::TestWithParam<WrongFile> {};

TEST_P(WrongRules, AreRefusedWithLineAndReason) {
  const auto rules = Vocabulary::parse(GetParam().text, "my.rules");
  ASSERT_FALSE(rules.ok());
  EXPECT_EQ(rules.error().code, ErrorCode::kUsage);
  EXPECT_THAT(rules.error().message, HasSubstr(GetParam().line));
  EXPECT_THAT(rules.error().message, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongRules,
    testing::Values(WrongFile{"genre A\n", "my.rules:1:", "begins with the line 'rules 1'"},
                    WrongFile{"rules 2\n", "my.rules:1:", "format '2'"},
                    WrongFile{"rules 1\n\ngenre A\ntag b\n", "my.rules:4:", "did you mean 'tags'?"},
                    WrongFile{"rules 1\ntags a\n", "my.rules:2:", "need a 'genre'"},
                    WrongFile{"rules 1\ngenre A\nsub B\ngenre B\n", "my.rules:4:", "another place"},
                    WrongFile{"rules 1\ngenre Rock\nsub Metal under Rok\n",
                              "my.rules:3:", "did you mean 'Rock'?"},
                    WrongFile{"rules 1\ngenre A\ntags Hip-Hop\ngenre B\ntags hip hop\n",
                              "my.rules:5:", "means A in line 3"},
                    WrongFile{"rules 1\ngenre A\ntags a, , b\n", "my.rules:3:", "'' is no tag"},
                    WrongFile{"rules 1\ngenre A\ntags * rock\n", "my.rules:3:", "behind 'like'"},
                    WrongFile{"rules 1\ngenre A\nlike rock\n", "my.rules:3:", "behind 'tags'"},
                    WrongFile{"rules 1\ngenre A\nlike *\n", "my.rules:3:", "is no tag"},
                    WrongFile{"rules 1\ngenre A\nid3 300: a\n", "my.rules:3:", "0 to 255"},
                    WrongFile{"rules 1\npopularity-above 140\n", "my.rules:2:", "0 to 100"},
                    WrongFile{"rules 1\ntags-above many\n", "my.rules:2:", "whole number"},
                    WrongFile{"rules 1\ngenre\n", "my.rules:2:", "nothing behind it"},
                    WrongFile{"rules 1\n", "my.rules:", "names no genre"},
                    WrongFile{"rules 1\ngenre \xFF\n", "my.rules:", "UTF-8"}));

}  // namespace
}  // namespace sleeve
