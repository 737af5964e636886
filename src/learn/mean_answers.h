// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_MEAN_ANSWERS_H_
#define SLEEVE_LEARN_MEAN_ANSWERS_H_

#include <cassert>
#include <cstddef>

#include "learn/matrix.h"

namespace sleeve {

// Outputs for rows, then for all of them again in another form, and so on, `forms` times: the mean of each
// row's. REQUIRES: 1 + forms times as many outputs as rows.
inline Matrix mean_answers(Matrix outputs, size_t forms) {
  if (forms == 0) return outputs;
  assert(outputs.rows() % (forms + 1) == 0);
  Matrix means(outputs.rows() / (forms + 1), outputs.columns());
  for (size_t row = 0; row < means.rows(); ++row) {
    for (size_t column = 0; column < means.columns(); ++column) {
      double sum = 0.0;
      for (size_t form = 0; form <= forms; ++form) {
        sum += static_cast<double>(outputs(form * means.rows() + row, column));
      }
      means(row, column) = static_cast<float>(sum / static_cast<double>(forms + 1));
    }
  }
  return means;
}

}  // namespace sleeve

#endif  // SLEEVE_LEARN_MEAN_ANSWERS_H_
