// SPDX-License-Identifier: Apache-2.0
#include "eval/significance.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "eval/metrics.h"

namespace sleeve {
namespace {

constexpr double kSignificanceTolerance = 1e-11;

Json golden(const char* what) {
  const auto text = read_text_file(SLEEVE_SOURCE_DIR "/tests/golden/significance.json");
  return parse_json(text.value()).value()["cases"][what];
}

// ---- permute_labels ----

// Distance of the two classes' means of one feature.
LabelScore distance_of_means(std::vector<double> feature) {
  return [feature = std::move(feature)](std::span<const int> labels) -> Result<double> {
    double sum[2] = {0, 0}, count[2] = {0, 0};
    for (size_t i = 0; i < labels.size(); ++i) {
      sum[labels[i]] += feature[i];
      count[labels[i]] += 1;
    }
    return std::abs(sum[0] / count[0] - sum[1] / count[1]);
  };
}

// Artists of three covers of one class that look alike, whatever their class.
struct Artists {
  std::vector<int> labels, groups;
  std::vector<double> feature;
};
Artists draw_artists(int artists, double signal, Rng& rng) {
  Artists result;
  for (int artist = 0; artist < artists; ++artist) {
    const int label = artist % 2;
    const double look = rng.normal() + signal * label;
    for (int cover = 0; cover < 3; ++cover) {
      result.labels.push_back(label);
      result.groups.push_back(artist);
      result.feature.push_back(look + 0.2 * rng.normal());
    }
  }
  return result;
}

TEST(PermuteLabels, WithoutSignalOneInTwentyIsBelowFivePercent) {
  constexpr int kRuns = 300;
  int by_groups = 0, by_rows = 0;
  for (int run = 0; run < kRuns; ++run) {
    Rng rng(8, static_cast<uint64_t>(run));
    const Artists data = draw_artists(24, 0, rng);
    const LabelScore score = distance_of_means(data.feature);
    const auto grouped = permute_labels(data.labels, data.groups, score, 99, 1, {});
    const auto single = permute_labels(data.labels, {}, score, 99, 1, {});
    by_groups += grouped.value().p_value <= 0.05 ? 1 : 0;
    by_rows += single.value().p_value <= 0.05 ? 1 : 0;
  }
  EXPECT_GE(by_groups, kRuns * 2 / 100);
  EXPECT_LE(by_groups, kRuns * 9 / 100);
  // Labels dealt to single covers find "signal" in what artists are alike in anyway.
  EXPECT_GE(by_rows, kRuns * 15 / 100);
}

TEST(PermuteLabels, FindsAPlantedSignal) {
  Rng rng(9);
  const Artists data = draw_artists(40, 3, rng);
  const auto test = permute_labels(data.labels, data.groups, distance_of_means(data.feature), 199, 1, {});
  EXPECT_DOUBLE_EQ(test.value().p_value, 1.0 / 200);
  EXPECT_EQ(test.value().permuted.size(), 199U);
  EXPECT_EQ(test.value().movable_rows, 120U);
}

TEST(PermuteLabels, OfThreeAmongSixIsOneInTwenty) {
  const LabelScore sum = [](std::span<const int> labels) -> Result<double> {
    double total = 0;
    for (size_t i = 0; i < labels.size(); ++i) total += labels[i] * static_cast<double>(i);
    return total;
  };
  // The highest of the C(6, 3) = 20 ways to deal three labels out.
  const auto test = permute_labels(std::vector{0, 0, 0, 1, 1, 1}, {}, sum, 9999, 3, {});
  EXPECT_EQ(test.value().observed, 12);
  EXPECT_NEAR(test.value().p_value, 0.05, 4 * std::sqrt(0.05 * 0.95 / 9999));
}

TEST(PermuteLabels, AConstantScoreSaysNothing) {
  const LabelScore constant = [](std::span<const int>) -> Result<double> { return 0.3; };
  EXPECT_EQ(permute_labels(std::vector{0, 1, 0, 1}, {}, constant, 50, 1, {}).value().p_value, 1);
}

using Blocks = std::map<size_t, std::multiset<std::vector<int>>>;  // group size → the groups' labels
Blocks blocks_of(std::span<const int> labels, std::span<const int> groups) {
  std::map<int, std::vector<int>> by_group;
  for (size_t i = 0; i < labels.size(); ++i) by_group[groups[i]].push_back(labels[i]);
  Blocks blocks;
  for (const auto& [group, own] : by_group) blocks[own.size()].insert(own);
  return blocks;
}

TEST(PermuteLabels, MovesTheLabelsOfWholeGroupsInTheirOrder) {
  const std::vector<int> groups = {7, 3, 7, 3, 5, 5, 1, 2, 9, 9, 9, 4};
  const std::vector<int> labels = {0, 1, 1, 1, 2, 0, 0, 2, 0, 1, 2, 2};
  std::atomic<int> changed = 0;
  const LabelScore check = [&](std::span<const int> dealt) -> Result<double> {
    EXPECT_EQ(blocks_of(dealt, groups), blocks_of(labels, groups));
    EXPECT_THAT(dealt.subspan(8, 3), testing::ElementsAre(0, 1, 2)) << "no other group has three rows";
    if (!std::ranges::equal(dealt, labels)) ++changed;
    return 0.0;
  };
  const auto test = permute_labels(labels, groups, check, 100, 4, {});
  EXPECT_EQ(test.value().movable_rows, 9U);
  EXPECT_GT(changed, 80);  // 17 of 18 deals change something
}

TEST(PermuteLabels, SaysWhenNothingCanMove) {
  const LabelScore score = [](std::span<const int>) -> Result<double> { return 1.0; };
  const auto sizes = permute_labels(std::vector{0, 1, 1}, std::vector{0, 1, 1}, score, 10, 1, {});
  ASSERT_FALSE(sizes.ok());
  EXPECT_EQ(sizes.error().code, ErrorCode::kNoData);
  EXPECT_EQ(permute_labels(std::vector{1, 1, 1}, {}, score, 10, 1, {}).error().code, ErrorCode::kNoData);
  EXPECT_EQ(permute_labels({}, {}, score, 10, 1, {}).error().code, ErrorCode::kNoData);
}

TEST(PermuteLabels, PassesOnAnErrorAndStopsOnRequest) {
  std::atomic<int> calls = 0;
  const LabelScore fails_later = [&](std::span<const int>) -> Result<double> {
    if (calls++ > 5) return Error{ErrorCode::kTooLarge, "too many"};
    return 1.0;
  };
  const std::vector<int> labels = {0, 1, 0, 1};
  EXPECT_EQ(permute_labels(labels, {}, fails_later, 50, 1, {}).error().code, ErrorCode::kTooLarge);

  std::atomic<bool> stop = false;
  const LabelScore stops = [&](std::span<const int>) -> Result<double> {
    stop = true;
    return 1.0;
  };
  EXPECT_EQ(permute_labels(labels, {}, stops, 5000, 1, {nullptr, &stop}).error().code, ErrorCode::kCancelled);
}

TEST(PermuteLabels, SameBitsForAnyNumberOfThreads) {
  Rng rng(10);
  const Artists data = draw_artists(20, 0.5, rng);
  const auto run = [&](size_t threads) {
    const ThreadLimit limit(threads);
    return permute_labels(data.labels, data.groups, distance_of_means(data.feature), 60, 5, {}).value();
  };
  const LabelPermutation one = run(1);
  EXPECT_EQ(run(2).permuted, one.permuted);
  EXPECT_EQ(run(8).permuted, one.permuted);
  EXPECT_EQ(run(8).p_value, one.p_value);
}

// ---- mcnemar ----

TEST(McNemarTest, AgreesWithStatsmodelsFormulas) {
  const Json cases = golden("mcnemar");
  ASSERT_GE(cases.size(), 6U);
  for (const Json& wanted : cases) {
    SCOPED_TRACE(wanted.dump());
    const McNemar test = mcnemar(wanted["only_first"].get<int64_t>(), wanted["only_second"].get<int64_t>());
    EXPECT_NEAR(test.p_exact, wanted["p_exact"].get<double>(), kSignificanceTolerance);
    EXPECT_NEAR(test.chi_squared, wanted["chi_squared"].get<double>(), kSignificanceTolerance);
    EXPECT_NEAR(test.p_chi_squared, wanted["p_chi_squared"].get<double>(), kSignificanceTolerance);
  }
}

TEST(McNemarTest, CountsRowsThatOnlyOneGotRight) {
  const std::vector<int> truth = {0, 1, 2, 0, 1, 2, 0};
  const std::vector<int> first = {0, 1, 2, 1, 0, 0, 2};
  const std::vector<int> second = {1, 0, 2, 1, 1, 1, 2};
  const McNemar test = mcnemar(truth, first, second);
  EXPECT_EQ(test.only_first, 2);
  EXPECT_EQ(test.only_second, 1);
  EXPECT_EQ(test.p_exact, 1);
}

TEST(McNemarTest, EvenOrEmptyIsNoDifference) {
  for (const int64_t each : {0, 4}) {
    const McNemar test = mcnemar(each, each);
    EXPECT_EQ(test.p_exact, 1);
    EXPECT_EQ(test.chi_squared, 0);  // the correction doesn't go past 0
    EXPECT_EQ(test.p_chi_squared, 1);
  }
}

// ---- corrected_resampled_t ----

TEST(CorrectedResampledT, AgreesWithScikitLearnsExample) {
  const Json cases = golden("resampled_t");
  ASSERT_GE(cases.size(), 4U);
  for (const Json& wanted : cases) {
    const auto differences = wanted["differences"].get<std::vector<double>>();
    const ResampledT test =
        corrected_resampled_t(differences, wanted["train"].get<double>(), wanted["test"].get<double>());
    EXPECT_NEAR(test.mean, wanted["mean"].get<double>(), kSignificanceTolerance);
    EXPECT_NEAR(test.t, wanted["t"].get<double>(), kSignificanceTolerance * std::abs(test.t));
    EXPECT_NEAR(test.p_value, wanted["p"].get<double>(), kSignificanceTolerance);
  }
}

TEST(CorrectedResampledT, RepeatingFoldsDoesNotMakeCertain) {
  std::vector<double> differences;
  for (int repeat = 0; repeat < 100; ++repeat) {
    for (const double difference : {0.05, -0.03, 0.01, 0.04, -0.02}) differences.push_back(difference);
  }
  EXPECT_GT(corrected_resampled_t(differences, 80, 20).p_value, 0.3);
  // Without the correction, 500 "independent" folds would be significance out of thin air.
  EXPECT_LT(corrected_resampled_t(differences, 80, 0).p_value, 1e-6);
}

TEST(CorrectedResampledT, OfEqualDifferences) {
  EXPECT_EQ(corrected_resampled_t(std::vector{0.0, 0.0, 0.0}, 90, 10).p_value, 1);
  const ResampledT test = corrected_resampled_t(std::vector{-0.1, -0.1, -0.1}, 90, 10);
  EXPECT_EQ(test.p_value, 0);
  EXPECT_TRUE(std::isinf(test.t) && test.t < 0);
}

// ---- paired_permutation_test ----

TEST(PairedPermutationTest, OfFewGroupsIsTheFullCount) {
  const Json cases = golden("paired");
  ASSERT_GE(cases.size(), 3U);
  for (const Json& wanted : cases) {
    const auto truth = wanted["truth"].get<std::vector<int>>();
    const auto first = wanted["first"].get<std::vector<int>>();
    const auto second = wanted["second"].get<std::vector<int>>();
    const auto groups = wanted["groups"].get<std::vector<int>>();
    for (const auto& [name, score] : wanted["scores"].items()) {
      SCOPED_TRACE(name);
      const auto exact =
          paired_permutation_test(truth, first, second, groups, wanted["classes"].get<int>(), name, 1);
      EXPECT_TRUE(exact.exact);
      EXPECT_NEAR(exact.difference, score["difference"].get<double>(), kSignificanceTolerance);
      EXPECT_NEAR(exact.p_value, score["p"].get<double>(), kSignificanceTolerance);
    }
  }
}

struct Pair {
  std::vector<int> truth, first, second, groups;
};
// Both are right as often; each gets whole artists right or wrong.
Pair draw_pair(size_t artists, size_t covers, Rng& rng) {
  Pair pair;
  for (size_t artist = 0; artist < artists; ++artist) {
    const bool first = rng.below(2) == 0, second = rng.below(2) == 0;
    for (size_t cover = 0; cover < covers; ++cover) {
      const int truth = static_cast<int>(rng.below(2));
      pair.truth.push_back(truth);
      pair.first.push_back(first ? truth : 1 - truth);
      pair.second.push_back(second ? truth : 1 - truth);
      pair.groups.push_back(static_cast<int>(artist));
    }
  }
  return pair;
}

TEST(PairedPermutationTest, OfSingleRowsIsMcNemarsExactTest) {
  // 21 rows that only the first got right, 9 that only the second did, 10 that both did.
  std::vector<int> truth(40, 1), first(40, 1), second(40, 1);
  std::fill(second.begin(), second.begin() + 21, 0);
  std::fill(first.begin() + 21, first.begin() + 30, 0);
  const auto test = paired_permutation_test(truth, first, second, {}, 2, "accuracy", 6, 20000);
  const double exact = mcnemar(truth, first, second).p_exact;
  EXPECT_FALSE(test.exact);
  EXPECT_EQ(test.differing_groups, 30U);
  EXPECT_NEAR(test.difference, 12.0 / 40, kSignificanceTolerance);
  EXPECT_NEAR(test.p_value, exact, 4 * std::sqrt(exact * (1 - exact) / 20000));
}

TEST(PairedPermutationTest, WithoutDifferenceOneInTwentyIsBelowFivePercent) {
  constexpr int kRuns = 300;
  int by_groups = 0, by_rows = 0;
  for (int run = 0; run < kRuns; ++run) {
    Rng rng(12, static_cast<uint64_t>(run));
    const Pair pair = draw_pair(60, 5, rng);
    const auto test =
        paired_permutation_test(pair.truth, pair.first, pair.second, pair.groups, 2, "macro_f1", 1, 199);
    by_groups += test.p_value <= 0.05 ? 1 : 0;
    by_rows += mcnemar(pair.truth, pair.first, pair.second).p_exact <= 0.05 ? 1 : 0;
  }
  EXPECT_GE(by_groups, kRuns * 2 / 100);
  EXPECT_LE(by_groups, kRuns * 9 / 100);
  // Taken row by row, five covers of an artist count as five pieces of evidence.
  EXPECT_GE(by_rows, kRuns * 20 / 100);
}

TEST(PairedPermutationTest, SameSetsDoNotDiffer) {
  const std::vector<int> truth = {0, 1, 1}, predicted = {0, 0, 1};
  const auto test = paired_permutation_test(truth, predicted, predicted, {}, 2, "mcc", 1);
  EXPECT_EQ(test.difference, 0);
  EXPECT_EQ(test.p_value, 1);
  EXPECT_EQ(test.differing_groups, 0U);
  EXPECT_EQ(paired_permutation_test({}, {}, {}, {}, 2, "accuracy", 1).p_value, 1);
}

TEST(PairedPermutationTest, SameBitsForAnyNumberOfThreadsAndAnyGroupNames) {
  Rng rng(13);
  Pair pair = draw_pair(50, 4, rng);
  const auto run = [&](size_t threads) {
    const ThreadLimit limit(threads);
    return paired_permutation_test(pair.truth, pair.first, pair.second, pair.groups, 2, "accuracy", 5, 2000)
        .p_value;
  };
  const double one = run(1);
  EXPECT_EQ(run(2), one);
  EXPECT_EQ(run(8), one);
  for (int& group : pair.groups) group = 1000 - 7 * group;
  EXPECT_EQ(run(2), one);
}

TEST(HolmAdjusted, AsRsPAdjust) {
  // R: p.adjust(c(0.03, 0.01, 0.02, 0.04), "holm"), and one that is cut off at 1.
  const auto close = testing::DoubleNear(0.06, 1e-12);
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.03, 0.01, 0.02, 0.04}),
              testing::ElementsAre(close, testing::DoubleNear(0.04, 1e-12), close, close));
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.7, 0.9}), testing::ElementsAre(1, 1));
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.02}), testing::ElementsAre(0.02));
  EXPECT_TRUE(holm_adjusted({}).empty());
}

}  // namespace
}  // namespace sleeve
