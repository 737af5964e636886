// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_ROBUST_SCALER_H_
#define SLEEVE_LEARN_ROBUST_SCALER_H_

#include "learn/column_scaling.h"
#include "learn/transform.h"

namespace sleeve {

struct RobustScalerOptions {};
template <class V>
void describe(V& /*v*/, RobustScalerOptions& /*o*/) {}

// Every column to median 0 and interquartile range 1, as scikit-learn's RobustScaler: a few wild values
// don't move it. Quartiles lie between order statistics by linear interpolation, as NumPy's. A column
// whose middle half is a single value (histogram bins that are mostly empty) is only shifted.
class RobustScaler final : public Transform {
 public:
  using Options = RobustScalerOptions;
  explicit RobustScaler(RobustScalerOptions /*options*/) {}

  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override { scaling_.save(out); }
  Status load(ByteReader& in, size_t columns) override;

 private:
  ColumnScaling scaling_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_ROBUST_SCALER_H_
