// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_RIDGE_H_
#define SLEEVE_LEARN_RIDGE_H_

#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct RidgeOptions {
  double alpha = 1.0;
};

template <class V>
void describe(V& v, RidgeOptions& o) {
  v.number("alpha", o.alpha, {0.0, 1e15}, "",
           "Weight of the penalty on squared coefficients: larger is smoother");
}

// Linear regression with an L2 penalty (Hoerl & Kennard 1970), as scikit-learn's Ridge: least
// Σ (y - x·w - b)² + alpha |w|², where the intercept b is free. Solved by Cholesky on the centred products
// of the columns, or of the rows where there are fewer of them. Where rounding leaves no positive definite
// matrix (alpha 0, columns that depend on each other) the least sufficient power of ten times the rounding
// is added to alpha.
class Ridge final : public Learner {
 public:
  using Options = RidgeOptions;
  explicit Ridge(RidgeOptions options) : options_(options) {}

  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

  [[nodiscard]] const std::vector<double>& coefficients() const& { return coefficients_; }
  const std::vector<double>& coefficients() && = delete;  // they go with the model
  [[nodiscard]] double intercept() const;                 // the answer where every feature is 0

 private:
  RidgeOptions options_;
  // y = centre + (x - means)·coefficients: keeps the digits of features far from 0.
  double centre_ = 0.0;
  std::vector<double> means_;
  std::vector<double> coefficients_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_RIDGE_H_
