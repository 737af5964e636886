// SPDX-License-Identifier: Apache-2.0
#include "stage/evaluate.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "image/near_pairs.h"
#include "stage/problem_json.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

// Rows the model learnt from, rows it may be judged on, and rows that are neither.
struct Division {
  std::vector<size_t> train;
  std::vector<size_t> test;
  size_t same_group = 0;
};

// Groups that a training cover belongs to, or an artist or look-alike of one: by what the model
// remembers, because its covers may have left the catalogue or lost their labels since.
std::unordered_set<int> groups_seen(const std::vector<GroupedCover>& covers, const Model& model) {
  const std::unordered_set<Sha256> trained(model.training_covers.begin(), model.training_covers.end());
  const std::unordered_set<uint64_t> keys(model.training_keys.begin(), model.training_keys.end());
  std::unordered_set<int> groups;
  // Training hashes first, so that a pair's first index tells whether it is one of them.
  std::vector<uint64_t> hashes = model.training_hashes;
  std::vector<int> group_of_hash;
  for (const GroupedCover& cover : covers) {
    const bool seen = trained.contains(cover.cover) ||
                      std::ranges::any_of(cover.keys, [&](uint64_t key) { return keys.contains(key); });
    if (seen) groups.insert(cover.group);
    if (!cover.phash) continue;
    hashes.push_back(*cover.phash);
    group_of_hash.push_back(cover.group);
  }
  const size_t known = model.training_hashes.size();
  for (const auto& [a, b] : near_pairs(hashes, kNearBits)) {
    if (a < known && b >= known) groups.insert(group_of_hash[b - known]);
  }
  return groups;
}

Division divide(const Dataset& dataset, const Model& model, bool keep_groups_apart) {
  const std::unordered_set<Sha256> trained(model.training_covers.begin(), model.training_covers.end());
  const auto seen = keep_groups_apart ? groups_seen(dataset.covers, model) : std::unordered_set<int>();
  Division division;
  for (size_t i = 0; i < dataset.rows.size(); ++i) {
    const DatasetRow& row = dataset.rows[i];
    if (trained.contains(row.cover)) {
      division.train.push_back(i);
    } else if (seen.contains(row.group)) {
      ++division.same_group;
    } else {
      division.test.push_back(i);
    }
  }
  return division;
}

// The class numbers that the model gives them; none: it doesn't know what the row is.
std::vector<int> adopted(const DatasetRow& row, const Dataset& dataset,
                         const std::vector<std::string>& class_names) {
  std::vector<int> numbers;
  const std::vector<int> members = row.members.empty() ? std::vector<int>{row.label} : row.members;
  for (const int member : members) {
    const auto found = std::ranges::find(class_names, dataset.class_names[static_cast<size_t>(member)]);
    if (found != class_names.end()) numbers.push_back(static_cast<int>(found - class_names.begin()));
  }
  std::ranges::sort(numbers);
  return numbers;
}

// Gives rows the model's class numbers; rows of classes that it doesn't know are taken out.
Result<size_t> adopt_classes(LoadedTask& loaded, const std::vector<std::string>& class_names) {
  std::vector<size_t> kept;
  std::vector<DatasetRow> rows;
  for (size_t i = 0; i < loaded.dataset.rows.size(); ++i) {
    DatasetRow row = loaded.dataset.rows[i];
    std::vector<int> numbers = adopted(row, loaded.dataset, class_names);
    if (numbers.empty()) continue;
    row.label = numbers[0];
    if (!row.members.empty()) row.members = std::move(numbers);
    kept.push_back(i);
    rows.push_back(std::move(row));
  }
  const size_t dropped = loaded.dataset.rows.size() - rows.size();
  loaded.dataset.rows = std::move(rows);
  loaded.dataset.class_names = class_names;
  Task task = std::move(loaded.task);
  SLEEVE_TRY(loaded.task, make_task(loaded.dataset, loaded.features, task.x.select(kept)));
  for (const Matrix& form : task.forms) loaded.task.forms.push_back(form.select(kept));
  loaded.task.test_forms = task.test_forms;
  return dropped;
}

uint64_t seed_of(const Json& record) {
  const auto seed = record.find("seed");
  return seed != record.end() && seed->is_number_unsigned() ? seed->get<uint64_t>() : 22;
}

Error nothing_to_judge(const EvaluateReport& report, const Division& division) {
  return make_error(
      ErrorCode::kNoData,
      "no cover to judge the model on: of the workspace's covers it has seen {}, {} are of artists (or "
      "look-alikes) that it has seen, {} are of classes that it doesn't know; import other covers, or train "
      "with a larger --test-size",
      division.train.size(), division.same_group, report.other_classes);
}

std::vector<std::string> warnings_of(const EvaluateReport& report, const Division& division,
                                     const Model& model) {
  std::vector<std::string> warnings;
  if (division.train.size() < model.training_covers.size()) {
    warnings.push_back(fmt::format(
        "{} of the {} covers that the model learnt from are not in the workspace's data set any more",
        model.training_covers.size() - division.train.size(), model.training_covers.size()));
  }
  if (report.other_classes > 0) {
    warnings.push_back(
        fmt::format("{} covers of classes that the model doesn't know were left out", report.other_classes));
  }
  return warnings;
}

}  // namespace

Result<EvaluateReport> evaluate(Workspace& workspace, const std::filesystem::path& model_file,
                                const WorkContext& context, std::optional<int> test_copies) {
  RunRecorder recorder("evaluate");
  SLEEVE_TRY(const Model model, load_model(model_file));
  SLEEVE_TRY(const Sha256 model_hash, hash_model_file(model_file));
  SLEEVE_TRY(const Question question, question_from_json(model.record.value("question", Json())));
  SLEEVE_TRY(Augmentation augmentation, augmentation_of(model.record));
  augmentation.train = 0;
  augmentation.test = test_copies.value_or(augmentation.test);
  SLEEVE_TRY(LoadedTask loaded, load_task(workspace, question, model.features, context, augmentation));
  EvaluateReport report;
  report.augmentation = augmentation;
  report.dataset = to_json(loaded.dataset);
  SLEEVE_TRY(report.other_classes, adopt_classes(loaded, model.class_names));
  // A model trained with the leaky split on request is judged as it was split, and says so.
  const bool leaky = model.record.value("split", Json()) == name_of(SplitKind::kStratified);
  const Division division = divide(loaded.dataset, model, !leaky);
  if (division.test.empty()) return nothing_to_judge(report, division);
  report.model = printable(model_file);
  report.features = model.features.text();
  report.pipeline = model.pipeline.spec().text();
  report.same_group = division.same_group;
  report.warnings = split_warnings(loaded, leaky ? SplitKind::kStratified : SplitKind::kGrouped);
  for (std::string& warning : warnings_of(report, division, model))
    report.warnings.push_back(std::move(warning));
  report.unreadable = loaded.unreadable;
  SLEEVE_TRY(report.judgement, judge(loaded, model.pipeline, division.train, division.test,
                                     seed_of(model.record), model.interval));
  add_class_warnings(report.judgement, report.warnings);
  report.seconds = recorder.seconds();
  std::error_code unknown;
  Json config{{"model", report.model},
              {"model_path", std::filesystem::absolute(model_file, unknown).native()},
              {"model_sha256", model_hash.hex()},
              {"record", model.record}};
  put_augmentation(config, augmentation);
  report.run_id = recorder.record(workspace, config, loaded.dataset.fingerprint, to_json(report),
                                  report.warnings, predictions_of(report.judgement, report.pipeline));
  return report;
}

Json to_json(const EvaluateReport& report) {
  Json json{{"model", report.model},
            {"dataset", report.dataset},
            {"features", report.features},
            {"pipeline", report.pipeline},
            {"left_out", {{"same_group", report.same_group}, {"other_classes", report.other_classes}}}};
  put_augmentation(json, report.augmentation);
  json.update(to_json(report.judgement));
  json["warnings"] = report.warnings;
  json["unreadable"] = to_json(report.unreadable);
  json["run"] = report.run_id;
  json["seconds"] = report.seconds;
  return json;
}

}  // namespace sleeve
