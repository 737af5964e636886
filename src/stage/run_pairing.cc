// SPDX-License-Identifier: Apache-2.0
#include "stage/run_pairing.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/split.h"
#include "stage/dataset.h"

namespace sleeve {
namespace {

// What an evaluation was asked stands in the record of its model.
Json asked(const Json& config) {
  return config.contains("record") && config["record"].is_object() ? config["record"] : config;
}

std::string word(const Json& object, const char* key) {
  const Json value = object.is_object() ? object.value(key, Json()) : Json();
  return value.is_string() ? value.get<std::string>() : std::string();
}

Error conflict(const JudgedRun& first, const JudgedRun& second, const std::string& why) {
  return make_error(ErrorCode::kConflict, "runs {} and {} can't be compared: {}", first.record.id,
                    second.record.id, why);
}

std::string quoted(std::vector<std::string> names) {
  for (std::string& name : names) name = "'" + printable(std::string_view(name)) + "'";
  return join_text(names, ", ");
}

// The classes that only one of the runs has, in words; empty if there are none.
std::string other_classes(const JudgedRun& first, const JudgedRun& second) {
  std::string text;
  for (const auto& [has, lacks] : {std::pair(&first, &second), std::pair(&second, &first)}) {
    std::vector<std::string> only;
    for (const std::string& name : has->predictions.rows.class_names) {
      const auto& others = lacks->predictions.rows.class_names;
      if (std::ranges::find(others, name) == others.end()) only.push_back(name);
    }
    if (only.empty()) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("only run {} knows {}", has->record.id, quoted(std::move(only)));
  }
  return text;
}

// The rows of each cover by class number of the first run.
using RowsOfCover = std::map<int, size_t>;
std::map<Sha256, RowsOfCover> by_cover(const PredictedRows& rows, const std::vector<int>& class_of) {
  std::map<Sha256, RowsOfCover> covers;
  for (size_t i = 0; i < rows.covers.size(); ++i) {
    covers[rows.covers[i]][class_of[static_cast<size_t>(rows.truth[i])]] = i;
  }
  return covers;
}

bool same_labels(const RowsOfCover& a, const RowsOfCover& b) {
  return std::ranges::equal(
      a, b, {}, [](const auto& row) { return row.first; }, [](const auto& row) { return row.first; });
}

void join_groups(const PredictedRows& first, const PredictedRows& second, PairedRows& paired) {
  GroupBuilder builder(paired.first.size());
  std::map<int, size_t> seen_first, seen_second;
  for (size_t i = 0; i < paired.first.size(); ++i) {
    builder.join(i, seen_first.try_emplace(first.groups[paired.first[i]], i).first->second);
    builder.join(i, seen_second.try_emplace(second.groups[paired.second[i]], i).first->second);
  }
  paired.groups = builder.groups();
}

bool folds_equal(const JudgedRun& first, const JudgedRun& second, const PairedRows& paired) {
  const PredictedRows &a = first.predictions.rows, &b = second.predictions.rows;
  if (paired.first.size() != a.covers.size() || paired.second.size() != b.covers.size()) return false;
  if ((first.record.command == "crossval") != (second.record.command == "crossval")) return false;
  for (size_t i = 0; i < paired.first.size(); ++i) {
    if (a.folds[paired.first[i]] != b.folds[paired.second[i]]) return false;
  }
  return true;
}

// With groups kept apart, every prediction is of a cover whose artist the model hadn't seen, whatever the
// folds. Where groups may straddle, which do depends on the folds: then only equal folds are comparable.
Status check_splits(const JudgedRun& first, const JudgedRun& second, bool same_folds) {
  if (same_folds) return {};
  const std::string a = first.split(), b = second.split();
  if (a != b) {
    return conflict(
        first, second,
        fmt::format("run {} is split {}, run {} {}: one may have seen an artist's other covers where "
                    "the other hadn't; run both with the same --split",
                    first.record.id, a, second.record.id, b));
  }
  if (a == "grouped") return {};
  return conflict(first, second,
                  fmt::format("their folds differ, and with --split {} it depends on the folds which covers' "
                              "artists were seen in training; run both with the same --seed and folds, or "
                              "with --split grouped",
                              a));
}

Result<PairedRows> match(const JudgedRun& first, const JudgedRun& second) {
  const PredictedRows &a = first.predictions.rows, &b = second.predictions.rows;
  PairedRows paired;
  paired.class_names = a.class_names;
  std::vector<int> class_of_first;
  for (size_t i = 0; i < a.class_names.size(); ++i) class_of_first.push_back(static_cast<int>(i));
  for (const std::string& name : b.class_names) {
    paired.class_of_second.push_back(
        static_cast<int>(std::ranges::find(a.class_names, name) - a.class_names.begin()));
  }
  const auto covers_a = by_cover(a, class_of_first), covers_b = by_cover(b, paired.class_of_second);
  size_t shared = 0, disagreeing = 0;
  for (const auto& [cover, rows_a] : covers_a) {
    const auto found = covers_b.find(cover);
    if (found == covers_b.end()) continue;
    ++shared;
    if (!same_labels(rows_a, found->second)) {
      ++disagreeing;
      continue;
    }
    for (const auto& [label, row] : rows_a) {
      paired.first.push_back(row);
      paired.second.push_back(found->second.at(label));
      paired.truth.push_back(label);
    }
  }
  if (shared == 0) return conflict(first, second, "no cover was judged by both");
  if (disagreeing > 0) {
    const Json asked_first = asked(first.record.config).value("question", Json());
    const Json asked_second = asked(second.record.config).value("question", Json());
    const std::string why =
        asked_first == asked_second
            ? std::string("they have changed in between: run the older one anew")
            : fmt::format("run {} asked {}, run {} {}", first.record.id, dump_json(asked_first),
                          second.record.id, dump_json(asked_second));
    return conflict(
        first, second,
        fmt::format("of {} covers that both judged, {} have other labels; {}", shared, disagreeing, why));
  }
  return paired;
}

// McNemar's test and the others pair one predicted class with another.
Status check_goal(const JudgedRun& run) {
  const auto question = question_from_json(asked(run.record.config).value("question", Json()));
  if (!question.ok() || goal_of(*question) == Goal::kClass) return {};
  return make_error(
      ErrorCode::kUnsupported,
      "run {} is about {}: runs are compared where each cover has one class (genre, or popularity "
      "as classes); here read the intervals that 'sleeve runs show {}' prints",
      run.record.id,
      goal_of(*question) == Goal::kNumber ? "popularity as a number" : "several genres a cover",
      run.record.id);
}

}  // namespace

std::string JudgedRun::target() const {
  const Json config = asked(record.config);
  return word(config.value("question", Json()), "target");
}

std::string JudgedRun::split() const {
  // Evaluation keeps a model's groups away also where nothing had been held out ("none").
  const std::string split = word(asked(record.config), "split");
  return split == "stratified" ? split : "grouped";
}

Result<JudgedRun> load_judged_run(Workspace& workspace, int64_t id) {
  JudgedRun run;
  SLEEVE_TRY(run.record, workspace.catalogue().run(id));
  SLEEVE_CHECK(check_goal(run));
  SLEEVE_TRY(const std::vector<RunPart> parts, workspace.catalogue().run_predictions(id));
  auto predictions = decode_predictions(parts);
  if (!predictions.ok()) {
    const bool none = predictions.error().code == ErrorCode::kNoData;
    return with_context(
        predictions.error(),
        none ? fmt::format("run {} ({}; crossval, evaluate and train with a test part keep them)", id,
                           run.record.command)
             : fmt::format("run {}", id));
  }
  run.predictions = std::move(*predictions);
  return run;
}

Result<PairedRows> pair_rows(const JudgedRun& first, const JudgedRun& second) {
  if (first.target() != second.target()) {
    return conflict(first, second,
                    fmt::format("run {} is about {}, run {} about {}", first.record.id, first.target(),
                                second.record.id, second.target()));
  }
  if (const std::string other = other_classes(first, second); !other.empty()) {
    return conflict(first, second, "their classes differ: " + other);
  }
  SLEEVE_TRY(PairedRows paired, match(first, second));
  paired.same_folds = folds_equal(first, second, paired);
  SLEEVE_CHECK(check_splits(first, second, paired.same_folds));
  join_groups(first.predictions.rows, second.predictions.rows, paired);
  return paired;
}

}  // namespace sleeve
