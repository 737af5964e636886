// SPDX-License-Identifier: Apache-2.0
#include "cli/sheet.h"

#include <algorithm>

#include "base/error.h"
#include "eval/metrics.h"
#include "report/picture_sheet.h"

namespace sleeve {
namespace {

// Takes covers class by class in turn, each class in the order of the covers' hashes.
std::vector<JudgedCover> mixed(const Judgement& judgement) {
  std::vector<std::vector<JudgedCover>> by_class(judgement.class_names.size());
  for (const JudgedCover& cover : judgement.covers)
    by_class[static_cast<size_t>(cover.truth)].push_back(cover);
  for (auto& covers : by_class) std::ranges::sort(covers, {}, &JudgedCover::cover);
  std::vector<JudgedCover> result;
  for (size_t i = 0; result.size() < judgement.covers.size(); ++i) {
    for (const auto& covers : by_class) {
      if (i < covers.size()) result.push_back(covers[i]);
    }
  }
  return result;
}

std::string metric_text(const MetricOutcome& metric) {
  if (!metric.value) return metric.name + " unknown";
  std::string text = fmt::format("{} {:.3f}", metric.name, *metric.value);
  if (metric.interval) text += fmt::format(" [{:.3f}, {:.3f}]", metric.interval->low, metric.interval->high);
  return text;
}

std::string caption_of(const Judgement& judgement) {
  if (judgement.outcomes.test) {
    const bool number = judgement.goal == Goal::kNumber;
    return fmt::format("{}.  On all {} covers {}",
                       number ? "predicted popularity, true one; green: inside the prediction interval"
                              : "most probable genre, its probability, true ones; green: it is one of them",
                       judgement.covers.size(), metric_text(judgement.outcomes.test->metrics[0]));
  }
  const Interval interval = judgement.test->intervals.at("accuracy");
  std::string caption = fmt::format(
      "predicted, confidence, true; classes in turn.  Accuracy on all {} covers {:.3f} [{:.3f}, {:.3f}]",
      judgement.covers.size(), judgement.test->scores.accuracy, interval.low, interval.high);
  if (judgement.baseline) {
    caption += fmt::format(", largest class {:.3f}", judgement.baseline->scores.accuracy);
  }
  return caption;
}

}  // namespace

Status write_judged_sheet(const Judgement& judgement, const std::string& pipeline,
                          const std::string& features, const std::filesystem::path& path) {
  if (judgement.covers.empty())
    return make_error(ErrorCode::kNoData, "nothing was held out, so there is no sheet to draw");
  std::vector<SheetCell> cells;
  for (const JudgedCover& cover : mixed(judgement)) {
    cells.push_back({cover.path, cover.predicted_text, cover.truth_text, cover.confidence, cover.right});
  }
  SheetOptions options;
  options.title = fmt::format("{} on {}: covers not seen in training", pipeline, features);
  options.caption = caption_of(judgement);
  return write_sheet(cells, options, path);
}

}  // namespace sleeve
