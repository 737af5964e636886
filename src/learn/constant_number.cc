// SPDX-License-Identifier: Apache-2.0
#include "learn/constant_number.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/try.h"
#include "learn/finite_float.h"

namespace sleeve {

Status ConstantNumber::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  if (data.values.empty()) return make_error(ErrorCode::kNoData, "there are no numbers to learn from");
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "stopped before the numbers were read");
  value_ = finite_float(constant_of(data.values));
  return {};
}

Matrix ConstantNumber::outputs(const Matrix& x) const {
  return Matrix(x.rows(), 1, std::vector<float>(x.rows(), value_));
}

void ConstantNumber::save(ByteWriter& out) const { out.put(value_); }

Status ConstantNumber::load(ByteReader& in, size_t /*columns*/, int classes) {
  SLEEVE_TRY(const float value, in.get<float>());
  if (classes != 1 || !std::isfinite(value)) {
    return make_error(ErrorCode::kCorrupt, "the constant answer {} of {} classes can't be", value, classes);
  }
  value_ = value;
  return {};
}

double MeanNumber::constant_of(std::span<const float> values) const {
  double sum = 0.0;
  for (const float value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

double MedianNumber::constant_of(std::span<const float> values) const {
  std::vector<float> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  if (sorted.size() % 2 == 1) return *middle;
  const float below = *std::max_element(sorted.begin(), middle);
  return (static_cast<double>(below) + static_cast<double>(*middle)) / 2.0;
}

}  // namespace sleeve
