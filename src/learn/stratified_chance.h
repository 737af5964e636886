// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_STRATIFIED_CHANCE_H_
#define SLEEVE_LEARN_STRATIFIED_CHANCE_H_

#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct StratifiedChanceOptions {};
template <class V>
void describe(V& /*v*/, StratifiedChanceOptions& /*o*/) {}

// The baseline that guesses: every row is given a class drawn by the training rows' shares, with
// probability 1, as scikit-learn's DummyClassifier(strategy="stratified"). What is drawn depends on the
// seed and on the row's features, and on nothing else: a row gets the same class alone and among others,
// in whatever order. The price is that rows which are equal in every feature get the same class, too.
class StratifiedChance final : public Learner {
 public:
  using Options = StratifiedChanceOptions;
  static constexpr bool kTakesBags = true;  // looks at no column
  explicit StratifiedChance(StratifiedChanceOptions /*options*/) {}

  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

 private:
  [[nodiscard]] size_t draw(std::span<const float> row) const;

  uint64_t seed_ = 0;
  std::vector<uint64_t> counts_;  // training rows of every class
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_STRATIFIED_CHANCE_H_
