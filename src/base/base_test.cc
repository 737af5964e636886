// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/rng.h"

TEST(Rng, SameSeedSameSequence) {
  sleeve::Rng a(7);
  sleeve::Rng b(7);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
}
