// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_DESCRIPTOR_H_
#define SLEEVE_FEATURE_DESCRIPTOR_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/bag.h"
#include "base/options.h"
#include "image/picture.h"

namespace sleeve {

// A named function from picture to vector. An instance may keep scratch memory: use one per
// thread. The same picture gives the same bits, on every machine and in every thread.
class Descriptor {
 public:
  virtual ~Descriptor() = default;
  // How many values describe() writes; fixed for an instance.
  [[nodiscard]] virtual size_t size() const = 0;
  // A name for each value ("count", "bin 17", "cell 2,3 orientation 40°"), for reports.
  [[nodiscard]] virtual std::vector<std::string> value_names() const = 0;
  // Fills `out` (size() finite values). Works for every Picture, 1 × 1 included.
  virtual Status describe(const Picture& picture, std::span<float> out) = 0;
};

// One line of the registry (registry.cc).
struct DescriptorEntry {
  std::string_view name;     // "hog"
  int version;               // raised whenever the numbers change: old matrices and models then don't fit
  bool in_default_set;       // part of the set that `extract` computes when nothing is named
  std::string_view summary;  // one line
  std::string_view source;   // paper, or the reference implementation that it matches
  std::vector<OptionInfo> (*options)();
  // kUsage for bad options; kNotFound if a data file it needs isn't installed.
  Result<std::unique_ptr<Descriptor>> (*make)(const Json& options);
  // How many values it has with these options; needs no data file. kUsage for bad options.
  Result<size_t> (*size)(const Json& options);
  // The options completed with defaults and with their types: what identifies the numbers.
  Result<Json> (*complete)(const Json& options);
  // Set if the values are a bag of local features and no columns to learn from. kUsage for bad options.
  Result<std::optional<BagLayout>> (*bag)(const Json& options);
};

std::span<const DescriptorEntry> descriptor_registry();
// kUsage, with the nearest name, if there is none.
Result<const DescriptorEntry*> find_descriptor(std::string_view name);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_DESCRIPTOR_H_
