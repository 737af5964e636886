// SPDX-License-Identifier: Apache-2.0
// After each storm the catalogue is the one that was collected in calm.
#include <gtest/gtest.h>

#include "collect/testing/catalogue_dump.h"
#include "collect/testing/collect_fixture.h"
#include "collect/testing/fake_metabrainz.h"

namespace sleeve {
namespace {

struct Weather {
  const char* name;
  std::vector<Fault> faults;
  double rate;
};

class StormTest : public CollectFixture, public ::testing::WithParamInterface<Weather> {};

TEST_P(StormTest, LeavesTheSameAsCalm) {
  FakeMetabrainzOptions world;
  world.albums = 130;
  world.placeholders = 8;
  FakeMetabrainz fake(world);
  CollectOptions wish;
  wish.genres = {"rock", "jazz"};
  wish.per_genre = 25;
  wish.charts = {"all_time"};
  wish.limit = 60;
  ASSERT_EQ(collect_from(fake.urls(), wish, "calm").stop, StopReason::kNone);
  StormOptions storm{1, GetParam().rate, GetParam().faults, 2};
  fake.set_storm(storm);
  fake.set_storm_of_pictures(storm);
  size_t runs = 0;
  for (; runs < 60; ++runs) {
    const auto report = try_collect(wish, settings(fake.urls()), false, "storm");
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(picture_faults(at("storm")), "");
    if (report->stop == StopReason::kNone && report->pictures_failed == 0) break;
  }
  EXPECT_LT(runs, 60U);
  EXPECT_GT(fake.faults(), 0U) << "too little wind to say anything";
  EXPECT_EQ(catalogue_difference(at("storm"), at("calm")), "");
}

INSTANTIATE_TEST_SUITE_P(
    All, StormTest,
    ::testing::Values(
        Weather{"TooManyRequests", {Fault::kTooMany}, 0.4}, Weather{"Busy", {Fault::kBusy}, 0.4},
        Weather{"ServerErrors", {Fault::kServerError}, 0.4}, Weather{"CutAnywhere", {Fault::kCut}, 0.5},
        Weather{"WrongLength", {Fault::kWrongLength}, 0.4}, Weather{"HalfBodies", {Fault::kHalf}, 0.4},
        Weather{"Slow", {Fault::kSlow}, 0.3}, Weather{"Stuck", {Fault::kStuck}, 0.015},
        Weather{"WifiPage", {Fault::kPage}, 0.3},
        Weather{
            "HostileJson", {Fault::kDeepJson, Fault::kHugeNumbers, Fault::kWrongTypes, Fault::kBadUtf8}, 0.4},
        Weather{"Redirects", {Fault::kRedirectLoop, Fault::kRedirectFile}, 0.1},
        Weather{"Everything",
                {Fault::kTooMany, Fault::kBusy, Fault::kServerError, Fault::kCut, Fault::kWrongLength,
                 Fault::kHalf, Fault::kSlow, Fault::kPage, Fault::kDeepJson, Fault::kWrongTypes,
                 Fault::kRedirectLoop},
                0.3}),
    [](const auto& weather) { return weather.param.name; });

}  // namespace
}  // namespace sleeve
