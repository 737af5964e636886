// SPDX-License-Identifier: Apache-2.0
#include "learn/column_scaling.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {

Matrix ColumnScaling::apply(Matrix x) const {
  for (size_t row = 0; row < x.rows(); ++row) {
    const auto values = x.row(row);
    for (size_t j = 0; j < values.size(); ++j) {
      values[j] = static_cast<float>((static_cast<double>(values[j]) - offsets[j]) / scales[j]);
    }
  }
  return x;
}

void ColumnScaling::save(ByteWriter& out) const {
  out.put_array(offsets);
  out.put_array(scales);
}

Result<ColumnScaling> ColumnScaling::load(ByteReader& in, size_t columns, std::string_view owner) {
  ColumnScaling scaling;
  SLEEVE_TRY(scaling.offsets, in.get_array<double>());
  SLEEVE_TRY(scaling.scales, in.get_array<double>());
  const bool sensible =
      scaling.offsets.size() == columns && scaling.scales.size() == columns &&
      std::ranges::all_of(scaling.offsets, [](double offset) { return std::isfinite(offset); }) &&
      std::ranges::all_of(scaling.scales, [](double scale) { return std::isfinite(scale) && scale > 0.0; });
  if (!sensible) return make_error(ErrorCode::kCorrupt, "{}: the offsets and scales don't make sense", owner);
  return scaling;
}

}  // namespace sleeve
