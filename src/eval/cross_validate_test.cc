// SPDX-License-Identifier: Apache-2.0
#include "eval/cross_validate.h"

#include <atomic>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/parallel.h"
#include "base/rng.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

PipelineSpec spec(std::string_view text) {
  auto parsed = parse_pipeline(text);
  EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().message);
  return std::move(parsed).value();
}

Task empty_task(size_t rows, size_t columns, int classes) {
  Task task{Matrix(rows, columns), std::vector<int>(rows), std::vector<int>(rows), {}};
  for (int c = 0; c < classes; ++c) task.class_names.push_back("class-" + std::to_string(c));
  return task;
}

// `artists` of 5 rows each. Column c tells class c with probability `signal`; the other columns are the
// artist's own, and say who it is.
Task planted(size_t artists, int classes, double signal, bool artist_columns, uint64_t seed) {
  constexpr size_t kAlbums = 5, kOwn = 6;
  Rng rng(seed);
  const auto k = static_cast<size_t>(classes);
  Task task = empty_task(artists * kAlbums, k + kOwn, classes);
  for (size_t artist = 0; artist < artists; ++artist) {
    std::vector<double> own(kOwn);
    for (double& value : own) value = rng.normal(0, 3);
    for (size_t album = 0; album < kAlbums; ++album) {
      const size_t row = artist * kAlbums + album;
      task.labels[row] = static_cast<int>(artist % k);
      task.groups[row] = static_cast<int>(artist);
      const bool shown = rng.uniform() < signal;
      const size_t habit = shown ? artist % k : static_cast<size_t>(rng.below(k));
      for (size_t c = 0; c < k; ++c) {
        task.x(row, c) = static_cast<float>((c == habit ? 4 : 0) + rng.normal(0, 0.5));
      }
      for (size_t c = 0; c < kOwn; ++c) {
        task.x(row, k + c) = static_cast<float>((artist_columns ? own[c] : 0) + rng.normal(0, 0.2));
      }
    }
  }
  return task;
}

std::vector<Fold> folds_of(const Task& task, SplitKind kind, int k, uint64_t seed = 22) {
  return k_folds(kind, {task.labels, task.groups, task.classes()}, k, seed).value();
}

CrossValidation run(const Task& task, const std::vector<Fold>& folds, std::string_view pipeline) {
  auto result = cross_validate(task, folds, folds.size(), spec(pipeline), 22, {});
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
  return std::move(result).value();
}

bool holds(const Interval& interval, double value) { return interval.low <= value && value <= interval.high; }

// Two parts of 100 rows; in the second, everything is shifted by 10.
Task shifted_parts() {
  Rng rng(1);
  Task task = empty_task(200, 1, 2);
  for (size_t row = 0; row < 200; ++row) {
    task.labels[row] = static_cast<int>(row % 2);
    task.groups[row] = static_cast<int>(row);
    task.x(row, 0) = static_cast<float>(task.labels[row] + (row < 100 ? 0 : 10) + rng.normal(0, 0.05));
  }
  return task;
}

std::vector<Fold> two_parts() {
  std::vector<Fold> folds(2);
  for (size_t row = 0; row < 200; ++row) {
    folds[row < 100 ? 0 : 1].test.push_back(row);
    folds[row < 100 ? 1 : 0].train.push_back(row);
  }
  return folds;
}

TEST(NoLeak, AScalerLearnsNothingFromTestRows) {
  const Task task = shifted_parts();
  // The wrong way: each part standardised with its own mean. Test rows then tell about each other,
  // and what nobody could know of a single new cover becomes certain.
  Task cheating = task;
  for (size_t part = 0; part < 2; ++part) {
    float mean = 0;
    for (size_t row = part * 100; row < part * 100 + 100; ++row) mean += task.x(row, 0) / 100;
    for (size_t row = part * 100; row < part * 100 + 100; ++row) cheating.x(row, 0) -= mean;
  }
  EXPECT_GT(run(cheating, two_parts(), "none>logistic").pooled.scores.accuracy, 0.99);
  EXPECT_NEAR(run(task, two_parts(), "standard>logistic").pooled.scores.accuracy, 0.5, 0.02);
}

TEST(NoLeak, APredictionDoesNotDependOnTheOtherTestRows) {
  Task task = planted(30, 3, 0.8, true, 2);
  const auto folds = folds_of(task, SplitKind::kGrouped, 3);
  const auto before = run(task, std::vector(folds.begin(), folds.begin() + 1), "standard>logistic");
  for (size_t i = 1; i < folds[0].test.size(); ++i) {
    for (float& value : task.x.row(folds[0].test[i])) value = 1000 * value + 77;
  }
  const auto after = run(task, std::vector(folds.begin(), folds.begin() + 1), "standard>logistic");
  const size_t kept = folds[0].test[0];
  for (size_t c = 0; c < 3; ++c) EXPECT_EQ(before.probabilities(kept, c), after.probabilities(kept, c));
}

TEST(NoLeak, TheGroupedSplitExposesWhatOnlyTellsTheArtist) {
  const Task task = planted(80, 4, 0.0, true, 3);
  const auto leaky = run(task, folds_of(task, SplitKind::kStratified, 5), "forest:trees=60");
  const auto honest = run(task, folds_of(task, SplitKind::kGrouped, 5), "forest:trees=60");
  EXPECT_GT(leaky.pooled.scores.accuracy, 0.8);
  EXPECT_GT(leaky.leaking_rows, 390U);
  EXPECT_TRUE(holds(honest.pooled.intervals.at("accuracy"), 0.25))
      << honest.pooled.intervals.at("accuracy").low << " " << honest.pooled.intervals.at("accuracy").high;
  EXPECT_EQ(honest.leaking_rows, 0U);
  EXPECT_EQ(honest.pooled.groups, 80U);
}

TEST(CrossValidate, FindsThePlantedSignalUpToItsCeiling) {
  const double signal = 0.8, ceiling = signal + (1 - signal) / 4;
  const Task task = planted(100, 4, signal, false, 4);
  for (const char* pipeline : {"logistic", "forest:trees=60"}) {
    const auto result = run(task, folds_of(task, SplitKind::kGrouped, 5), pipeline);
    EXPECT_NEAR(result.pooled.scores.accuracy, ceiling, 0.045) << pipeline;
    EXPECT_NEAR(result.pooled.scores.macro.f1, ceiling, 0.045) << pipeline;
  }
}

TEST(CrossValidate, ShuffledLabelsGiveChance) {
  int contained = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Task task = planted(60, 3, 0.9, false, seed);
    Rng rng(seed);
    for (int& label : task.labels) label = static_cast<int>(rng.below(3));
    const auto result = run(task, folds_of(task, SplitKind::kStratified, 5, seed), "logistic");
    contained += holds(result.pooled.intervals.at("accuracy"), 1.0 / 3) ? 1 : 0;
  }
  EXPECT_GE(contained, 16);  // 19 are expected
}

TEST(CrossValidate, TheForestKnowsItsTrainingRowsByHeart) {
  const Task task = planted(40, 3, 0.5, false, 5);
  const auto result = run(task, folds_of(task, SplitKind::kGrouped, 4), "forest:trees=60");
  EXPECT_GT(summarise(result.train_scores, "accuracy").mean, 0.98);
  EXPECT_LT(summarise(result.fold_scores, "accuracy").mean, 0.80);
}

TEST(CrossValidate, PooledIsWhatTheFoldsPredicted) {
  const Task task = planted(40, 3, 0.7, false, 6);
  const auto folds = folds_of(task, SplitKind::kGrouped, 4);
  const auto result = run(task, folds, "logistic");
  ASSERT_EQ(result.fold_scores.size(), 4U);
  EXPECT_EQ(result.pooled.confusion.total(), 200);
  EXPECT_EQ(most_probable(result.probabilities), result.predicted);
  double right = 0;
  for (size_t f = 0; f < 4; ++f) {
    right += result.fold_scores[f].accuracy * static_cast<double>(folds[f].test.size());
  }
  EXPECT_NEAR(result.pooled.scores.accuracy, right / 200, 1e-12);
  ASSERT_TRUE(result.pooled.probability_scores.has_value());
  EXPECT_EQ(result.pooled.probability_scores->log_loss, log_loss(result.probabilities, task.labels));
  EXPECT_EQ(result.pooled.probability_scores->roc_auc_ovr,
            roc_auc_ovr(result.probabilities, task.labels, Average::kMacro));
}

TEST(EvaluatePredictions, ScoresProbabilitiesOnlyIfThereAreSome) {
  const std::vector<int> truth = {0, 1, 1}, predicted = {0, 1, 0};
  const Matrix probabilities(3, 2, {0.75F, 0.25F, 0.25F, 0.75F, 0.5F, 0.5F});
  EXPECT_FALSE(evaluate_predictions(truth, predicted, {}, 2, 1).probability_scores.has_value());
  const Evaluation both = evaluate_predictions(truth, predicted, {}, 2, 1, &probabilities);
  EXPECT_DOUBLE_EQ(both.probability_scores->brier, (0.125 + 0.125 + 0.5) / 3);
}

TEST(CrossValidate, RepeatsAreScoredAndTheFirstIsPooled) {
  const Task task = planted(40, 3, 0.7, false, 7);
  const auto folds = repeated_k_folds(SplitKind::kGrouped, {task.labels, task.groups, 3}, 4, 3, 22).value();
  const auto result = cross_validate(task, folds, 4, spec("logistic"), 22, {}).value();
  EXPECT_EQ(result.fold_scores.size(), 12U);
  const auto first = cross_validate(task, std::span(folds).first(4), 4, spec("logistic"), 22, {}).value();
  EXPECT_EQ(result.predicted, first.predicted);
  EXPECT_EQ(result.pooled.confusion.total(), 200);
}

TEST(CrossValidate, AHoldoutLeavesUntestedRowsOut) {
  const Task task = planted(40, 3, 0.7, false, 8);
  const Fold fold = holdout(SplitKind::kGrouped, {task.labels, task.groups, 3}, 0.25, 22).value();
  const auto result = run(task, {fold}, "logistic");
  EXPECT_EQ(result.pooled.confusion.total(), static_cast<int64_t>(fold.test.size()));
  // Untested rows have no probabilities; with them the loss would be that of certain errors.
  EXPECT_LT(result.pooled.probability_scores->log_loss, 2);
  for (const size_t row : fold.train) EXPECT_EQ(result.predicted[row], -1);
  EXPECT_EQ(result.pooled.groups, fold.test.size() / 5);
}

TEST(CrossValidate, SameBitsForAnyNumberOfThreads) {
  const Task task = planted(30, 3, 0.7, true, 9);
  const auto folds = folds_of(task, SplitKind::kGrouped, 5);
  for (const char* pipeline : {"logistic", "forest:trees=20"}) {
    const auto with = [&](size_t threads) {
      const ThreadLimit limit(threads);
      return run(task, folds, pipeline);
    };
    const auto one = with(1);
    for (const size_t threads : {2U, 8U}) {
      const auto many = with(threads);
      EXPECT_EQ(one.probabilities, many.probabilities) << pipeline;
      EXPECT_EQ(one.predicted, many.predicted) << pipeline;
      for (const std::string& name : metric_names()) {
        EXPECT_EQ(one.pooled.intervals.at(name).low, many.pooled.intervals.at(name).low);
        EXPECT_EQ(summarise(one.train_scores, name).mean, summarise(many.train_scores, name).mean);
      }
    }
  }
}

TEST(CrossValidateErrors, AFailingFoldIsNamed) {
  const Task task = planted(12, 3, 0.7, false, 10);
  auto folds = folds_of(task, SplitKind::kGrouped, 3);
  folds[1].train.clear();
  const auto nothing = cross_validate(task, folds, 3, spec("logistic"), 22, {});
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().code, ErrorCode::kNoData);
  EXPECT_THAT(nothing.error().message, HasSubstr("fold 2 of 3: "));

  folds = repeated_k_folds(SplitKind::kGrouped, {task.labels, task.groups, 3}, 3, 2, 22).value();
  folds[4].train.clear();
  const auto repeated = cross_validate(task, folds, 3, spec("logistic"), 22, {});
  ASSERT_FALSE(repeated.ok());
  EXPECT_THAT(repeated.error().message, HasSubstr("fold 2 of 3, repeat 2 of 2: "));
}

TEST(CrossValidateErrors, FoldsThatCannotBeHonestAreRefused) {
  const Task task = planted(12, 3, 0.7, false, 11);
  auto folds = folds_of(task, SplitKind::kGrouped, 3);
  const auto uneven = cross_validate(task, folds, 2, spec("logistic"), 22, {});
  ASSERT_FALSE(uneven.ok());
  EXPECT_EQ(uneven.error().code, ErrorCode::kUsage);
  folds[2].train.push_back(folds[2].test[0]);
  const auto both_sides = cross_validate(task, folds, 3, spec("logistic"), 22, {});
  ASSERT_FALSE(both_sides.ok());
  EXPECT_EQ(both_sides.error().code, ErrorCode::kUsage);
  EXPECT_THAT(both_sides.error().message,
              testing::AllOf(HasSubstr("fold 3 of 3"), HasSubstr("also trains on")));
  folds[2].train.back() = 1000;
  const auto outside = cross_validate(task, folds, 3, spec("logistic"), 22, {});
  ASSERT_FALSE(outside.ok());
  EXPECT_THAT(outside.error().message, HasSubstr("row 1000 of 60"));
}

class Recorder : public Progress {
 public:
  void begin(std::string_view what, size_t total) override {
    events.push_back("begin " + std::string(what.substr(0, 16)) + " " + std::to_string(total));
  }
  void step(size_t count) override { steps += count; }
  void end() override { events.emplace_back("end"); }

  std::vector<std::string> events;
  std::atomic<size_t> steps{0};
};

TEST(CrossValidateProgress, CountsFoldsAndNothingElse) {
  const Task task = planted(12, 3, 0.7, false, 12);
  Recorder recorder;
  const auto folds = folds_of(task, SplitKind::kGrouped, 4);
  ASSERT_TRUE(cross_validate(task, folds, 4, spec("forest:trees=10"), 22, {&recorder, nullptr}).ok());
  EXPECT_THAT(recorder.events, testing::ElementsAre("begin cross-validating 4", "end"));
  EXPECT_EQ(recorder.steps, 4U);
}

// Stops the work at its first step.
class Stopper final : public Recorder {
 public:
  void step(size_t count) override {
    Recorder::step(count);
    stop = true;
  }
  std::atomic<bool> stop{false};
};

TEST(CrossValidateProgress, StopsOnRequest) {
  const Task task = planted(12, 3, 0.7, false, 13);
  const auto folds = repeated_k_folds(SplitKind::kGrouped, {task.labels, task.groups, 3}, 4, 10, 1).value();
  Stopper stopper;
  const auto result = cross_validate(task, folds, 4, spec("logistic"), 22, {&stopper, &stopper.stop});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(stopper.events, testing::ElementsAre(testing::_, "end"));
}

TEST(Summarise, IsMeanAndSampleDeviation) {
  std::vector<Scores> scores(3);
  scores[0].accuracy = 0.2;
  scores[1].accuracy = 0.4;
  scores[2].accuracy = 0.6;
  EXPECT_DOUBLE_EQ(summarise(scores, "accuracy").mean, 0.4);
  EXPECT_DOUBLE_EQ(summarise(scores, "accuracy").deviation, 0.2);
  EXPECT_EQ(summarise(std::span(scores).first(1), "accuracy").deviation, 0);
  EXPECT_EQ(summarise({}, "accuracy").mean, 0);
}

}  // namespace
}  // namespace sleeve
