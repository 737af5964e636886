// SPDX-License-Identifier: Apache-2.0
#include "learn/binning.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace sleeve {
namespace {

Matrix column_of(const std::vector<float>& values) {
  Matrix x(values.size(), 1);
  std::copy(values.begin(), values.end(), x.data());
  return x;
}

TEST(Binning, FewDistinctValuesLoseNothing) {
  const BinnedMatrix binned(column_of({5.0F, -1.0F, 0.0F, 5.0F, -0.0F}));
  EXPECT_EQ(binned.bins(0), 3U);
  const std::vector<int> bins(binned.column(0), binned.column(0) + 5);
  EXPECT_EQ(bins, (std::vector<int>{2, 0, 1, 2, 1}));
  EXPECT_EQ(binned.threshold(0, 0, 1), -0.5F);
  EXPECT_EQ(binned.threshold(0, 0, 2), 2.0F);  // midway over a bin that the node doesn't have
}

TEST(Binning, BothLayoutsAgree) {
  Rng rng(1);
  Matrix x(130, 70);
  for (size_t i = 0; i < x.rows() * x.columns(); ++i) x.data()[i] = static_cast<float>(rng.normal());
  const BinnedMatrix binned(x);
  for (size_t i = 0; i < x.rows(); ++i) {
    for (size_t j = 0; j < x.columns(); ++j) ASSERT_EQ(binned.row(i)[j], binned.column(j)[i]);
  }
}

TEST(Binning, ManyValuesAreCutIntoEqualShares) {
  Rng rng(1);
  std::vector<float> values(10000);
  for (float& value : values) value = static_cast<float>(std::exp(rng.normal(0.0, 3.0)));
  const BinnedMatrix binned(column_of(values));
  ASSERT_EQ(binned.bins(0), kMaxBins);
  std::vector<int> counts(kMaxBins);
  for (size_t i = 0; i < values.size(); ++i) ++counts[binned.column(0)[i]];
  EXPECT_GE(*std::min_element(counts.begin(), counts.end()), 20);
  EXPECT_LE(*std::max_element(counts.begin(), counts.end()), 60);
}

TEST(Binning, AFrequentValueHasABinOfItsOwn) {
  Rng rng(1);
  std::vector<float> values(5000, 0.0F);
  for (size_t i = 0; i < 1000; ++i) values[i] = static_cast<float>(rng.normal());
  const BinnedMatrix binned(column_of(values));
  EXPECT_GT(binned.bins(0), 200U);
  const uint8_t zero = binned.column(0)[4999];
  for (size_t i = 0; i < 1000; ++i) EXPECT_NE(binned.column(0)[i], zero);
}

// For any two bins the threshold parts the values as the bins do, also where floats are so close
// that their middle is one of them.
TEST(Binning, ThresholdsPartValuesAsBinsDo) {
  std::vector<float> values{-3e38F, 3e38F, 1e-45F, 0.0F, 1.0F, std::nextafter(1.0F, 2.0F), -1e-45F};
  for (int i = 0; i < 600; ++i) values.push_back(static_cast<float>(i % 300) * 0.7F);
  const BinnedMatrix binned(column_of(values));
  for (size_t lower = 0; lower + 1 < binned.bins(0); ++lower) {
    const float threshold = binned.threshold(0, lower, lower + 1);
    for (size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(values[i] <= threshold, binned.column(0)[i] <= lower) << values[i] << " " << threshold;
    }
  }
}

TEST(Binning, NeverMoreThan256Bins) {
  Rng rng(2);
  for (int repeat = 0; repeat < 50; ++repeat) {
    const size_t distinct = 200 + static_cast<size_t>(rng.below(200));
    std::vector<float> values;
    for (size_t i = 0; i < distinct; ++i) {
      const size_t copies = 1 + static_cast<size_t>(rng.below(rng.below(10) == 0 ? 100 : 3));
      values.insert(values.end(), copies, static_cast<float>(i));
    }
    const BinnedMatrix binned(column_of(values));
    ASSERT_LE(binned.bins(0), kMaxBins);
    ASSERT_GE(binned.bins(0), std::min(distinct, kMaxBins) / 2);
    for (size_t i = 1; i < values.size(); ++i) ASSERT_LE(binned.column(0)[i - 1], binned.column(0)[i]);
  }
}

}  // namespace
}  // namespace sleeve
