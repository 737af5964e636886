// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_EVALUATE_H_
#define SLEEVE_STAGE_EVALUATE_H_

#include <optional>

#include "stage/train.h"

namespace sleeve {

struct EvaluateReport {
  std::string model;
  std::string features;
  Augmentation augmentation;
  std::string pipeline;
  Json dataset;  // of the workspace
  size_t same_group =
      0;  // covers not in the training set, but of an artist (or a look-alike) that is: left out
  size_t other_classes = 0;  // covers of classes that the model doesn't know: left out
  Judgement judgement;
  std::vector<std::string> warnings;
  std::vector<Problem> unreadable;
  int64_t run_id = 0;
  double seconds = 0;
};
Json to_json(const EvaluateReport& report);

// Judges a saved model on the workspace's covers that it has neither seen nor could know through
// a group: the part held out when it was trained, and whatever was imported since. kNoData if none
// is left. Answers are averaged over `test_copies` copies of each cover beside itself; by default over as
// many as when the model was trained.
Result<EvaluateReport> evaluate(Workspace& workspace, const std::filesystem::path& model_file,
                                const WorkContext& context, std::optional<int> test_copies = {});

}  // namespace sleeve

#endif  // SLEEVE_STAGE_EVALUATE_H_
