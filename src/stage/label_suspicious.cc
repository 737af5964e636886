// SPDX-License-Identifier: Apache-2.0
#include "stage/label_suspicious.h"

#include <algorithm>
#include <chrono>

#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/evaluation_json.h"
#include "stage/labelled_covers.h"

namespace sleeve {
namespace {

constexpr size_t kIdDigits = 12;
constexpr size_t kMinCoverDigits = 6;

PlantedNoise judge_noise(double share, const std::vector<size_t>& changed, const LabelErrors& errors) {
  PlantedNoise noise{share, changed.size(), 0, 0, 0};
  for (const Suspicion& suspicion : errors.suspicious) {
    noise.found += std::ranges::binary_search(changed, suspicion.row) ? 1 : 0;
  }
  const auto ratio = [&](size_t all) {
    return all == 0 ? 0.0 : static_cast<double>(noise.found) / static_cast<double>(all);
  };
  noise.precision = ratio(errors.suspicious.size());
  noise.recall = ratio(changed.size());
  return noise;
}

Result<Matrix> out_of_fold(const LoadedTask& loaded, const LabelSuspiciousOptions& options,
                           const WorkContext& context) {
  const SplitPlan plan = split_plan(loaded, SplitKind::kGrouped);
  SLEEVE_TRY(const auto folds, k_folds(plan.kind, {loaded.task.labels, plan.groups, loaded.task.classes()},
                                       options.folds, options.seed));
  SLEEVE_TRY(CrossValidation result,
             cross_validate(loaded.task, folds, folds.size(), options.pipeline, options.seed, context));
  return std::move(result.probabilities);
}

Status list_covers(Workspace& workspace, const LoadedTask& loaded, const std::vector<size_t>& changed,
                   LabelSuspiciousReport& report) {
  SLEEVE_TRY(const Decisions decisions, Decisions::load(workspace.catalogue()));
  for (const Suspicion& suspicion : report.errors.suspicious) {
    const DatasetRow& row = loaded.dataset.rows[suspicion.row];
    const LabelDecision* checked = decisions.find(cover_subject(row.cover), "checked");
    if (checked != nullptr && checked->new_value == "accepted") {
      ++report.accepted_before;
      continue;
    }
    report.covers.push_back({row.cover.hex().substr(0, kIdDigits), row.cover, row.path, row.title,
                             report.class_names[static_cast<size_t>(suspicion.label)],
                             report.class_names[static_cast<size_t>(suspicion.suggested)], suspicion.p_label,
                             suspicion.p_suggested, std::ranges::binary_search(changed, suspicion.row)});
  }
  return {};
}

Result<std::vector<LabelledCover>> covers_of(Catalogue& catalogue, const std::vector<std::string>& ids) {
  SLEEVE_TRY(const auto all, labelled_covers(catalogue, "genre", {}));
  std::vector<LabelledCover> covers;
  for (const std::string& id : ids) {
    const std::string digits = ascii_lower(trim(id));
    if (digits.size() < kMinCoverDigits) {
      return make_error(ErrorCode::kUsage, "'{}' is too short: {} hex digits or more of the cover's hash",
                        printable(std::string_view(id)), kMinCoverDigits);
    }
    std::vector<const LabelledCover*> found;
    for (const LabelledCover& cover : all) {
      if (cover.cover.hex().starts_with(digits)) found.push_back(&cover);
    }
    if (found.empty()) {
      return make_error(ErrorCode::kNotFound, "no cover's hash begins with '{}'",
                        printable(std::string_view(id)));
    }
    if (found.size() > 1) {
      return make_error(ErrorCode::kUsage, "{} covers' hashes begin with '{}'; give more digits",
                        found.size(), digits);
    }
    covers.push_back(*found[0]);
  }
  return covers;
}

}  // namespace

Result<LabelSuspiciousReport> label_suspicious(Workspace& workspace, const LabelSuspiciousOptions& options,
                                               const WorkContext& context) {
  if (!(options.plant >= 0 && options.plant <= 0.5)) {
    return make_error(ErrorCode::kUsage, "the share of planted noise must be from 0 to 0.5");
  }
  const auto start = std::chrono::steady_clock::now();
  SLEEVE_TRY(LoadedTask loaded, load_task(workspace, Question{}, options.features, context));
  LabelSuspiciousReport report;
  report.dataset = to_json(loaded.dataset);
  report.features = options.features.text();
  report.pipeline = options.pipeline.text();
  report.folds = options.folds;
  report.class_names = loaded.dataset.class_names;
  report.warnings = split_warnings(loaded, SplitKind::kGrouped);
  std::vector<size_t> changed;
  if (options.plant > 0) {
    loaded.task.labels =
        with_noise(loaded.task.labels, loaded.task.classes(), options.plant, options.seed, changed);
  }
  SLEEVE_TRY(const Matrix probabilities, out_of_fold(loaded, options, context));
  report.errors = find_label_errors(probabilities, loaded.task.labels);
  // Where the model is mostly wrong, so is what it suspects.
  if (4 * report.errors.suspicious.size() > loaded.task.labels.size()) {
    report.warnings.push_back(
        fmt::format("{:.0f} % of all labels are suspicious: this says more of a weak model than of the "
                    "labels; look at the worst "
                    "only",
                    100 * static_cast<double>(report.errors.suspicious.size()) /
                        static_cast<double>(loaded.task.labels.size())));
  }
  SLEEVE_CHECK(list_covers(workspace, loaded, changed, report));
  if (options.plant > 0) report.planted = judge_noise(options.plant, changed, report.errors);
  if (options.effect) {
    SLEEVE_TRY(report.arms, measure_cleaning(workspace, options, context));
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

Json to_json(const LabelSuspiciousReport& report) {
  Json covers = Json::array();
  for (const SuspiciousCover& cover : report.covers) {
    covers.push_back({{"id", cover.id},
                      {"label", cover.label},
                      {"suggested", cover.suggested},
                      {"p_label", cover.p_label},
                      {"p_suggested", cover.p_suggested},
                      {"title", cover.title},
                      {"path", printable(std::string_view(cover.path))}});
    if (report.planted) covers.back()["planted"] = cover.planted;
  }
  Json json{{"dataset", report.dataset},
            {"features", report.features},
            {"pipeline", report.pipeline},
            {"folds", report.folds},
            {"classes", report.class_names},
            {"thresholds", report.errors.thresholds},
            {"counts", report.errors.counts},
            {"estimated_noise", report.errors.noise},
            {"suspicious", report.errors.suspicious.size()},
            {"accepted_before", report.accepted_before},
            {"covers", std::move(covers)}};
  if (report.planted) {
    json["planted"] = {{"share", report.planted->share},
                       {"changed", report.planted->changed},
                       {"found", report.planted->found},
                       {"precision", report.planted->precision},
                       {"recall", report.planted->recall}};
  }
  if (!report.arms.empty()) {
    Json arms = Json::array();
    for (const CleaningArm& arm : report.arms) {
      const auto interval = [&](const char* name) {
        const Interval& bounds = arm.test.intervals.at(name);
        return Json{{"value", metric(arm.test.scores, name)}, {"low", bounds.low}, {"high", bounds.high}};
      };
      arms.push_back({{"training", arm.name},
                      {"training_rows", arm.train_rows},
                      {"accuracy", interval("accuracy")},
                      {"macro_f1", interval("macro_f1")},
                      {"macro_f1_difference", arm.difference},
                      {"p_value", arm.p_value}});
    }
    json["effect"] = std::move(arms);
  }
  json["warnings"] = report.warnings;
  json["seconds"] = report.seconds;
  return json;
}

Status write_suspicious(const LabelSuspiciousReport& report, const std::filesystem::path& path) {
  std::string text = csv_line(std::vector<std::string>{"id", "label", "suggested", "p_label", "p_suggested",
                                                       "title", "path", "sha256"});
  for (const SuspiciousCover& cover : report.covers) {
    text += csv_line(std::vector<std::string>{
        cover.id, cover.label, cover.suggested, fmt::format("{:.4f}", cover.p_label),
        fmt::format("{:.4f}", cover.p_suggested), cover.title, cover.path, cover.cover.hex()});
  }
  return write_file_atomic(path, std::string_view(text));
}

Result<Json> review_labels(Workspace& workspace, const ReviewOptions& options) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  SLEEVE_TRY(const auto covers, covers_of(workspace.catalogue(), options.ids));
  std::vector<WantedDecision> wanted;
  Json list = Json::array();
  for (const LabelledCover& cover : covers) {
    const Subject subject = cover_subject(cover.cover);
    const std::string had = cover.labels.empty() ? "no label" : join_text(cover.labels, " + ");
    const std::string note = options.note.empty() ? "" : ": " + options.note;
    wanted.push_back({subject, "checked", options.accept ? "accepted" : "rejected",
                      fmt::format("{} is {}{}", had, options.accept ? "right" : "wrong", note)});
    // Of an earlier review nothing is left.
    const bool relabelled = !options.accept && options.genre.has_value();
    wanted.push_back(
        {subject, "genre:review", relabelled ? Json{*options.genre} : Json(),
         relabelled ? fmt::format("{} instead of {}{}", *options.genre, had, note) : "reviewed" + note});
    wanted.push_back(
        {subject, "out:review", !options.accept && !relabelled, fmt::format("{} is wrong{}", had, note)});
    if (options.accept) wanted.back().reason = "reviewed" + note;
    list.push_back({{"id", cover.cover.hex().substr(0, kIdDigits)},
                    {"title", cover.title},
                    {"labels", cover.labels},
                    {"path", printable(std::string_view(cover.path))}});
  }
  const Json recorded{{"ids", options.ids}, {"genre", options.genre ? Json(*options.genre) : Json()}};
  SLEEVE_TRY(const Recorded result,
             add_decisions(workspace.catalogue(), options.accept ? "accept" : "reject", recorded, wanted));
  return Json{{"covers", std::move(list)}, {"accepted", options.accept}, {"decisions", to_json(result)}};
}

}  // namespace sleeve
