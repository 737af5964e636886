// SPDX-License-Identifier: Apache-2.0
#include "eval/search.h"

#include <atomic>
#include <cmath>

#include <gtest/gtest.h>

#include "base/parallel.h"
#include "base/rng.h"
#include "eval/nested.h"

namespace sleeve {
namespace {

// Two classes on a ring and inside it: an rbf kernel sees it, a linear one doesn't.
Task ring_task(size_t rows) {
  Rng rng(4);
  Task task{Matrix(rows, 2), {}, {}, {"inside", "outside"}};
  for (size_t row = 0; row < rows; ++row) {
    const bool outside = row % 2 == 1;
    const double angle = rng.uniform(0.0, 6.283185307);
    const double radius = rng.normal(outside ? 3.0 : 0.5, 0.3);
    task.x(row, 0) = static_cast<float>(radius * std::cos(angle));
    task.x(row, 1) = static_cast<float>(radius * std::sin(angle));
    task.labels.push_back(outside ? 1 : 0);
    task.groups.push_back(static_cast<int>(row / 2));
  }
  return task;
}

std::vector<PipelineSpec> specs(const std::vector<std::string>& texts) {
  std::vector<PipelineSpec> result;
  for (const auto& text : texts) result.push_back(parse_pipeline(text).value());
  return result;
}

const std::vector<std::string> kTexts = {"none>svm:kernel=linear", "none>svm:c=0.001", "none>svm:c=10",
                                         "forest:trees=1",         "forest:trees=20",  "majority"};

SearchOptions options_for(const std::string& metric, int halving = 0) {
  return {find_objective(metric, Goal::kClass).value(), 3, halving, "data"};
}

class MemoryJournal final : public SearchJournal {
 public:
  std::optional<std::string> find(const std::string& key) override {
    const auto found = entries.find(key);
    return found == entries.end() ? std::nullopt : std::optional(found->second);
  }
  Status put(std::span<const std::pair<std::string, std::string>> parts) override {
    for (const auto& [key, value] : parts) entries[key] = value;
    if (entries.size() >= stop_after && stop != nullptr) stop->store(true);
    return {};
  }
  std::map<std::string, std::string> entries;
  size_t stop_after = 0;
  std::atomic<bool>* stop = nullptr;
};

bool same_scores(const SearchResult& a, const SearchResult& b) {
  if (a.ranking != b.ranking) return false;
  for (size_t i = 0; i < a.candidates.size(); ++i) {
    if (a.candidates[i].fold_scores != b.candidates[i].fold_scores) return false;
  }
  return true;
}

TEST(Search, FindsTheKernelThatSeesTheRing) {
  const Task task = ring_task(120);
  const auto folds = task_folds(task, SplitKind::kGrouped, task.groups, 5, 2, 1).value();
  const auto found = search(task, folds, 5, specs(kTexts), options_for("macro_f1"), nullptr, {}).value();
  EXPECT_EQ(found.best().pipeline.text().find("linear"), std::string::npos) << found.best().pipeline.text();
  EXPECT_LT(found.candidates[0].summary.mean, 0.8);
  EXPECT_GT(found.best().summary.mean, 0.95);
  EXPECT_EQ(found.fits, 60U);
  EXPECT_EQ(found.candidates[found.ranking.back()].pipeline.text(), "majority");
}

TEST(Search, ACandidatesScoresDontDependOnTheOthersOrTheThreads) {
  const Task task = ring_task(80);
  const auto folds = task_folds(task, SplitKind::kGrouped, task.groups, 4, 1, 1).value();
  const auto all = search(task, folds, 4, specs(kTexts), options_for("log_loss"), nullptr, {}).value();
  for (size_t i = 0; i < kTexts.size(); ++i) {
    const ThreadLimit limit(i % 3 + 1);
    const auto one = search(task, folds, 4, specs({kTexts[i]}), options_for("log_loss"), nullptr, {}).value();
    EXPECT_EQ(one.candidates[0].fold_scores, all.candidates[i].fold_scores) << kTexts[i];
  }
}

TEST(Search, GoesOnWhereItWasStopped) {
  const Task task = ring_task(80);
  const auto folds = task_folds(task, SplitKind::kGrouped, task.groups, 4, 2, 1).value();
  const auto whole = search(task, folds, 4, specs(kTexts), options_for("accuracy"), nullptr, {}).value();
  MemoryJournal journal;
  std::atomic<bool> stop = false;
  journal.stop_after = 9;
  journal.stop = &stop;
  const auto stopped =
      search(task, folds, 4, specs(kTexts), options_for("accuracy"), &journal, WorkContext(nullptr, &stop));
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  const size_t kept = journal.entries.size();
  EXPECT_GE(kept, 9U);
  EXPECT_LT(kept, 48U);
  journal.stop = nullptr;
  const auto gone_on = search(task, folds, 4, specs(kTexts), options_for("accuracy"), &journal, {}).value();
  EXPECT_GT(gone_on.reused, 0U);
  EXPECT_EQ(gone_on.reused + gone_on.fits, 48U);
  EXPECT_TRUE(same_scores(gone_on, whole));
  // Nothing is left to do; other data, another seed or other folds would have other keys.
  EXPECT_EQ(search(task, folds, 4, specs(kTexts), options_for("accuracy"), &journal, {})->fits, 0U);
  SearchOptions other = options_for("accuracy");
  other.journal_key = "other data";
  EXPECT_EQ(search(task, folds, 4, specs(kTexts), other, &journal, {})->reused, 0U);
}

TEST(Nested, ItsScoreIsHonestWhereTheSearchsOwnIsNot) {
  // Nothing is to be found; the best of many still looks as if it were.
  Rng rng(9);
  Task task{Matrix(60, 8), {}, {}, {"a", "b"}};
  for (size_t row = 0; row < 60; ++row) {
    for (float& value : task.x.row(row)) value = static_cast<float>(rng.normal());
    task.labels.push_back(static_cast<int>(row % 2));
  }
  std::vector<PipelineSpec> candidates;
  for (int k = 1; k <= 6; ++k) {
    for (int seed = 1; seed <= 5; ++seed) {
      candidates.push_back(parse_pipeline(fmt::format("select:k={} > knn:k={}", k, 2 * seed + 1)).value());
    }
  }
  const auto outer = task_folds(task, SplitKind::kStratified, {}, 5, 1, 1).value();
  const auto inner = [](const Task& training) -> Result<InnerFolds> {
    auto folds = task_folds(training, SplitKind::kStratified, {}, 5, 1, 2);
    if (!folds.ok()) return folds.error();
    return InnerFolds{std::move(*folds), 5};
  };
  const auto nested =
      nested_search(task, outer, inner, candidates, options_for("accuracy"), nullptr, {}).value();
  ASSERT_EQ(nested.folds.size(), 5U);
  double promised = 0;
  double kept = 0;
  for (const NestedFold& fold : nested.folds) {
    promised += fold.search_score / 5;
    kept += fold.test_score.value() / 5;
  }
  EXPECT_GT(promised, 0.56);
  EXPECT_LT(kept, promised - 0.02);
  EXPECT_EQ(nested.fits, 30U * 25U);
}

TEST(Search, ADamagedJournalEntryIsDoneAgain) {
  const Task task = ring_task(40);
  const auto folds = task_folds(task, SplitKind::kGrouped, task.groups, 2, 1, 1).value();
  MemoryJournal journal;
  const auto whole =
      search(task, folds, 2, specs({"majority"}), options_for("accuracy"), &journal, {}).value();
  for (auto& [key, value] : journal.entries) value = "[1, \"x\"]";
  const auto again =
      search(task, folds, 2, specs({"majority"}), options_for("accuracy"), &journal, {}).value();
  EXPECT_EQ(again.fits, 2U);
  EXPECT_TRUE(same_scores(again, whole));
}

TEST(Search, HalvingDropsTheWorstEarlyAndJudgesTheLastOnAllRows) {
  const Task task = ring_task(1200);
  const auto folds = task_folds(task, SplitKind::kGrouped, task.groups, 3, 1, 1).value();
  const auto found = search(task, folds, 3, specs(kTexts), options_for("accuracy", 2), nullptr, {}).value();
  EXPECT_EQ(found.best().training_share, 1.0);
  EXPECT_GT(found.best().summary.mean, 0.95);
  EXPECT_EQ(found.ranking.size(), kTexts.size());
  const Candidate& last = found.candidates[found.ranking.back()];
  EXPECT_LT(last.training_share, 0.5);
  EXPECT_LT(last.summary.mean, found.best().summary.mean);
  EXPECT_LT(found.fits, 3U * 6U * 3U);
}

}  // namespace
}  // namespace sleeve
