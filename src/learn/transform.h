// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_TRANSFORM_H_
#define SLEEVE_LEARN_TRANSFORM_H_

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/byte_stream.h"
#include "base/options.h"
#include "learn/matrix.h"
#include "learn/training_set.h"

namespace sleeve {

// A step in front of a learner. Fitted on training rows only: the one way to use it is a Pipeline.
class Transform {
 public:
  virtual ~Transform() = default;
  // Learns what it needs from the training rows.
  virtual Status fit(const TrainingSet& data) = 0;
  // REQUIRES: fitted (or loaded), and x has the columns it was fitted on. Thread-safe.
  [[nodiscard]] virtual Matrix apply(Matrix x) const = 0;
  virtual void save(ByteWriter& out) const = 0;
  // kCorrupt if the bytes don't make sense for `columns` features.
  virtual Status load(ByteReader& in, size_t columns) = 0;
  // The same of what pipelines of formats 1 and 2 hold.
  virtual Status load_earlier(ByteReader& in, size_t columns) { return load(in, columns); }
  // How many columns apply() makes of so many. REQUIRES: fitted (or loaded).
  [[nodiscard]] virtual size_t columns_after(size_t columns) const { return columns; }
  // Which columns belong together after apply(): the same, unless columns are others than before; then
  // none are known. REQUIRES: fitted.
  [[nodiscard]] virtual std::vector<ColumnBlock> blocks_after(std::span<const ColumnBlock> blocks,
                                                              size_t columns) const {
    if (columns_after(columns) != columns) return {};
    return {blocks.begin(), blocks.end()};
  }
};

struct TransformEntry {
  std::string_view name;     // "standard"
  std::string_view summary;  // one line
  std::vector<OptionInfo> (*options)();
  Result<std::unique_ptr<Transform>> (*make)(const Json& options);
  Result<Json> (*complete)(const Json& options);  // with defaults and types
  bool takes_bags = false;                        // of local features (ColumnBlock::bag); others refuse them
};

std::span<const TransformEntry> transform_registry();
Result<const TransformEntry*> find_transform(std::string_view name);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_TRANSFORM_H_
