// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_SHOW_H_
#define SLEEVE_STAGE_SHOW_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "feature/feature_set.h"
#include "image/picture.h"

namespace sleeve {

struct ShownDescriptor {
  DescriptorId id;
  std::vector<float> values;
  std::vector<std::string> names;      // of the values
  std::shared_ptr<Descriptor> itself;  // for what else it can tell, as where the faces are
};

// A picture with what descriptors say of it.
struct ShowReport {
  std::filesystem::path path;
  Picture picture;
  std::vector<ShownDescriptor> descriptors;
};

// Needs no workspace. Errors as read_picture(), Extractor::make() and describe().
Result<ShowReport> show_cover(const std::filesystem::path& path, const FeatureSet& features);

// {"path", "width", "height", "format", "oddities", "descriptors": [{"name", "version", "options", "values":
// [{"name", "value"}, …]}]}
Json to_json(const ShowReport& report);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_SHOW_H_
