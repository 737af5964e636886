// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_STANDARD_SCALER_H_
#define SLEEVE_LEARN_STANDARD_SCALER_H_

#include <vector>

#include "learn/column_scaling.h"
#include "learn/transform.h"

namespace sleeve {

struct StandardScalerOptions {};
template <class V>
void describe(V& /*v*/, StandardScalerOptions& /*o*/) {}

// Every column to mean 0 and standard deviation 1 (over n, not n - 1), as scikit-learn's
// StandardScaler. A column that is constant in the training rows is only shifted, hence 0 there.
// Sums are taken in double precision.
class StandardScaler final : public Transform {
 public:
  using Options = StandardScalerOptions;
  explicit StandardScaler(StandardScalerOptions /*options*/) {}

  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override { scaling_.save(out); }
  Status load(ByteReader& in, size_t columns) override;

  [[nodiscard]] const std::vector<double>& means() const { return scaling_.offsets; }
  [[nodiscard]] const std::vector<double>& scales() const { return scaling_.scales; }

 private:
  void fit_columns(const Matrix& x, size_t begin, size_t end);

  ColumnScaling scaling_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_STANDARD_SCALER_H_
