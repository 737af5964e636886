// SPDX-License-Identifier: Apache-2.0
#include "eval/fold_outputs.h"

#include <algorithm>
#include <exception>
#include <new>
#include <numeric>
#include <string>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"

namespace sleeve {
namespace {

Status check_fold(const Task& task, const Fold& fold) {
  std::vector<bool> trained(task.x.rows());
  for (const size_t row : fold.train) {
    if (row >= task.x.rows()) {
      return make_error(ErrorCode::kUsage, "trains on row {} of {}", row, task.x.rows());
    }
    trained[row] = true;
  }
  for (const size_t row : fold.test) {
    if (row >= task.x.rows()) {
      return make_error(ErrorCode::kUsage, "tests on row {} of {}", row, task.x.rows());
    }
    if (trained[row]) return make_error(ErrorCode::kUsage, "tests row {}, which it also trains on", row);
  }
  if (fold.test.empty()) return make_error(ErrorCode::kUsage, "has no test row");
  return {};
}

bool has_other_forms(const Task& task) { return task.train_forms > 0 || task.test_forms > 0; }

Matrix first_rows(const Matrix& x, size_t count) {
  return {count, x.columns(), std::vector<float>(x.data(), x.data() + count * x.columns())};
}

// What pipelines can share between folds: nothing where rows are learnt from in forms that are not in task.x,
// or are no numbers yet.
Result<PairSums> sums_for(const Task& task, const FoldRun& run, const WorkContext& context) {
  const bool bags =
      std::ranges::any_of(task.blocks, [](const ColumnBlock& block) { return block.bag.has_value(); });
  if (bags || has_other_forms(task)) return PairSums();
  return shareable_sums(run.pipelines, task.x, context);
}

Status run_fold(const Task& task, const FoldRun& run, size_t number, const PairSums& sums,
                const WorkContext& context, const TakeFold& take) {
  const Fold& fold = run.folds[number];
  SLEEVE_CHECK(check_fold(task, fold));
  const LearntRows learnt = learnt_rows(task, fold.train);
  const SharedRows shared{sums, fold.train, fold.test};
  FamilyWants wants = run.wants;
  wants.probabilities = wants.probabilities || task.test_forms > 0;  // there is no mean of orders
  SLEEVE_TRY(auto outputs, fit_family(run.pipelines, learnt.set(task), asked_rows(task, fold.test),
                                      has_other_forms(task) ? nullptr : &shared, wants,
                                      mix_seed(run.seed, number), context));
  for (FamilyOutputs& output : outputs) {
    output.test = mean_answers(std::move(output.test), task.test_forms);
    if (task.train_forms > 0 && wants.train_outputs)
      output.train = first_rows(output.train, fold.train.size());
  }
  return take(number, std::move(outputs));
}

// As run_fold(), with what a library may throw turned into an error.
Status run_fold_safely(const Task& task, const FoldRun& run, size_t number, const PairSums& sums,
                       const WorkContext& context, const TakeFold& take) {
  if (context.stopping()) return Error{ErrorCode::kCancelled, "stopped on request"};
  try {
    return run_fold(task, run, number, sums, context, take);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kTooLarge, "not enough memory"};
  } catch (const std::exception& exception) {
    return make_error(ErrorCode::kInternal, "could not be computed: {}", exception.what());
  }
}

std::string fold_name(size_t number, const FoldRun& run) {
  const size_t per_repeat = run.folds_per_repeat;
  std::string name = fmt::format("fold {} of {}", number % per_repeat + 1, per_repeat);
  if (run.folds.size() > per_repeat) {
    name += fmt::format(", repeat {} of {}", number / per_repeat + 1, run.folds.size() / per_repeat);
  }
  return name;
}

// The first fold that failed on its own account; else the first that was stopped. Which folds were
// stopped depends on the moment, which failed does not.
Status first_error(std::vector<Status>& results, const FoldRun& run) {
  Status* first = nullptr;
  size_t number = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].ok()) continue;
    const ErrorCode code = results[i].error().code;
    const bool worse =
        first != nullptr && first->error().code == ErrorCode::kCancelled && code != ErrorCode::kCancelled;
    if (first == nullptr || worse) {
      first = &results[i];
      number = i;
    }
  }
  if (first == nullptr) return {};
  return with_context(std::move(*first).error(), fold_name(number, run));
}

// As many folds as there are threads would lie in memory together.
bool one_after_the_other(const Task& task, const FoldRun& run) {
  const double bytes = kernel_bytes(run.pipelines, task.x.rows() * (1 + task.train_forms));
  return bytes * static_cast<double>(thread_count()) > memory_bytes() / 2.0;
}

}  // namespace

Status run_folds(const Task& task, const FoldRun& run, const WorkContext& context, const TakeFold& take) {
  if (run.folds.empty() || run.folds_per_repeat == 0 || run.folds.size() % run.folds_per_repeat != 0) {
    return make_error(ErrorCode::kUsage, "{} folds are not whole repeats of {} folds", run.folds.size(),
                      run.folds_per_repeat);
  }
  SLEEVE_CHECK(check(task.set()));
  SLEEVE_TRY(const PairSums sums, sums_for(task, run, context));
  std::vector<size_t> numbers(run.only.begin(), run.only.end());
  if (numbers.empty()) {
    numbers.resize(run.folds.size());
    std::iota(numbers.begin(), numbers.end(), size_t{0});
  }
  std::vector<Status> results(run.folds.size());
  const WorkContext inner = context.without_progress();
  context.progress().begin(run.what, numbers.size());
  const auto body = [&](size_t at) {
    results[numbers[at]] = run_fold_safely(task, run, numbers[at], sums, inner, take);
    context.progress().step();
  };
  if (one_after_the_other(task, run)) {
    for (size_t at = 0; at < numbers.size(); ++at) body(at);
  } else {
    parallel_for(numbers.size(), body);
  }
  context.progress().end();
  return first_error(results, run);
}

}  // namespace sleeve
