// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_ONE_VS_REST_H_
#define SLEEVE_LEARN_ONE_VS_REST_H_

#include <memory>
#include <utility>
#include <vector>

#include "base/options.h"
#include "learn/learner.h"

namespace sleeve {

// Several labels a row: one classifier of two classes (without, with) for each label, as scikit-learn's
// OneVsRestClassifier. Outputs are rows × labels, each the probability that the row has the label; they
// don't sum to 1. A label that no training row has gets 0, one that all have gets 1.
class OneVsRest final : public Learner {
 public:
  // `learner` is a complete spec of a learner of classes.
  explicit OneVsRest(Spec learner) : learner_(std::move(learner)) {}

  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;
  // {"labels": [facts of each]}, if there are any.
  [[nodiscard]] Json facts() const override;

 private:
  Spec learner_;
  std::vector<std::unique_ptr<Learner>> parts_;  // one a label
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_ONE_VS_REST_H_
