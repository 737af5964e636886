// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/descriptor.h"
#include "feature/faces.h"
#include "feature/hog.h"
#include "feature/hsv.h"
#include "feature/lbp.h"

namespace sleeve {
namespace {

template <class D, class Options>
Result<Options> checked_options(const Json& json) {
  SLEEVE_TRY(Options options, options_from_json<Options>(json, D::kName));
  SLEEVE_CHECK(D::check(options));
  return options;
}

template <class D, class Options>
Result<std::unique_ptr<Descriptor>> make(const Json& json) {
  SLEEVE_TRY(const Options options, (checked_options<D, Options>(json)));
  return D::make(options);
}

template <class D, class Options>
Result<size_t> size(const Json& json) {
  SLEEVE_TRY(const Options options, (checked_options<D, Options>(json)));
  return D::size_of(options);
}

template <class D, class Options>
Result<Json> complete(const Json& json) {
  SLEEVE_TRY(const Options options, (checked_options<D, Options>(json)));
  return options_to_json(options);
}

template <class D, class Options>
constexpr DescriptorEntry entry(int version, bool in_default_set, std::string_view summary,
                                std::string_view source) {
  return {D::kName,         version,          in_default_set,      summary, source, list_options<Options>,
          make<D, Options>, size<D, Options>, complete<D, Options>};
}

// One line per descriptor. Raise the version whenever the numbers change.
constexpr std::array kRegistry = {
    entry<HogDescriptor, HogOptions>(1, true, "Histograms of oriented gradients: shapes and layout",
                                     "Dalal & Triggs 2005, as scikit-image 0.19"),
    entry<HsvDescriptor, HsvOptions>(1, true, "Joint histogram of hue, saturation and value: the palette",
                                     "OpenCV 4.6 calcHist"),
    entry<LbpDescriptor, LbpOptions>(1, true, "Uniform local binary patterns: texture",
                                     "Ojala et al. 2002, as scikit-image 0.19"),
    entry<FacesDescriptor, FacesOptions>(1, true, "Frontal faces: whether there are any, and how many",
                                         "Viola & Jones 2001, OpenCV's frontalface_default cascade"),
};

}  // namespace

std::span<const DescriptorEntry> descriptor_registry() { return kRegistry; }

Result<const DescriptorEntry*> find_descriptor(std::string_view name) {
  std::vector<std::string> known;
  for (const DescriptorEntry& entry : kRegistry) {
    if (entry.name == name) return &entry;
    known.emplace_back(entry.name);
  }
  return make_error(ErrorCode::kUsage, "there is no descriptor '{}'{}", printable(name),
                    suggestion(name, known));
}

}  // namespace sleeve
