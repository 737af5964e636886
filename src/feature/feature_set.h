// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_FEATURE_SET_H_
#define SLEEVE_FEATURE_FEATURE_SET_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "feature/descriptor.h"

namespace sleeve {

// A descriptor with its version and complete options: exactly what determines its numbers.
struct DescriptorId {
  std::string name;
  int version = 0;
  Json options = Json::object();

  // "hog/1", with options that differ from the default behind it: "hog/1:cell=10".
  [[nodiscard]] std::string text() const;
  // A file name without ending for its matrix: "hog-1", or "hog-1-5f3a9c01" with other options.
  [[nodiscard]] std::string file_stem() const;
  // Which registry entry it is: kUsage for an unknown name, kUnsupported for another version.
  [[nodiscard]] Result<const DescriptorEntry*> entry() const;
  friend bool operator==(const DescriptorId&, const DescriptorId&) = default;
};

// Descriptors joined in the given order: "hog+hsv", "hog:cell=10+hsv".
struct FeatureSet {
  std::vector<DescriptorId> descriptors;

  [[nodiscard]] std::string text() const;  // "hog+hsv", the form that parse_feature_set() reads
  friend bool operator==(const FeatureSet&, const FeatureSet&) = default;
};

// An empty text means the registry's default set. kUsage: unknown name, bad option, a descriptor
// twice.
Result<FeatureSet> parse_feature_set(std::string_view text);
Json to_json(const FeatureSet& set);
// kUnsupported if this sleeve has another version of a descriptor, or lacks it; kCorrupt if it is
// no feature set; kUsage for bad options.
Result<FeatureSet> feature_set_from_json(const Json& json);

// How many values each descriptor has; needs no data files. Errors as DescriptorId::entry().
Result<std::vector<size_t>> descriptor_sizes(const FeatureSet& set);

// Which of them are bags of local features, and how these lie in their columns. Errors as above.
Result<std::vector<std::optional<BagLayout>>> descriptor_bags(const FeatureSet& set);

// The instances of a feature set, for one thread.
class Extractor {
 public:
  // Errors as DescriptorEntry::make.
  static Result<Extractor> make(const FeatureSet& set);
  [[nodiscard]] size_t size() const { return size_; }                        // values in all
  [[nodiscard]] const std::vector<size_t>& sizes() const { return sizes_; }  // values per descriptor
  [[nodiscard]] std::vector<std::string> value_names() const;                // "hog: …"
  // Joined values in the set's order; `out` has size() places.
  Status describe(const Picture& picture, std::span<float> out);
  // The values of the set's i-th descriptor alone; `out` has sizes()[i] places. Nothing is thrown:
  // kTooLarge if the memory doesn't suffice, kUnsupported if OpenCV refuses the picture.
  Status describe_one(size_t i, const Picture& picture, std::span<float> out);
  [[nodiscard]] Descriptor& descriptor(size_t i) const { return *descriptors_[i]; }

 private:
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<Descriptor>> descriptors_;
  std::vector<size_t> sizes_;
  size_t size_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_FEATURE_SET_H_
