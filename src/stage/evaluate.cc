// SPDX-License-Identifier: Apache-2.0
#include "stage/evaluate.h"

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/run_record.h"

namespace sleeve {
namespace {

// Rows the model learnt from, rows it may be judged on, and rows that are neither.
struct Division {
  std::vector<size_t> train;
  std::vector<size_t> test;
  size_t same_group = 0;
};

Division divide(const Dataset& dataset, const std::vector<Sha256>& training_covers, bool keep_groups_apart) {
  const std::unordered_set<Sha256> seen(training_covers.begin(), training_covers.end());
  std::unordered_set<int> seen_groups;
  for (const DatasetRow& row : dataset.rows) {
    if (seen.contains(row.cover)) seen_groups.insert(row.group);
  }
  Division division;
  for (size_t i = 0; i < dataset.rows.size(); ++i) {
    const DatasetRow& row = dataset.rows[i];
    if (seen.contains(row.cover)) {
      division.train.push_back(i);
    } else if (keep_groups_apart && seen_groups.contains(row.group)) {
      ++division.same_group;
    } else {
      division.test.push_back(i);
    }
  }
  return division;
}

// Gives rows the model's class numbers; rows of classes that it doesn't know are taken out.
size_t adopt_classes(LoadedTask& loaded, const std::vector<std::string>& class_names) {
  std::vector<size_t> kept;
  std::vector<DatasetRow> rows;
  Task task;
  task.class_names = class_names;
  for (size_t i = 0; i < loaded.dataset.rows.size(); ++i) {
    DatasetRow row = loaded.dataset.rows[i];
    const auto& name = loaded.dataset.class_names[static_cast<size_t>(row.label)];
    const auto found = std::ranges::find(class_names, name);
    if (found == class_names.end()) continue;
    row.label = static_cast<int>(found - class_names.begin());
    kept.push_back(i);
    task.labels.push_back(row.label);
    task.groups.push_back(row.group);
    rows.push_back(std::move(row));
  }
  const size_t dropped = loaded.dataset.rows.size() - rows.size();
  task.x = loaded.task.x.select(kept);
  loaded.task = std::move(task);
  loaded.dataset.rows = std::move(rows);
  loaded.dataset.class_names = class_names;
  return dropped;
}

uint64_t seed_of(const Json& record) {
  const Json seed = record.value("seed", Json(22));
  return seed.is_number_unsigned() ? seed.get<uint64_t>() : 22;
}

}  // namespace

Result<EvaluateReport> evaluate(Workspace& workspace, const std::filesystem::path& model_file,
                                const WorkContext& context) {
  RunRecorder recorder("evaluate");
  SLEEVE_TRY(const Model model, load_model(model_file));
  SLEEVE_TRY(const Question question, question_from_json(model.record.value("question", Json())));
  SLEEVE_TRY(LoadedTask loaded, load_task(workspace, question, model.features, context));
  EvaluateReport report;
  report.dataset = to_json(loaded.dataset);
  report.other_classes = adopt_classes(loaded, model.class_names);
  // A model trained with the leaky split on request is judged as it was split, and says so.
  const bool leaky = model.record.value("split", "") == name_of(SplitKind::kStratified);
  const Division division = divide(loaded.dataset, model.training_covers, !leaky);
  if (division.test.empty()) {
    return make_error(
        ErrorCode::kNoData,
        "no cover to judge the model on: it has seen {} of the workspace's {} covers, and the others "
        "belong to artists it has seen; import new covers, or train with a larger --test-size",
        division.train.size(), loaded.dataset.rows.size());
  }
  report.model = printable(model_file);
  report.features = model.features.text();
  report.pipeline = model.pipeline.spec().text();
  report.same_group = division.same_group;
  report.warnings = split_warnings(loaded, leaky ? SplitKind::kStratified : SplitKind::kGrouped);
  report.unreadable = loaded.unreadable;
  SLEEVE_TRY(report.judgement,
             judge(loaded, model.pipeline, division.train, division.test, seed_of(model.record)));
  report.seconds = recorder.seconds();
  const Json config{{"model", report.model}, {"record", model.record}};
  SLEEVE_TRY(report.run_id, recorder.record(workspace, config, loaded.dataset.fingerprint, to_json(report)));
  return report;
}

Json to_json(const EvaluateReport& report) {
  Json json{{"model", report.model},
            {"dataset", report.dataset},
            {"features", report.features},
            {"pipeline", report.pipeline},
            {"left_out", {{"same_group", report.same_group}, {"other_classes", report.other_classes}}}};
  json.update(to_json(report.judgement));
  json["warnings"] = report.warnings;
  json["unreadable"] = report.unreadable.size();
  json["run"] = report.run_id;
  json["seconds"] = report.seconds;
  return json;
}

}  // namespace sleeve
