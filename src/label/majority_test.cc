// SPDX-License-Identifier: Apache-2.0
#include "label/majority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MajorityTest : public testing::Test {
 protected:
  Vocabulary rules_ = Vocabulary::parse(
                          "rules 1\ngenre pop\ntags pop, dance pop, edm\ngenre rap\ntags rap, hip hop\n"
                          "genre rock\ntags rock\nsub metal\ntags metal\nignore seen live\n",
                          "test")
                          .value();
  MajorityOptions options_;

  Labelling label(const std::vector<TaggedAlbum>& albums) { return label_albums(albums, rules_, options_); }
  Verdict verdict(const TaggedAlbum& album) { return label({album}).verdicts[0]; }
};

TEST_F(MajorityTest, TheLabelOfMostTagsWins) {
  const Verdict verdict = this->verdict({{"pop", "hip hop", "Dance Pop", "seen live", "zebra"}, {}, {}});
  EXPECT_THAT(verdict.labels, ElementsAre("pop"));
  EXPECT_EQ(verdict.outcome, VerdictOutcome::kMajority);
  EXPECT_EQ(verdict.reason, "pop 2 (pop, dance pop), rap 1 (hip hop): majority");
}

TEST_F(MajorityTest, VotesWeighTags) {
  EXPECT_THAT(verdict({{"pop", "edm", "rap"}, {2, 1, 9}, {}}).labels, ElementsAre("rap"));
  EXPECT_THAT(verdict({{"pop", "rap"}, {0, 1}, {}}).labels, ElementsAre("rap"));
}

TEST_F(MajorityTest, SpellingsOfOneTagVoteOnce) {
  EXPECT_EQ(verdict({{"Hip-Hop", "hip hop", "pop", "edm"}, {}, {}}).labels, std::vector<std::string>{"pop"});
}

TEST_F(MajorityTest, TiesAreSettledAsTheRuleSays) {
  const TaggedAlbum tie{{"pop", "rap"}, {}, {}};
  const TaggedAlbum reversed{{"rap", "pop"}, {}, {}};
  const TaggedAlbum plain{{"rap"}, {}, {}};
  EXPECT_THAT(verdict(tie).labels, IsEmpty());
  EXPECT_EQ(verdict(tie).outcome, VerdictOutcome::kTieDropped);
  options_.ties = TieRule::kPreferFirst;
  EXPECT_THAT(verdict(tie).labels, ElementsAre("pop"));
  EXPECT_THAT(verdict(reversed).labels, ElementsAre("rap"));
  options_.ties = TieRule::kPreferRarer;
  // One album is rap without a tie, none is pop: pop is the rarer label, whatever the order of tags.
  const Labelling labelling = label({tie, reversed, plain});
  EXPECT_THAT(labelling.verdicts[0].labels, ElementsAre("pop"));
  EXPECT_THAT(labelling.verdicts[1].labels, ElementsAre("pop"));
  EXPECT_EQ(labelling.outcomes.at(VerdictOutcome::kTieSettled), 2U);
}

TEST_F(MajorityTest, SeveralLabelsCanBeKept) {
  options_.multi = true;
  EXPECT_THAT(verdict({{"rap", "pop", "edm", "rock"}, {}, {}}).labels, ElementsAre("pop", "rap", "rock"));
  options_.min_share = 0.3;
  EXPECT_THAT(verdict({{"rap", "pop", "edm", "rock"}, {}, {}}).labels, ElementsAre("pop"));
}

TEST_F(MajorityTest, LevelsChooseBetweenBroadGenresAndSubGenres) {
  EXPECT_THAT(verdict({{"metal", "rock"}, {}, {}}).labels, ElementsAre("rock"));
  options_.level = 2;
  EXPECT_THAT(verdict({{"metal"}, {}, {}}).labels, ElementsAre("metal"));
}

TEST_F(MajorityTest, FiltersComeBeforeTheVote) {
  rules_ =
      Vocabulary::parse(
          "rules 1\npopularity-above 40\ntags-above 1\ngenre pop\ntags pop\ngenre rap\ntags rap\n", "test")
          .value();
  const Labelling labelling =
      label({{{"pop"}, {}, 41}, {{"pop", "rap"}, {}, 90}, {{"rap"}, {}, 40}, {{"pop"}, {}, std::nullopt}});
  EXPECT_EQ(labelling.filtered_in, 2U);
  EXPECT_EQ(labelling.tag_albums.at("rap"), 1U);  // the filtered album doesn't count
  EXPECT_THAT(labelling.verdicts[0].labels, ElementsAre("pop"));
  EXPECT_THAT(labelling.verdicts[1].labels, ElementsAre("pop"));  // rap is too rare to vote
  EXPECT_EQ(labelling.verdicts[2].outcome, VerdictOutcome::kFiltered);
  EXPECT_THAT(labelling.verdicts[2].reason, HasSubstr("40 is not above 40"));
  EXPECT_EQ(labelling.verdicts[3].outcome, VerdictOutcome::kFiltered);
}

TEST_F(MajorityTest, UnmatchedTagsComeWithSuggestionsThatARuleFileTakes) {
  const std::vector<TaggedAlbum> albums = {{{"pop", "popp"}, {}, {}},
                                           {{"pop", "zebra"}, {}, {}},
                                           {{"rap", "zebra"}, {}, {}},
                                           {{"pop", "zebra"}, {}, {}},
                                           {{"lonely"}, {}, {}}};
  const auto unmatched = unmatched_tags(albums, rules_, label(albums));
  ASSERT_EQ(unmatched.size(), 3U);
  EXPECT_EQ(unmatched[0].tag, "zebra");
  EXPECT_EQ(unmatched[0].albums, 3U);
  EXPECT_EQ(unmatched[0].label, "pop");
  EXPECT_NEAR(unmatched[0].label_share, 2.0 / 3, 1e-12);
  EXPECT_THAT(unmatched[0].occurs_with, ElementsAre("pop", "rap"));
  EXPECT_EQ(unmatched[2].tag, "popp");
  EXPECT_EQ(unmatched[2].nearest, "pop");
  EXPECT_FALSE(unmatched[1].label.has_value());
  const auto pasted = Vocabulary::parse("rules 1\ngenre rock\n" + as_rules(unmatched), "pasted");
  ASSERT_TRUE(pasted.ok()) << pasted.error().message;
  EXPECT_EQ(pasted->label(pasted->match("zebra")->genre, 1), "pop");
  EXPECT_FALSE(pasted->match("lonely").has_value());
}

TEST(TieRuleTest, NamesAreReadBackAndNearOnesSuggested) {
  for (const std::string& name : tie_rule_names()) EXPECT_EQ(name_of(tie_rule_of(name).value()), name);
  EXPECT_THAT(tie_rule_of("prefer-rare").error().message, HasSubstr("did you mean 'prefer-rarer'?"));
}

}  // namespace
}  // namespace sleeve
