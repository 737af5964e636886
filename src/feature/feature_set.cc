// SPDX-License-Identifier: Apache-2.0
#include "feature/feature_set.h"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

#include <opencv2/core.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

// The options that differ from the descriptor's defaults; all of them if nobody knows the defaults. What
// sleeve fills in (a network's print) differs from its default, so that it always shows.
Json unusual_options(const DescriptorId& id) {
  const auto found = find_descriptor(id.name);
  if (!found.ok()) return id.options;
  const std::vector<OptionInfo> known = found.value()->options();
  Json unusual = Json::object();
  for (const auto& [key, value] : id.options.items()) {
    const auto option = std::ranges::find(known, key, &OptionInfo::name);
    if (option == known.end() || option->default_value != value) unusual[key] = value;
  }
  return unusual;
}

std::string options_text(const DescriptorId& id) {
  return to_string(Spec{"", unusual_options(id)});  // ":cell=10"
}

Result<DescriptorId> complete_id(const DescriptorEntry& entry, const Json& options) {
  SLEEVE_TRY(Json complete, entry.complete(options));
  return DescriptorId{std::string(entry.name), entry.version, std::move(complete)};
}

Status refuse_repeats(const FeatureSet& set) {
  for (size_t i = 0; i < set.descriptors.size(); ++i) {
    const auto begin = set.descriptors.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(i);
    if (std::find(begin, end, set.descriptors[i]) != end) {
      return make_error(ErrorCode::kUsage, "'{}' stands twice in the feature set",
                        set.descriptors[i].name + options_text(set.descriptors[i]));
    }
  }
  return {};
}

Result<FeatureSet> default_set() {
  FeatureSet set;
  for (const DescriptorEntry& entry : descriptor_registry()) {
    if (!entry.in_default_set) continue;
    SLEEVE_TRY(DescriptorId id, complete_id(entry, Json::object()));
    set.descriptors.push_back(std::move(id));
  }
  return set;
}

Result<DescriptorId> descriptor_from_json(const Json& json) {
  if (!json.is_object() || !json.contains("name") || !json["name"].is_string() || !json.contains("version") ||
      !json["version"].is_number_integer() || !json.contains("options")) {
    return Error{ErrorCode::kCorrupt, "feature set: a descriptor needs name, version and options"};
  }
  DescriptorId id{json["name"].get<std::string>(), json["version"].get<int>(), json["options"]};
  auto found = id.entry();
  if (!found.ok()) {
    Error error = std::move(found).error();
    return make_error(ErrorCode::kUnsupported, "made with another version of sleeve: {}", error.message);
  }
  return complete_id(*found.value(), id.options);
}

}  // namespace

std::string DescriptorId::text() const { return fmt::format("{}/{}{}", name, version, options_text(*this)); }

std::string DescriptorId::file_stem() const {
  const std::string unusual = options_text(*this);
  const std::string stem = fmt::format("{}-{}", name, version);
  if (unusual.empty()) return stem;
  const auto bytes = std::as_bytes(std::span(unusual.data(), unusual.size()));
  return fmt::format("{}-{:08x}", stem, static_cast<uint32_t>(checksum64(bytes)));
}

Result<const DescriptorEntry*> DescriptorId::entry() const {
  SLEEVE_TRY(const DescriptorEntry* found, find_descriptor(name));
  if (found->version != version) {
    return make_error(ErrorCode::kUnsupported, "needs the descriptor {}/{}, but this sleeve computes {}/{}",
                      name, version, name, found->version);
  }
  return found;
}

std::string FeatureSet::text() const {
  std::vector<std::string> parts;
  for (const DescriptorId& id : descriptors) parts.push_back(id.name + options_text(id));
  return join_text(parts, "+");
}

Result<FeatureSet> parse_feature_set(std::string_view text) {
  if (trim(text).empty()) return default_set();
  FeatureSet set;
  for (const std::string& part : split_text(text, '+')) {
    SLEEVE_TRY(const Spec spec, parse_spec(part));
    SLEEVE_TRY(const DescriptorEntry* entry, find_descriptor(spec.name));
    SLEEVE_TRY(DescriptorId id, complete_id(*entry, spec.options));
    set.descriptors.push_back(std::move(id));
  }
  SLEEVE_CHECK(refuse_repeats(set));
  return set;
}

Json to_json(const FeatureSet& set) {
  Json json = Json::array();
  for (const DescriptorId& id : set.descriptors) {
    json.push_back({{"name", id.name}, {"version", id.version}, {"options", id.options}});
  }
  return json;
}

Result<FeatureSet> feature_set_from_json(const Json& json) {
  if (!json.is_array() || json.empty()) {
    return Error{ErrorCode::kCorrupt, "feature set: not a list of descriptors"};
  }
  FeatureSet set;
  for (const Json& part : json) {
    SLEEVE_TRY(DescriptorId id, descriptor_from_json(part));
    set.descriptors.push_back(std::move(id));
  }
  SLEEVE_CHECK(refuse_repeats(set));
  return set;
}

Result<std::vector<size_t>> descriptor_sizes(const FeatureSet& set) {
  std::vector<size_t> sizes;
  for (const DescriptorId& id : set.descriptors) {
    SLEEVE_TRY(const DescriptorEntry* entry, id.entry());
    SLEEVE_TRY(const size_t size, entry->size(id.options));
    sizes.push_back(size);
  }
  return sizes;
}

Result<std::vector<std::optional<BagLayout>>> descriptor_bags(const FeatureSet& set) {
  std::vector<std::optional<BagLayout>> bags;
  for (const DescriptorId& id : set.descriptors) {
    SLEEVE_TRY(const DescriptorEntry* entry, id.entry());
    SLEEVE_TRY(const auto bag, entry->bag(id.options));
    bags.push_back(bag);
  }
  return bags;
}

Result<Extractor> Extractor::make(const FeatureSet& set) {
  Extractor extractor;
  for (const DescriptorId& id : set.descriptors) {
    SLEEVE_TRY(const DescriptorEntry* entry, id.entry());
    SLEEVE_TRY(auto descriptor, entry->make(id.options));
    extractor.names_.push_back(id.name);
    extractor.sizes_.push_back(descriptor->size());
    extractor.size_ += descriptor->size();
    extractor.descriptors_.push_back(std::move(descriptor));
  }
  return extractor;
}

std::vector<std::string> Extractor::value_names() const {
  std::vector<std::string> names;
  for (size_t i = 0; i < descriptors_.size(); ++i) {
    for (const std::string& name : descriptors_[i]->value_names()) names.push_back(names_[i] + ": " + name);
  }
  return names;
}

Status Extractor::describe_one(size_t i, const Picture& picture, std::span<float> out) {
  assert(out.size() == sizes_[i]);
  try {
    return descriptors_[i]->describe(picture, out);
  } catch (const cv::Exception& failure) {
    if (failure.code == cv::Error::StsNoMem) {
      return make_error(ErrorCode::kTooLarge, "{}: not enough memory for the picture", names_[i]);
    }
    return make_error(ErrorCode::kUnsupported, "{}: {}", names_[i], printable(std::string_view(failure.err)));
  } catch (const std::bad_alloc&) {
    return make_error(ErrorCode::kTooLarge, "{}: not enough memory for the picture", names_[i]);
  }
}

Status Extractor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size_);
  for (size_t i = 0; i < descriptors_.size(); ++i) {
    SLEEVE_CHECK(describe_one(i, picture, out.first(sizes_[i])));
    out = out.subspan(sizes_[i]);
  }
  return {};
}

}  // namespace sleeve
