// SPDX-License-Identifier: Apache-2.0
#include "eval/nested.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/rng.h"
#include "base/try.h"
#include "eval/fold_outputs.h"

namespace sleeve {
namespace {

Status run_outer_fold(const Task& task, const Fold& fold, size_t number, const MakeInnerFolds& inner,
                      std::span<const PipelineSpec> candidates, const SearchOptions& options,
                      SearchJournal* journal, const WorkContext& context, NestedResult& result) {
  const Task training = select_rows(task, fold.train);
  SLEEVE_TRY(const InnerFolds folds, inner(training));
  SearchOptions own = options;
  own.seed = mix_seed(options.seed, number);
  own.journal_key += fmt::format("/outer {} {}", number, fingerprint(std::span(&fold, 1)));
  SLEEVE_TRY(const SearchResult found,
             search(training, folds.folds, folds.per_repeat, candidates, own, journal, context));
  NestedFold done{found.best().pipeline, found.best().summary.mean, {}};
  result.fits += found.fits;
  result.reused += found.reused;
  const TrainingSet whole = task.set();
  const auto take = [&](size_t /*fold*/, std::vector<FamilyOutputs> outputs) -> Status {
    const Matrix none(fold.test.size(), 0);
    const Answers answers = Answers::of(whole, fold.test);
    done.test_score = options.objective->of(answers.set(none, whole), outputs[0].test);
    for (size_t i = 0; i < fold.test.size(); ++i) {
      std::ranges::copy(outputs[0].test.row(i), result.outputs.row(fold.test[i]).begin());
    }
    return {};
  };
  const FoldRun run{std::span(&fold, 1),      1, std::span(&done.chosen, 1), {}, own.seed,
                    "judging what was chosen"};
  SLEEVE_CHECK(run_folds(task, run, context, take));
  result.folds.push_back(std::move(done));
  return {};
}

}  // namespace

Result<NestedResult> nested_search(const Task& task, std::span<const Fold> outer, const MakeInnerFolds& inner,
                                   std::span<const PipelineSpec> candidates, const SearchOptions& options,
                                   SearchJournal* journal, const WorkContext& context) {
  NestedResult result;
  result.outputs = Matrix(task.x.rows(), static_cast<size_t>(task.classes()));
  for (size_t number = 0; number < outer.size(); ++number) {
    Status done =
        run_outer_fold(task, outer[number], number, inner, candidates, options, journal, context, result);
    if (!done.ok()) {
      return with_context(std::move(done).error(),
                          fmt::format("outer fold {} of {}", number + 1, outer.size()));
    }
  }
  return result;
}

}  // namespace sleeve
