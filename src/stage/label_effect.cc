// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "base/error.h"
#include "base/pick.h"
#include "base/rng.h"
#include "base/try.h"
#include "eval/significance.h"
#include "stage/label_suspicious.h"

namespace sleeve {
namespace {

constexpr int kInnerFolds = 5;
constexpr size_t kWorstShare = 20;  // one label of so many

// The task's rows numbered, and which of them belong to covers of several labels.
struct Rows {
  std::vector<bool> contradictory;
  std::vector<size_t> judged;  // the others, ascending
};

Rows divide(const Dataset& dataset) {
  std::unordered_map<Sha256, size_t> labels;
  for (const DatasetRow& row : dataset.rows) ++labels[row.cover];
  Rows rows;
  for (size_t i = 0; i < dataset.rows.size(); ++i) {
    rows.contradictory.push_back(labels.at(dataset.rows[i].cover) > 1);
    if (!rows.contradictory.back()) rows.judged.push_back(i);
  }
  return rows;
}

Task part_of(const Task& task, std::span<const int> groups, std::span<const size_t> rows) {
  Task part;
  part.x = task.x.select(rows);
  part.labels = pick(task.labels, rows);
  part.groups = pick(groups, rows);
  part.class_names = task.class_names;
  part.blocks = task.blocks;
  return part;
}

class Measurement {
 public:
  Measurement(const LoadedTask& loaded, const LabelSuspiciousOptions& options)
      : task_(loaded.task),
        options_(options),
        plan_(split_plan(loaded, SplitKind::kGrouped)),
        rows_(divide(loaded.dataset)) {
    for (auto& predicted : predicted_) predicted.assign(task_.labels.size(), -1);
  }

  Result<std::vector<CleaningArm>> run(const WorkContext& context) {
    SLEEVE_TRY(const auto folds, k_folds(plan_.kind, {task_.labels, plan_.groups, task_.classes()},
                                         options_.folds, options_.seed));
    context.progress().begin("cleaning training folds", folds.size());
    for (size_t f = 0; f < folds.size(); ++f) {
      if (context.stopping()) return Error{ErrorCode::kCancelled, "stopped on request"};
      SLEEVE_CHECK(take(folds[f], mix_seed(options_.seed, f), context.without_progress()));
      context.progress().step();
    }
    context.progress().end();
    return judge(folds.size());
  }

 private:
  static constexpr size_t kArms = 4;
  static constexpr std::array kNames = {
      "as labelled, contradictory covers left out", "contradictory covers kept, once per genre",
      "all suspicious labels dropped as well", "only the worst 5 % of labels dropped as well"};

  Status take(const Fold& fold, uint64_t seed, const WorkContext& context) {
    std::vector<size_t> plain;
    for (const size_t row : fold.train) {
      if (!rows_.contradictory[row]) plain.push_back(row);
    }
    SLEEVE_TRY(const std::vector<size_t> suspicious, suspicious_rows(plain, seed, context));
    const std::vector<size_t> clean = without(plain, suspicious);
    const size_t worst = std::min(suspicious.size(), plain.size() / kWorstShare);
    const std::vector<size_t> cleaner = without(plain, std::span(suspicious).first(worst));
    std::vector<size_t> test;
    for (const size_t row : fold.test) {
      if (!rows_.contradictory[row]) test.push_back(row);
    }
    const std::array<const std::vector<size_t>*, kArms> trainings = {&plain, &fold.train, &clean, &cleaner};
    for (size_t arm = 0; arm < kArms; ++arm) {
      SLEEVE_CHECK(fit(arm, *trainings[arm], test, seed, context));
      train_rows_[arm] += static_cast<double>(trainings[arm]->size());
    }
    return {};
  }

  // Of the given rows, the most suspicious first. Only the training part is looked at: the test fold has no
  // say in what is dropped.
  Result<std::vector<size_t>> suspicious_rows(const std::vector<size_t>& rows, uint64_t seed,
                                              const WorkContext& context) {
    const Task part = part_of(task_, plan_.groups, rows);
    SLEEVE_TRY(const auto folds,
               k_folds(plan_.kind, {part.labels, part.groups, part.classes()}, kInnerFolds, seed));
    SLEEVE_TRY(const CrossValidation inner,
               cross_validate(part, folds, folds.size(), options_.pipeline, seed, context));
    std::vector<size_t> suspicious;
    for (const Suspicion& suspicion : find_label_errors(inner.probabilities, part.labels).suspicious) {
      suspicious.push_back(rows[suspicion.row]);
    }
    return suspicious;
  }

  static std::vector<size_t> without(const std::vector<size_t>& rows, std::span<const size_t> dropped) {
    const std::set<size_t> out(dropped.begin(), dropped.end());
    std::vector<size_t> kept;
    for (const size_t row : rows) {
      if (!out.contains(row)) kept.push_back(row);
    }
    return kept;
  }

  Status fit(size_t arm, const std::vector<size_t>& train, const std::vector<size_t>& test, uint64_t seed,
             const WorkContext& context) {
    const Task part = part_of(task_, plan_.groups, train);
    SLEEVE_TRY(const Pipeline pipeline, Pipeline::fit(options_.pipeline, part.set(), seed, context));
    SLEEVE_TRY(const Matrix probabilities, pipeline.outputs(task_.x.select(test)));
    const std::vector<int> predicted = most_probable(probabilities);
    for (size_t i = 0; i < test.size(); ++i) predicted_[arm][test[i]] = predicted[i];
    return {};
  }

  std::vector<CleaningArm> judge(size_t folds) {
    const std::vector<int> truth = pick(task_.labels, rows_.judged);
    const std::vector<int> groups = pick(plan_.groups, rows_.judged);
    const std::vector<int> first = pick(predicted_[0], rows_.judged);
    std::vector<CleaningArm> arms;
    for (size_t arm = 0; arm < kArms; ++arm) {
      const std::vector<int> predicted = pick(predicted_[arm], rows_.judged);
      CleaningArm result{kNames[arm], train_rows_[arm] / static_cast<double>(folds),
                         evaluate_predictions(truth, predicted, groups, task_.classes(), options_.seed), 0,
                         1};
      if (arm > 0) {
        const auto test = paired_permutation_test(truth, predicted, first, groups, task_.classes(),
                                                  "macro_f1", options_.seed);
        result.difference = test.difference;
        result.p_value = test.p_value;
      }
      arms.push_back(std::move(result));
    }
    return arms;
  }

  const Task& task_;
  const LabelSuspiciousOptions& options_;
  SplitPlan plan_;
  Rows rows_;
  std::array<std::vector<int>, kArms> predicted_;
  std::array<double, kArms> train_rows_{};
};

}  // namespace

Result<std::vector<CleaningArm>> measure_cleaning(Workspace& workspace, const LabelSuspiciousOptions& options,
                                                  const WorkContext& context) {
  Question question;
  question.keep_conflicting = true;
  SLEEVE_TRY(const LoadedTask loaded, load_task(workspace, question, options.features, context));
  return Measurement(loaded, options).run(context);
}

}  // namespace sleeve
