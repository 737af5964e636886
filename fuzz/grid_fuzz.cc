// SPDX-License-Identifier: Apache-2.0
// Bytes that claim to be a grid file: refused with a reason, or every candidate is a pipeline that can be
// written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "eval/grid.h"

namespace {

void check(const sleeve::PipelineSpec& pipeline) {
  const auto again = sleeve::pipeline_spec_from_json(sleeve::to_json(pipeline));
  if (!again.ok() || !(*again == pipeline)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Drawn, not stepped through: 100,000 points fit into few bytes and take long.
  const auto json = sleeve::parse_json(std::string(data, data + size));
  if (!json.ok()) return 0;
  using sleeve::Goal;
  for (const Goal goal : {Goal::kClass, Goal::kLabels, Goal::kNumber}) {
    const auto grid = sleeve::parse_grid(*json, "knn", goal, sleeve::RandomDraw{20, 1});
    if (!grid.ok()) {
      if (grid.error().message.empty()) std::abort();
      continue;
    }
    for (const sleeve::CandidateSet& set : grid->sets) {
      if (set.pipelines.empty()) std::abort();
      for (const sleeve::PipelineSpec& pipeline : set.pipelines) check(pipeline);
    }
    if (grid->final_pipeline) check(*grid->final_pipeline);
  }
  return 0;
}
