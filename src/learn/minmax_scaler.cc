// SPDX-License-Identifier: Apache-2.0
#include "learn/minmax_scaler.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {

Status MinMaxScaler::fit(const TrainingSet& data) {
  const Matrix& x = data.x;
  if (x.rows() == 0) return make_error(ErrorCode::kNoData, "minmax: there are no rows to learn from");
  const auto first = x.row(0);
  std::vector<float> low(first.begin(), first.end());
  std::vector<float> high = low;
  for (size_t row = 1; row < x.rows(); ++row) {
    const auto values = x.row(row);
    for (size_t j = 0; j < values.size(); ++j) {
      low[j] = std::min(low[j], values[j]);
      high[j] = std::max(high[j], values[j]);
    }
  }
  scaling_.offsets.assign(low.begin(), low.end());
  scaling_.scales.assign(low.size(), 1.0);
  for (size_t j = 0; j < low.size(); ++j) {
    if (high[j] > low[j]) scaling_.scales[j] = static_cast<double>(high[j]) - static_cast<double>(low[j]);
  }
  return {};
}

Matrix MinMaxScaler::apply(Matrix x) const {
  x = scaling_.apply(std::move(x));
  if (!options_.clip) return x;
  for (size_t row = 0; row < x.rows(); ++row) {
    for (float& value : x.row(row)) value = std::clamp(value, 0.0F, 1.0F);
  }
  return x;
}

Status MinMaxScaler::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(scaling_, ColumnScaling::load(in, columns, "minmax"));
  return {};
}

}  // namespace sleeve
