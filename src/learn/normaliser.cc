// SPDX-License-Identifier: Apache-2.0
#include "learn/normaliser.h"

#include <cmath>

namespace sleeve {

Status Normaliser::fit(const TrainingSet& /*data*/) { return {}; }

Matrix Normaliser::apply(Matrix x) const {
  const bool squares = options_.norm == "l2";
  for (size_t row = 0; row < x.rows(); ++row) {
    double sum = 0.0;
    for (const float value : x.row(row)) {
      const auto wide = static_cast<double>(value);
      sum += squares ? wide * wide : std::abs(wide);
    }
    if (sum == 0.0) continue;
    const double norm = squares ? std::sqrt(sum) : sum;
    for (float& value : x.row(row)) value = static_cast<float>(static_cast<double>(value) / norm);
  }
  return x;
}

void Normaliser::save(ByteWriter& /*out*/) const {}

Status Normaliser::load(ByteReader& /*in*/, size_t /*columns*/) { return {}; }

}  // namespace sleeve
