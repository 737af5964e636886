// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_CONSTANT_NUMBER_H_
#define SLEEVE_LEARN_CONSTANT_NUMBER_H_

#include "learn/learner.h"

namespace sleeve {

struct ConstantNumberOptions {};
template <class V>
void describe(V& /*v*/, ConstantNumberOptions& /*o*/) {}

// The baselines of numbers that look at no feature: every row gets the same. Of all constants the mean has
// the least squared error on the training rows (R² 0), the median the least absolute error.
class ConstantNumber : public Learner {
 public:
  using Options = ConstantNumberOptions;
  static constexpr bool kTakesBags = true;  // looks at no column

  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) final;
  [[nodiscard]] Matrix outputs(const Matrix& x) const final;
  void save(ByteWriter& out) const final;
  Status load(ByteReader& in, size_t columns, int classes) final;

 private:
  // REQUIRES: values not empty.
  [[nodiscard]] virtual double constant_of(std::span<const float> values) const = 0;

  float value_ = 0.0F;
};

class MeanNumber final : public ConstantNumber {
 public:
  explicit MeanNumber(ConstantNumberOptions /*options*/) {}

 private:
  [[nodiscard]] double constant_of(std::span<const float> values) const override;
};

// Of an even number of rows the middle between the two in the middle.
class MedianNumber final : public ConstantNumber {
 public:
  explicit MedianNumber(ConstantNumberOptions /*options*/) {}

 private:
  [[nodiscard]] double constant_of(std::span<const float> values) const override;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_CONSTANT_NUMBER_H_
