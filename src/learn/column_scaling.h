// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_COLUMN_SCALING_H_
#define SLEEVE_LEARN_COLUMN_SCALING_H_

#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/byte_stream.h"
#include "learn/matrix.h"

namespace sleeve {

// (x - offset) / scale for every column, in double precision: what the scaling transforms share once
// they have been fitted.
struct ColumnScaling {
  std::vector<double> offsets;  // one a column, finite
  std::vector<double> scales;   // one a column, finite and above 0

  // REQUIRES: x has offsets.size() columns.
  [[nodiscard]] Matrix apply(Matrix x) const;
  void save(ByteWriter& out) const;
  // kCorrupt if what is read can't be for so many columns; `owner` ("minmax") starts the message.
  static Result<ColumnScaling> load(ByteReader& in, size_t columns, std::string_view owner);
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_COLUMN_SCALING_H_
