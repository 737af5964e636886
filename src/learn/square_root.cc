// SPDX-License-Identifier: Apache-2.0
#include "learn/square_root.h"

#include <cmath>

namespace sleeve {

Status SquareRoot::fit(const TrainingSet& /*data*/) { return {}; }

Matrix SquareRoot::apply(Matrix x) const {
  for (size_t row = 0; row < x.rows(); ++row) {
    for (float& value : x.row(row)) value = std::copysign(std::sqrt(std::abs(value)), value);
  }
  return x;
}

void SquareRoot::save(ByteWriter& /*out*/) const {}

Status SquareRoot::load(ByteReader& /*in*/, size_t /*columns*/) { return {}; }

}  // namespace sleeve
