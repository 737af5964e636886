// SPDX-License-Identifier: Apache-2.0
#include "stage/task.h"

#include <array>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/extract.h"
#include "stage/extract.h"

namespace sleeve {
namespace {

std::vector<Sha256> covers_of(const Dataset& dataset) {
  std::vector<Sha256> covers;
  covers.reserve(dataset.rows.size());
  for (const DatasetRow& row : dataset.rows) covers.push_back(row.cover);
  return covers;
}

// The dataset's rows, or those of a copy of their covers. Computes what is missing, and names the covers that
// still lack something.
Result<FeatureRows> load_or_extract(Workspace& workspace, LoadedTask& loaded,
                                    const std::optional<AugmentedCopy>& copy, const WorkContext& context) {
  const std::vector<Sha256> covers = covers_of(loaded.dataset);
  SLEEVE_TRY(FeatureRows rows, load_features(covers, loaded.features, workspace.features_folder(), copy));
  if (rows.missing.empty()) return rows;
  SLEEVE_TRY(const ExtractSummary summary, extract(workspace, loaded.features, context, covers, copy));
  if (summary.cancelled) {
    return make_error(ErrorCode::kCancelled, "stopped while extracting; what was done is kept");
  }
  loaded.extracted += summary.done;
  SLEEVE_TRY(rows, load_features(covers, loaded.features, workspace.features_folder(), copy));
  std::unordered_map<std::string, const Problem*> reasons;
  for (const Problem& problem : summary.failed) reasons.emplace(problem.item, &problem);
  for (const size_t row : rows.missing) {
    const std::string& path = loaded.dataset.rows[row].path;
    const auto reason = reasons.find(path);
    loaded.unreadable.push_back(
        reason != reasons.end()
            ? *reason->second
            : Problem{path, std::string(name_of(ErrorCode::kNotFound)), path + ": no features"});
  }
  return rows;
}

// The dataset's rows and their copies' as matrices, the rows themselves first. Rows that lack any are taken
// out of the data set and of all matrices.
Result<std::vector<Matrix>> load_forms(Workspace& workspace, LoadedTask& loaded,
                                       const Augmentation& augmentation, const WorkContext& context) {
  std::vector<Matrix> forms;
  for (int number = 0; number <= augmentation.copies(); ++number) {
    const auto copy = number == 0 ? std::optional<AugmentedCopy>()
                                  : std::optional(AugmentedCopy{augmentation.options, number});
    SLEEVE_TRY(FeatureRows rows, load_or_extract(workspace, loaded, copy, context));
    if (rows.present.empty()) {
      return make_error(
          ErrorCode::kNoData, "the features {} could be computed of no cover{}", loaded.features.text(),
          loaded.unreadable.empty() ? std::string() : "; first reason: " + loaded.unreadable[0].reason);
    }
    if (!rows.missing.empty()) {
      SLEEVE_TRY(loaded.dataset, keep_rows(std::move(loaded.dataset), rows.present));
      for (Matrix& form : forms) form = form.select(rows.present);
    }
    forms.emplace_back(rows.present.size(), rows.columns, std::move(rows.values));
  }
  return forms;
}

}  // namespace

Result<Task> make_task(const Dataset& dataset, const FeatureSet& features, Matrix x) {
  Task task;
  task.x = std::move(x);
  task.goal = dataset.goal;
  task.class_names = dataset.class_names;
  for (const DatasetRow& row : dataset.rows) {
    task.groups.push_back(row.group);
    if (task.goal == Goal::kClass) task.labels.push_back(row.label);
    if (task.goal == Goal::kNumber) task.values.push_back(static_cast<float>(row.popularity.value_or(0)));
    if (task.goal != Goal::kLabels) continue;
    std::vector<uint8_t> members(task.class_names.size());
    for (const int member : row.members) members[static_cast<size_t>(member)] = 1;
    task.members.insert(task.members.end(), members.begin(), members.end());
  }
  SLEEVE_TRY(const auto sizes, descriptor_sizes(features));
  SLEEVE_TRY(const auto bags, descriptor_bags(features));
  size_t begin = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    task.blocks.push_back({features.descriptors[i].name, begin, begin + sizes[i], bags[i]});
    begin += sizes[i];
  }
  return task;
}

Result<LoadedTask> load_task(Workspace& workspace, const Question& question, const FeatureSet& features,
                             const WorkContext& context, const Augmentation& augmentation) {
  LoadedTask loaded;
  loaded.features = features;
  SLEEVE_TRY(loaded.dataset, build_dataset(workspace.catalogue(), question));
  SLEEVE_TRY(const auto sizes, descriptor_sizes(features));
  SLEEVE_CHECK(check_fits(loaded.dataset.rows.size(), std::accumulate(sizes.begin(), sizes.end(), size_t{0}),
                          augmentation, memory_bytes()));
  SLEEVE_TRY(std::vector<Matrix> forms, load_forms(workspace, loaded, augmentation, context));
  SLEEVE_TRY(loaded.task, make_task(loaded.dataset, features, std::move(forms[0])));
  forms.erase(forms.begin());
  loaded.task.forms = std::move(forms);
  loaded.task.train_forms = static_cast<size_t>(augmentation.train);
  loaded.task.test_forms = static_cast<size_t>(augmentation.test);
  return loaded;
}

std::vector<std::string> split_warnings(const LoadedTask& loaded, SplitKind split) {
  std::vector<std::string> warnings;
  const Dataset& dataset = loaded.dataset;
  if (split == SplitKind::kStratified && (dataset.with_artist > 0 || dataset.near_pairs > 0)) {
    warnings.push_back(
        fmt::format("leaky split: covers of one artist (or look-alikes) stand in training and in test, so "
                    "the score is too good "
                    "({} covers of known artists, {} look-alike pairs); leave --split out for the honest one",
                    dataset.with_artist, dataset.near_pairs));
  }
  if (dataset.with_artist == 0) {
    warnings.emplace_back(
        "no artists are known: albums of one artist may stand in training and in test, so the score may be "
        "too good "
        "for artists never seen");
  } else if (dataset.with_artist < dataset.rows.size()) {
    warnings.push_back(
        fmt::format("the artist of {} of {} covers is unknown: these may be of one artist on both sides",
                    dataset.rows.size() - dataset.with_artist, dataset.rows.size()));
  }
  if (!loaded.unreadable.empty()) {
    warnings.push_back(
        fmt::format("{} covers were left out: their features could not be computed (first: {})",
                    loaded.unreadable.size(), loaded.unreadable[0].reason));
  }
  return warnings;
}

SplitPlan split_plan(const LoadedTask& loaded, SplitKind requested) {
  if (requested == SplitKind::kGrouped) return {SplitKind::kGrouped, loaded.task.groups};
  std::unordered_map<Sha256, int> number;
  std::vector<int> pictures;
  for (const DatasetRow& row : loaded.dataset.rows) {
    pictures.push_back(number.try_emplace(row.cover, static_cast<int>(number.size())).first->second);
  }
  const bool all_different = number.size() == loaded.dataset.rows.size();
  return all_different ? SplitPlan{SplitKind::kStratified, {}}
                       : SplitPlan{SplitKind::kGrouped, std::move(pictures)};
}

std::string_view name_of(SplitKind kind) { return kind == SplitKind::kGrouped ? "grouped" : "stratified"; }

Result<SplitKind> split_kind_of(std::string_view name) {
  for (const SplitKind kind : {SplitKind::kGrouped, SplitKind::kStratified}) {
    if (name == name_of(kind)) return kind;
  }
  static const std::array<std::string, 2> kNames = {"grouped", "stratified"};
  return make_error(ErrorCode::kUsage, "unknown split '{}'{}", printable(name), suggestion(name, kNames));
}

}  // namespace sleeve
