// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_KNN_H_
#define SLEEVE_LEARN_KNN_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "learn/learner.h"
#include "learn/neighbours.h"

namespace sleeve {

using KnnOptions = NeighbourOptions;

// The k nearest training rows vote, as in scikit-learn's KNeighborsClassifier: probabilities are the
// shares of the votes. Where several rows are equally far and only some of them are among the k nearest,
// scikit-learn's answer depends on the rows' order; here they share the votes that are left, so that it
// does not. Neighbours says what is near.
class Knn final : public Learner {
 public:
  using Options = KnnOptions;
  explicit Knn(KnnOptions options) : neighbours_(std::move(options)) {}

  // Also kUsage for metric chi2 with values below 0.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

 private:
  Neighbours neighbours_;
  std::vector<int32_t> labels_;
  int classes_ = 0;
};

// The mean of the k nearest training rows' numbers, as in scikit-learn's KNeighborsRegressor, weighted
// and tied as above.
class KnnNumber final : public Learner {
 public:
  using Options = KnnOptions;
  explicit KnnNumber(KnnOptions options) : neighbours_(std::move(options)) {}

  // Also kUsage for metric chi2 with values below 0.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

 private:
  Neighbours neighbours_;
  std::vector<float> values_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_KNN_H_
