// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SQUARE_ROOT_H_
#define SLEEVE_LEARN_SQUARE_ROOT_H_

#include "learn/transform.h"

namespace sleeve {

struct SquareRootOptions {};
template <class V>
void describe(V& /*v*/, SquareRootOptions& /*o*/) {}

// The signed square root, sign(x)·sqrt(|x|), of every value: the Hellinger map of a histogram that
// sums to 1 ("RootSIFT", Arandjelović & Zisserman 2012), without the normalisation; negative values
// keep their sign. Learns nothing.
class SquareRoot final : public Transform {
 public:
  using Options = SquareRootOptions;
  explicit SquareRoot(SquareRootOptions /*options*/) {}

  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns) override;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SQUARE_ROOT_H_
