// SPDX-License-Identifier: Apache-2.0
// Labels from figures: popularity classes and balance.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "label/balance.h"
#include "label/popularity.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

std::string class_of(const Rating& rating) { return rating.class_name.value_or("-"); }

TEST(PopularityTest, ThresholdsAreTheOriginals) {
  PopularityOptions options;
  options.above = 40;
  options.thresholds = {70};
  const std::vector<RatedAlbum> albums = {{40, ""}, {41, ""}, {70, ""}, {71, ""}, {std::nullopt, ""}};
  const PopularityClasses classes = classify_popularity(albums, options).value();
  EXPECT_TRUE(classes.ratings[0].left_out);
  EXPECT_EQ(class_of(classes.ratings[1]), "common");
  EXPECT_EQ(class_of(classes.ratings[2]), "common");
  EXPECT_EQ(class_of(classes.ratings[3]), "popular");
  EXPECT_EQ(class_of(classes.ratings[4]), "-");  // unknown stays unknown
  EXPECT_EQ(classes.unknown, 1U);
  EXPECT_EQ(classes.left_out, 1U);
  EXPECT_EQ(classes.ratings[3].reason, "popularity 71 is above 70");
}

TEST(PopularityTest, QuantilesCutByRankAndEqualFiguresShareAClass) {
  PopularityOptions options;
  options.quantiles = {0.5};
  std::vector<RatedAlbum> albums;
  for (const double figure : {10, 20, 30, 40}) albums.push_back({figure, ""});
  auto classes = classify_popularity(albums, options).value();
  EXPECT_EQ(classes.class_albums.at("common"), 2U);
  EXPECT_EQ(class_of(classes.ratings[2]), "popular");
  EXPECT_EQ(classes.ratings[3].reason, "popularity 40: rank 1 of 4");
  albums = {{10, ""}, {30, ""}, {30, ""}, {30, ""}};
  classes = classify_popularity(albums, options).value();
  EXPECT_EQ(class_of(classes.ratings[1]), "popular");
  EXPECT_EQ(class_of(classes.ratings[1]), class_of(classes.ratings[3]));
}

TEST(PopularityTest, RanksWithinGroupsIgnoreHowPopularTheGroupIs) {
  PopularityOptions options;
  options.quantiles = {0.5};
  options.within = true;
  options.min_group = 2;
  const std::vector<RatedAlbum> albums = {{90, "chart"}, {80, "chart"}, {5, "demo"},
                                          {9, "demo"},   {50, "alone"}, {50, ""}};
  const PopularityClasses classes = classify_popularity(albums, options).value();
  EXPECT_EQ(class_of(classes.ratings[0]), "popular");
  EXPECT_EQ(class_of(classes.ratings[1]), "common");
  EXPECT_EQ(class_of(classes.ratings[2]), "common");
  EXPECT_EQ(class_of(classes.ratings[3]), "popular");
  EXPECT_EQ(class_of(classes.ratings[4]), "-");
  EXPECT_EQ(classes.small_group, 1U);
  EXPECT_EQ(classes.without_group, 1U);
}

TEST(PopularityTest, WrongOptionsAreExplained) {
  const auto error = [](const PopularityOptions& options) {
    const auto result = classify_popularity({}, options);
    return result.ok() ? std::string("accepted") : result.error().message;
  };
  PopularityOptions options;
  EXPECT_THAT(error(options), HasSubstr("name a filter"));
  options.thresholds = {70, 60};
  EXPECT_THAT(error(options), HasSubstr("must ascend"));
  options.thresholds = {140};
  EXPECT_THAT(error(options), HasSubstr("not between 0 and 100"));
  options.thresholds = {70};
  options.names = {"a"};
  EXPECT_THAT(error(options), HasSubstr("2 classes"));
  options.names = {"a", "a"};
  EXPECT_THAT(error(options), HasSubstr("different"));
  options.names = {};
  options.within = true;
  EXPECT_THAT(error(options), HasSubstr("need quantiles"));
  options.quantiles = {0.5};
  EXPECT_THAT(error(options), HasSubstr("together"));
}

std::vector<BalanceItem> items_of(const std::vector<std::pair<std::string, size_t>>& classes) {
  std::vector<BalanceItem> items;
  for (const auto& [label, count] : classes) {
    for (size_t i = 0; i < count; ++i)
      items.push_back({{label}, {label + "-artist-" + std::to_string(i % 3)}});
  }
  return items;
}

TEST(BalanceTest, CapsAndMinimaAreKept) {
  const auto items = items_of({{"pop", 30}, {"rock", 12}, {"jazz", 2}});
  BalanceOptions options;
  options.max_per_artist = 5;
  options.min_per_class = 3;
  options.max_per_class = 10;
  const Balance result = balance(items, options).value();
  EXPECT_EQ(result.before, (std::map<std::string, size_t>{{"jazz", 2}, {"pop", 30}, {"rock", 12}}));
  EXPECT_EQ(result.after, (std::map<std::string, size_t>{{"jazz", 0}, {"pop", 10}, {"rock", 10}}));
  EXPECT_EQ(result.by_artist, 15U);  // 3 artists × 5 of pop stay; rock has 4 an artist
  EXPECT_EQ(result.by_min, 2U);
  EXPECT_EQ(result.by_max, 7U);
  std::map<std::string, size_t> artists;
  for (size_t i = 0; i < items.size(); ++i) artists[items[i].artists[0]] += result.out[i].empty() ? 1 : 0;
  for (const auto& [artist, count] : artists) EXPECT_LE(count, 5U) << artist;
}

TEST(BalanceTest, SmallestClassIsTheMeasure) {
  BalanceOptions options;
  options.to_smallest = true;
  const Balance result = balance(items_of({{"pop", 30}, {"rock", 12}, {"jazz", 4}}), options).value();
  EXPECT_EQ(result.after, (std::map<std::string, size_t>{{"jazz", 4}, {"pop", 4}, {"rock", 4}}));
}

TEST(BalanceTest, SeedDecidesAndNothingElse) {
  const auto items = items_of({{"pop", 30}, {"rock", 30}});
  BalanceOptions options;
  options.max_per_class = 10;
  const Balance first = balance(items, options).value();
  EXPECT_EQ(first.out, balance(items, options).value().out);
  options.seed = 23;
  EXPECT_NE(first.out, balance(items, options).value().out);
}

TEST(BalanceTest, UnknownArtistsAreNotOneArtist) {
  const std::vector<BalanceItem> items(6, {{"pop"}, {}});
  BalanceOptions options;
  options.max_per_artist = 1;
  EXPECT_EQ(balance(items, options).value().by_artist, 0U);
}

TEST(BalanceTest, LimitsThatLeaveNothingAreRefused) {
  BalanceOptions options;
  EXPECT_EQ(balance(items_of({{"pop", 3}}), options).error().code, ErrorCode::kUsage);
  options.min_per_class = 4;
  EXPECT_EQ(balance(items_of({{"pop", 3}}), options).error().code, ErrorCode::kNoData);
  options.max_per_class = 0;
  EXPECT_EQ(balance(items_of({{"pop", 3}}), options).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace sleeve
