// SPDX-License-Identifier: Apache-2.0
#include "report/heat_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using testing::HasSubstr;

TEST(HeatMapTest, ShowsNamesFiguresAndBothSigns) {
  const HeatMapInput input{"Tags", "of 9 albums", {"pop", "rock & roll"}, {{1, -1}, {-1, 1}}, {{0, 1}}};
  const std::string svg = to_svg(heat_map_figure(input).value());
  EXPECT_THAT(svg, HasSubstr("rock &amp; roll"));
  EXPECT_THAT(svg, HasSubstr("-1.00"));
  EXPECT_THAT(svg, HasSubstr("#ba342c"));  // the red of -1
  EXPECT_TRUE(to_png(heat_map_figure(input).value()).ok());
}

TEST(HeatMapTest, ManyRowsStillFitAPicture) {
  HeatMapInput input;
  for (size_t i = 0; i < 300; ++i) {
    input.names.push_back("tag " + std::to_string(i));
    input.values.emplace_back(300, 0.1);
  }
  const Drawing drawing = heat_map_figure(input).value();
  EXPECT_LT(drawing.width(), 1400);
  EXPECT_LT(drawing.height(), 1400);
}

TEST(HeatMapTest, NothingToShowIsAnError) { EXPECT_EQ(heat_map_figure({}).error().code, ErrorCode::kNoData); }

}  // namespace
}  // namespace sleeve
