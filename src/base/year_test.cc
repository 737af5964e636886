// SPDX-License-Identifier: Apache-2.0
#include "base/year.h"

#include <gtest/gtest.h>

namespace sleeve {
namespace {

TEST(Year, BeginsADate) {
  for (const char* date : {"1994", "1994-08", "1994-08-22", "1994/08", "1994.8.22", "1994-08-22T00:00:00Z"}) {
    EXPECT_EQ(year_of(date), 1994) << date;
  }
}

TEST(Year, IsUnknownWhereNoneStands) {
  for (const char* text : {"", "0", "0000", "0999", "3000", "199", "19945", "1994a", "94-08", "-199", " 1994",
                           "22.08.1994", "unknown"}) {
    EXPECT_EQ(year_of(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sleeve
