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

}  // namespace

Status write_judged_sheet(const Judgement& judgement, const std::string& pipeline,
                          const std::string& features, const std::filesystem::path& path) {
  if (!judgement.test)
    return make_error(ErrorCode::kNoData, "nothing was held out, so there is no sheet to draw");
  std::vector<SheetCell> cells;
  for (const JudgedCover& cover : mixed(judgement)) {
    cells.push_back({cover.path, judgement.class_names[static_cast<size_t>(cover.predicted)],
                     judgement.class_names[static_cast<size_t>(cover.truth)], cover.confidence});
  }
  SheetOptions options;
  options.title = fmt::format("{} on {}: covers not seen in training", pipeline, features);
  const Interval interval = judgement.test->intervals.at("accuracy");
  options.caption = fmt::format(
      "predicted, confidence, true; classes in turn.  Accuracy on all {} covers {:.3f} [{:.3f}, {:.3f}]",
      judgement.covers.size(), judgement.test->scores.accuracy, interval.low, interval.high);
  if (judgement.baseline) {
    options.caption += fmt::format(", largest class {:.3f}", judgement.baseline->scores.accuracy);
  }
  return write_sheet(cells, options, path);
}

}  // namespace sleeve
