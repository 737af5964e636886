// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_GRID_H_
#define SLEEVE_EVAL_GRID_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "learn/pipeline.h"

// Which pipelines a search tries, from a grid file (docs/formats.md):
//
//   {"pipeline": "none>svm", "grid": {"kernel": ["poly", "rbf"], "c": [0.1, 1, 10]}}
//   {"pipeline": "pca>svm", "grid": {"pca.components": [50, 100], "c": {"from": 0.01, "to": 100, "steps": 5,
//    "scale": "log"}}}
//   {"pipelines": ["logistic", "forest:trees=300"], "folds": 10, "repeats": 1}
//   {"searches": [one of the above, …], "final": "forest:trees=1000"}
namespace sleeve {

inline constexpr size_t kMaxCandidates = 100000;

struct CandidateSet {
  std::string name;  // how the table is headed
  std::vector<PipelineSpec> pipelines;
  std::optional<int> folds;
  std::optional<int> repeats;
};

struct Grid {
  std::vector<CandidateSet> sets;
  std::optional<PipelineSpec> final_pipeline;  // what is fitted in the end; nothing: the best that was found
};

// Values of ranges are drawn at random instead of stepped through.
struct RandomDraw {
  size_t samples;  // different pipelines of each set; all if there are fewer
  uint64_t seed;
};

// `model` is the pipeline of sets that name none. kUsage: a member that isn't known, an option that the
// pipeline doesn't have, a value out of its range, a range without steps (unless `draw`), too many
// candidates.
Result<Grid> parse_grid(const Json& json, const std::string& model, Goal goal,
                        const std::optional<RandomDraw>& draw);

// "original", "original-forest", "original-svm" (docs/learners.md); and for a learner's name what is
// worth trying for it. kUsage for another name.
Result<Json> grid_preset(std::string_view name);
std::vector<std::string> grid_preset_names();

}  // namespace sleeve

#endif  // SLEEVE_EVAL_GRID_H_
