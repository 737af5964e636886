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

namespace sleeve {

// A step in front of a learner. Fitted on training rows only: the one way to use it is a Pipeline.
class Transform {
 public:
  virtual ~Transform() = default;
  // Learns what it needs from the training rows (labels: class per row).
  virtual Status fit(const Matrix& x, std::span<const int> labels) = 0;
  // REQUIRES: fitted (or loaded), and x has the columns it was fitted on. Thread-safe.
  [[nodiscard]] virtual Matrix apply(Matrix x) const = 0;
  virtual void save(ByteWriter& out) const = 0;
  // kCorrupt if the bytes don't make sense for `columns` features.
  virtual Status load(ByteReader& in, size_t columns) = 0;
  // How many columns apply() makes of so many. REQUIRES: fitted (or loaded).
  [[nodiscard]] virtual size_t columns_after(size_t columns) const { return columns; }
};

struct TransformEntry {
  std::string_view name;     // "standard"
  std::string_view summary;  // one line
  std::vector<OptionInfo> (*options)();
  Result<std::unique_ptr<Transform>> (*make)(const Json& options);
  Result<Json> (*complete)(const Json& options);  // with defaults and types
};

std::span<const TransformEntry> transform_registry();
Result<const TransformEntry*> find_transform(std::string_view name);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_TRANSFORM_H_
