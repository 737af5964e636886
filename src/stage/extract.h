// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_EXTRACT_H_
#define SLEEVE_STAGE_EXTRACT_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/progress.h"
#include "feature/feature_set.h"
#include "image/augment.h"
#include "stage/workspace.h"

namespace sleeve {

struct ExtractSummary {
  std::string features;
  int copies = 0;           // of each cover that were described beside itself
  size_t covers = 0;        // that were asked for
  size_t done = 0;          // covers of which something was computed now
  size_t skipped = 0;       // covers that had everything already
  size_t without_file = 0;  // covers whose file is gone
  std::vector<Problem> failed;
  bool cancelled = false;
  double seconds = 0;
};
Json to_json(const ExtractSummary& summary);
// What was done of one more copy of the covers, together with what was done before.
void add_copies(const ExtractSummary& of_copy, ExtractSummary& all);

// Computes what the catalogue's covers (or of them only those in `only`) lack of the descriptors. Stopping
// and starting again goes on where it was. With `copy` set the same of that copy of each. kConflict if
// another process changes the workspace.
Result<ExtractSummary> extract(Workspace& workspace, const FeatureSet& features, const WorkContext& context,
                               std::span<const Sha256> only = {},
                               const std::optional<AugmentedCopy>& copy = {});

}  // namespace sleeve

#endif  // SLEEVE_STAGE_EXTRACT_H_
