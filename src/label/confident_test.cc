// SPDX-License-Identifier: Apache-2.0
#include "label/confident.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace sleeve {
namespace {

// Worked by hand after the paper: the thresholds are 0.6 and 0.55.
TEST(ConfidentLearningTest, CountsAsThePaperDoes) {
  const Matrix probabilities(5, 2, {0.9F, 0.1F, 0.7F, 0.3F, 0.2F, 0.8F, 0.35F, 0.65F, 0.55F, 0.45F});
  const std::vector<int> labels = {0, 0, 0, 1, 1};
  const LabelErrors errors = find_label_errors(probabilities, labels);
  EXPECT_NEAR(errors.thresholds[0], (0.9 + 0.7 + 0.2) / 3, 1e-6);
  EXPECT_NEAR(errors.thresholds[1], (0.65 + 0.45) / 2, 1e-6);
  EXPECT_EQ(errors.counts, (std::vector<std::vector<size_t>>{{2, 1}, {0, 1}}));  // the last row is nobody's
  ASSERT_EQ(errors.suspicious.size(), 1U);
  EXPECT_EQ(errors.suspicious[0].row, 2U);
  EXPECT_EQ(errors.suspicious[0].suggested, 1);
  EXPECT_NEAR(errors.suspicious[0].margin(), 0.6, 1e-6);
  EXPECT_NEAR(errors.noise, 3.0 * (1.0 / 3) / 5, 1e-12);
}

TEST(ConfidentLearningTest, PlantedNoiseIsFoundAndItsShareEstimated) {
  constexpr size_t kRows = 2000;
  constexpr int kClasses = 4;
  Rng rng(3);
  std::vector<int> truth;
  Matrix probabilities(kRows, kClasses);
  for (size_t i = 0; i < kRows; ++i) {
    truth.push_back(static_cast<int>(rng.below(kClasses)));
    float sum = 0;
    for (size_t c = 0; c < kClasses; ++c) {
      const bool own = static_cast<int>(c) == truth.back();
      sum += probabilities(i, c) = static_cast<float>((own ? 5 : 1) * rng.uniform(0.3, 1));
    }
    for (size_t c = 0; c < kClasses; ++c) probabilities(i, c) /= sum;
  }
  std::vector<size_t> changed;
  const std::vector<int> labels = with_noise(truth, kClasses, 0.1, 7, changed);
  ASSERT_EQ(changed.size(), kRows / 10);
  const LabelErrors errors = find_label_errors(probabilities, labels);
  const auto hits = std::ranges::count_if(errors.suspicious, [&](const Suspicion& suspicion) {
    return std::ranges::binary_search(changed, suspicion.row);
  });
  EXPECT_GT(static_cast<double>(hits) / static_cast<double>(changed.size()), 0.6);
  EXPECT_GT(static_cast<double>(hits) / static_cast<double>(errors.suspicious.size()), 0.9);
  EXPECT_NEAR(errors.noise, 0.1, 0.03);
  EXPECT_TRUE(std::ranges::is_sorted(errors.suspicious, std::greater<>(), &Suspicion::margin));
}

TEST(ConfidentLearningTest, NoiseChangesTheShareItSaysAndAlwaysTheLabel) {
  const std::vector<int> labels(50, 1);
  std::vector<size_t> changed;
  const auto noisy = with_noise(labels, 3, 0.2, 1, changed);
  EXPECT_EQ(changed.size(), 10U);
  EXPECT_EQ(std::ranges::count(noisy, 1), 40);
  for (const size_t row : changed) EXPECT_NE(noisy[row], 1);
  EXPECT_EQ(with_noise(labels, 3, 0.2, 1, changed), noisy);
}

TEST(ConfidentLearningTest, ClassWithoutRowsSuspectsNobody) {
  const Matrix probabilities(2, 2, {0.1F, 0.9F, 0.2F, 0.8F});
  EXPECT_TRUE(find_label_errors(probabilities, std::vector<int>{0, 0}).suspicious.empty());
}

}  // namespace
}  // namespace sleeve
