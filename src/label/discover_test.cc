// SPDX-License-Identifier: Apache-2.0
#include "label/discover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<TaggedAlbum> albums_of(const std::vector<std::vector<std::string>>& tags) {
  std::vector<TaggedAlbum> albums;
  for (const auto& list : tags) albums.push_back({list, {}, 50});
  return albums;
}

TEST(DiscoverTest, CorrelationIsPearsonsOfHavingTheTags) {
  // pop 1 1 1 0, dance 1 1 0 0, rock 0 0 0 1 (numpy.corrcoef).
  const auto albums = albums_of({{"pop", "dance"}, {"pop", "dance"}, {"pop"}, {"rock"}});
  DiscoverOptions options;
  options.tags_above = 0;
  const DiscoveredTags found = discover_tags(albums, options).value();
  EXPECT_THAT(found.tags, ElementsAre("pop", "dance", "rock"));
  EXPECT_THAT(found.counts, ElementsAre(3, 2, 1));
  EXPECT_NEAR(found.correlation[0][1], 0.57735026918962, 1e-12);
  EXPECT_NEAR(found.correlation[0][2], -1, 1e-12);
  EXPECT_NEAR(found.correlation[1][2], -0.57735026918962, 1e-12);
  EXPECT_EQ(found.correlation[2][2], 1);
  ASSERT_EQ(found.clusters.size(), 2U);
  EXPECT_EQ(found.clusters[0].name, "pop");
  EXPECT_THAT(found.clusters[0].tags, ElementsAre(0, 1));
}

TEST(DiscoverTest, LinkagesDifferInWhatIsNear) {
  // b goes with a and with c, which never meet.
  const auto albums =
      albums_of({{"a", "b"}, {"a", "b"}, {"b", "c"}, {"b", "c"}, {"a"}, {"c"}, {}, {}, {}, {}});
  DiscoverOptions options;
  options.tags_above = 0;
  options.merge_above = 0.2;
  options.linkage = Linkage::kSingle;
  EXPECT_EQ(discover_tags(albums, options)->clusters.size(), 1U);
  options.linkage = Linkage::kComplete;
  EXPECT_EQ(discover_tags(albums, options)->clusters.size(), 2U);
  options.linkage = Linkage::kAverage;
  EXPECT_EQ(discover_tags(albums, options)->clusters.size(), 2U);
}

TEST(DiscoverTest, FiltersAreTheRuleFilesToo) {
  auto albums =
      albums_of({{"pop", "dance"}, {"pop", "dance"}, {"pop", "dance"}, {"rock"}, {"rock"}, {"jazz"}});
  albums.push_back({{"rock"}, {}, 10});
  DiscoverOptions options;
  options.popularity_above = 40;
  options.tags_above = 1;
  const DiscoveredTags found = discover_tags(albums, options).value();
  EXPECT_EQ(found.albums, 6U);
  EXPECT_THAT(found.tags, ElementsAre("dance", "pop", "rock"));
  EXPECT_THAT(found.counts, ElementsAre(3, 3, 2));
  const auto rules = Vocabulary::parse(as_rules(found, options), "found");
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  EXPECT_EQ(rules->popularity_above(), 40.0);
  EXPECT_EQ(rules->tags_above(), 1U);
  EXPECT_EQ(rules->label(rules->match("Pop")->genre, 1), "dance");
  EXPECT_THAT(as_csv(found), HasSubstr("tag,albums,dance,pop,rock\n"));
}

TEST(DiscoverTest, TooFewTagsIsAnError) {
  EXPECT_EQ(discover_tags(albums_of({{"pop"}}), {}).error().code, ErrorCode::kNoData);
  EXPECT_THAT(linkage_of("averge").error().message, HasSubstr("did you mean 'average'?"));
}

}  // namespace
}  // namespace sleeve
