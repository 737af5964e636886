// SPDX-License-Identifier: Apache-2.0
#include "stage/show.h"

#include <memory>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace sleeve {

Result<ShowReport> show_cover(const std::filesystem::path& path, const FeatureSet& features) {
  ShowReport report;
  report.path = path;
  SLEEVE_TRY(report.picture, read_picture(path));
  for (const DescriptorId& id : features.descriptors) {
    SLEEVE_TRY(Extractor made, Extractor::make(FeatureSet{{id}}));
    const auto extractor = std::make_shared<Extractor>(std::move(made));
    Descriptor& itself = extractor->descriptor(0);
    ShownDescriptor shown{
        id, std::vector<float>(extractor->size()), itself.value_names(), {extractor, &itself}};
    SLEEVE_CHECK(extractor->describe(report.picture, shown.values));
    report.descriptors.push_back(std::move(shown));
  }
  return report;
}

Json to_json(const ShowReport& report) {
  Json descriptors = Json::array();
  for (const ShownDescriptor& shown : report.descriptors) {
    Json values = Json::array();
    for (size_t i = 0; i < shown.values.size(); ++i) {
      values.push_back({{"name", shown.names[i]}, {"value", shown.values[i]}});
    }
    descriptors.push_back({{"name", shown.id.name},
                           {"version", shown.id.version},
                           {"options", shown.id.options},
                           {"values", std::move(values)}});
  }
  return Json{{"path", printable(report.path)},      {"width", report.picture.width()},
              {"height", report.picture.height()},   {"format", name_of(report.picture.format)},
              {"oddities", report.picture.oddities}, {"descriptors", std::move(descriptors)}};
}

}  // namespace sleeve
