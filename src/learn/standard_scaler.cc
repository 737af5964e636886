// SPDX-License-Identifier: Apache-2.0
#include "learn/standard_scaler.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"

namespace sleeve {

Status StandardScaler::fit(const TrainingSet& data) {
  const Matrix& x = data.x;
  if (x.rows() == 0) return make_error(ErrorCode::kNoData, "standard: there are no rows to learn from");
  constexpr size_t kBlock = 64;
  scaling_.offsets.assign(x.columns(), 0.0);
  scaling_.scales.assign(x.columns(), 1.0);
  parallel_for((x.columns() + kBlock - 1) / kBlock, [&](size_t block) {
    fit_columns(x, block * kBlock, std::min(x.columns(), (block + 1) * kBlock));
  });
  return {};
}

void StandardScaler::fit_columns(const Matrix& x, size_t begin, size_t end) {
  const size_t width = end - begin;
  const auto rows = static_cast<double>(x.rows());
  const float* first = x.row(0).data() + begin;
  std::vector<char> varies(width, 0);
  double* means = scaling_.offsets.data() + begin;
  for (size_t row = 0; row < x.rows(); ++row) {
    const float* values = x.row(row).data() + begin;
    for (size_t j = 0; j < width; ++j) {
      means[j] += static_cast<double>(values[j]);
      varies[j] = static_cast<char>(varies[j] | (values[j] != first[j] ? 1 : 0));
    }
  }
  // A constant column's mean is its value to the bit, not a sum with its rounding.
  for (size_t j = 0; j < width; ++j) means[j] = varies[j] != 0 ? means[j] / rows : first[j];
  std::vector<double> squares(width);
  for (size_t row = 0; row < x.rows(); ++row) {
    const float* values = x.row(row).data() + begin;
    for (size_t j = 0; j < width; ++j) {
      const double difference = static_cast<double>(values[j]) - means[j];
      squares[j] += difference * difference;
    }
  }
  for (size_t j = 0; j < width; ++j) {
    const double deviation = std::sqrt(squares[j] / rows);
    if (varies[j] != 0 && deviation > 0.0) scaling_.scales[begin + j] = deviation;
  }
}

Matrix StandardScaler::apply(Matrix x) const { return scaling_.apply(std::move(x)); }

Status StandardScaler::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(scaling_, ColumnScaling::load(in, columns, "standard"));
  return {};
}

}  // namespace sleeve
