// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using ::testing::Each;

TEST(Parallel, EveryIndexOnce) {
  for (const size_t threads : {1U, 2U, 8U}) {
    const ThreadLimit limit(threads);
    EXPECT_EQ(threads, thread_count());
    std::vector<int> counts(10'000);
    parallel_for(counts.size(), [&](size_t i) { ++counts[i]; });
    EXPECT_THAT(counts, Each(1));
  }
}

TEST(Parallel, NothingToDo) {
  parallel_for(0, [](size_t) { FAIL() << "there is no index"; });
}

TEST(Parallel, CallsMayNest) {
  const ThreadLimit limit(4);
  std::vector<std::vector<int>> counts(20, std::vector<int>(50));
  parallel_for(counts.size(), [&](size_t i) { parallel_for(50, [&](size_t j) { ++counts[i][j]; }); });
  for (const auto& row : counts) EXPECT_THAT(row, Each(1));
}

TEST(Parallel, OneThreadMeansOne) {
  const ThreadLimit limit(1);
  std::atomic<int> inside{0};
  std::atomic<bool> overlapped{false};
  parallel_for(1000, [&](size_t) {
    if (inside.fetch_add(1) != 0) overlapped = true;
    inside.fetch_sub(1);
  });
  EXPECT_FALSE(overlapped);
}

TEST(Parallel, AnExceptionComesBack) {
  EXPECT_THROW(parallel_for(100,
                            [](size_t i) {
                              if (i == 50) throw std::runtime_error("no");
                            }),
               std::runtime_error);
}

}  // namespace
}  // namespace sleeve
