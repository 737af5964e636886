// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_MAJORITY_H_
#define SLEEVE_LEARN_MAJORITY_H_

#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct MajorityOptions {};
template <class V>
void describe(V& /*v*/, MajorityOptions& /*o*/) {}

// The baseline that looks at no feature: every row gets the classes' shares of the training rows, so
// that the most probable class is always the largest (the lowest number among equals).
class Majority final : public Learner {
 public:
  using Options = MajorityOptions;
  static constexpr bool kTakesBags = true;  // looks at no column
  explicit Majority(MajorityOptions /*options*/) {}

  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

 private:
  std::vector<float> shares_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_MAJORITY_H_
