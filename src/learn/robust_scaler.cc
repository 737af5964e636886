// SPDX-License-Identifier: Apache-2.0
#include "learn/robust_scaler.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/quantile.h"
#include "base/try.h"

namespace sleeve {
Status RobustScaler::fit(const TrainingSet& data) {
  const Matrix& x = data.x;
  if (x.rows() == 0) return make_error(ErrorCode::kNoData, "robust: there are no rows to learn from");
  // Several columns at once, so that a row's cache line is used whole.
  constexpr size_t kBlock = 16;
  scaling_.offsets.assign(x.columns(), 0.0);
  scaling_.scales.assign(x.columns(), 1.0);
  parallel_for((x.columns() + kBlock - 1) / kBlock, [&](size_t block) {
    const size_t begin = block * kBlock;
    const size_t end = std::min(x.columns(), begin + kBlock);
    std::vector<std::vector<float>> columns(end - begin, std::vector<float>(x.rows()));
    for (size_t row = 0; row < x.rows(); ++row) {
      for (size_t j = begin; j < end; ++j) columns[j - begin][row] = x(row, j);
    }
    for (size_t j = begin; j < end; ++j) {
      std::vector<float>& sorted = columns[j - begin];
      std::ranges::sort(sorted);
      scaling_.offsets[j] = quantile(sorted, 0.5);
      const double spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
      if (spread > 0.0) scaling_.scales[j] = spread;
    }
  });
  return {};
}

Matrix RobustScaler::apply(Matrix x) const { return scaling_.apply(std::move(x)); }

Status RobustScaler::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(scaling_, ColumnScaling::load(in, columns, "robust"));
  return {};
}

}  // namespace sleeve
