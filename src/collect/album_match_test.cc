// SPDX-License-Identifier: Apache-2.0
#include "collect/album_match.h"

#include <gtest/gtest.h>

namespace sleeve {
namespace {

TEST(AlbumMatch, SpellingsOfOneNameAreOne) {
  EXPECT_EQ(plain_name("The Dark Side of the Moon (2011 Remaster) [Deluxe]"), "dark side of the moon");
  EXPECT_EQ(plain_name("Simon & Garfunkel"), plain_name("Simon and Garfunkel"));
  EXPECT_EQ(plain_name("Sigur Rós"), "sigur ros");
  EXPECT_EQ(plain_name("Motörhead"), "motorhead");
  EXPECT_EQ(plain_name("Łódź, Żółć"), "lodz zolc");
  EXPECT_EQ(plain_name("Straße / Œuvre"), "strasse oeuvre");
  EXPECT_EQ(plain_name("AC/DC"), "ac dc");
  EXPECT_EQ(plain_name("Don't"), "dont");
  EXPECT_EQ(plain_name("(What's the Story)"), "whats the story")
      << "nothing would be left without its brackets";
  EXPECT_EQ(plain_name("東京"), "東京");
  EXPECT_EQ(plain_name("\xC3"), plain_name("?")) << "bytes that are no text are no letters";
}

TEST(AlbumMatch, ScoreIsThatOfTheWorseName) {
  EXPECT_DOUBLE_EQ(match_score("OK Computer", "Radiohead", "OK Computer OKNOTOK", "Radiohead"),
                   name_similarity("OK Computer", "OK Computer OKNOTOK"));
  EXPECT_DOUBLE_EQ(match_score("Blue", "Joni Mitchell", "Blue (Remastered)", "joni mitchell"), 1);
  EXPECT_DOUBLE_EQ(match_score("Blue", "", "Blue", ""), 0) << "a title alone names no album";
  EXPECT_LT(match_score("Greatest Hits", "Queen", "Greatest Hits", "Eagles"), 0.5);
  EXPECT_GT(match_score("Sgt Pepper's Lonely Hearts Club Band", "Beatles",
                        "Sgt. Peppers Lonely Heart Club Band", "The Beatles"),
            0.85);
  // Pairs of " ab " and " abc ": " a" and "ab" of 3 and 4.
  EXPECT_DOUBLE_EQ(name_similarity("ab", "abc"), 4.0 / 7.0);
}

}  // namespace
}  // namespace sleeve
