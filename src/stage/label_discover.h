// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LABEL_DISCOVER_H_
#define SLEEVE_STAGE_LABEL_DISCOVER_H_

#include <sleeve/result.h>

#include "base/json.h"
#include "label/discover.h"
#include "stage/workspace.h"

namespace sleeve {

// Which raw tags go together on the workspace's albums. Changes nothing. Errors as discover_tags().
Result<DiscoveredTags> label_discover(Workspace& workspace, const DiscoverOptions& options);
Json to_json(const DiscoveredTags& found, const DiscoverOptions& options);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LABEL_DISCOVER_H_
