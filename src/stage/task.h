// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_TASK_H_
#define SLEEVE_STAGE_TASK_H_

#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "eval/cross_validate.h"
#include "feature/feature_set.h"
#include "model/augmentation.h"
#include "stage/dataset.h"
#include "stage/workspace.h"

namespace sleeve {

// A data set with the features of every row: ready to learn from.
struct LoadedTask {
  Dataset dataset;  // rows without features taken out
  FeatureSet features;
  Task task;                        // row i belongs to dataset.rows[i]
  size_t extracted = 0;             // covers whose features had to be computed first
  std::vector<Problem> unreadable;  // covers left out because their features could not be computed
};

// Builds the data set and loads its features, computing those that are missing (as `sleeve
// extract` would); with an augmentation those of the copies, too, as the task's forms. Errors as
// build_dataset and extract.
Result<LoadedTask> load_task(Workspace& workspace, const Question& question, const FeatureSet& features,
                             const WorkContext& context, const Augmentation& augmentation = {});

// The rows' answers, groups and descriptor blocks, with their features. Errors as descriptor_sizes().
Result<Task> make_task(const Dataset& dataset, const FeatureSet& features, Matrix x);

// What the reader of a score must know about the data and the split, one sentence each.
std::vector<std::string> split_warnings(const LoadedTask& loaded, SplitKind split);

// What to split by. Grouped: the rows' groups. Stratified, which ignores groups on request, still
// keeps rows of the very same picture together (they exist when conflicting labels are kept).
struct SplitPlan {
  SplitKind kind;
  std::vector<int> groups;
};
SplitPlan split_plan(const LoadedTask& loaded, SplitKind requested);

std::string_view name_of(SplitKind kind);                // "grouped", "stratified"
Result<SplitKind> split_kind_of(std::string_view name);  // kUsage

}  // namespace sleeve

#endif  // SLEEVE_STAGE_TASK_H_
