// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_MINMAX_SCALER_H_
#define SLEEVE_LEARN_MINMAX_SCALER_H_

#include "learn/column_scaling.h"
#include "learn/transform.h"

namespace sleeve {

struct MinMaxOptions {
  bool clip = false;
};
template <class V>
void describe(V& v, MinMaxOptions& o) {
  v.flag("clip", o.clip, "Whether values outside the training rows' range become 0 or 1");
}

// Every column to the range 0 … 1 of the training rows, as scikit-learn's MinMaxScaler. A column that
// is constant there is only shifted, hence 0. Rows that were not trained on may lie outside 0 … 1
// unless `clip`.
class MinMaxScaler final : public Transform {
 public:
  using Options = MinMaxOptions;
  explicit MinMaxScaler(MinMaxOptions options) : options_(options) {}

  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override { scaling_.save(out); }
  Status load(ByteReader& in, size_t columns) override;

 private:
  MinMaxOptions options_;
  ColumnScaling scaling_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_MINMAX_SCALER_H_
