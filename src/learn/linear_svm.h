// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_LINEAR_SVM_H_
#define SLEEVE_LEARN_LINEAR_SVM_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct LinearSvmOptions {
  double c = 1.0;
  std::string class_weight = "none";
  int max_iterations = 1000;
  double tolerance = 1e-5;
};

template <class V>
void describe(V& v, LinearSvmOptions& o) {
  v.number("c", o.c, {1e-10, 1e10}, "", "Cost of a training row on the wrong side: smaller is smoother");
  v.choice("class_weight", o.class_weight, {"none", "balanced"},
           "balanced: a class's c is in inverse proportion to its rows");
  v.number("max_iterations", o.max_iterations, {1, 1000000}, "iterations", "When to give up converging");
  v.number("tolerance", o.tolerance, {1e-12, 1.0}, "",
           "Converged when no part of the mean loss's gradient, penalty included, is larger");
}

// A linear support vector machine for very many rows: time and memory grow with them, not with their square.
// Every class has a machine against the rest (for two classes there is one), which minimises
// ½ ‖(w, b)‖² + c Σ max(0, 1 - y (w·x + b))²: LIBLINEAR's L2-regularised L2-loss SVC (Fan et al. 2008), which
// is scikit-learn's LinearSVC, the intercept penalised as there. By L-BFGS on blocks of rows.
//
// Probabilities are softmax(sharpness · score), where the score is the machine's decision; the sharpness is
// fitted to the log loss of answers to unseen rows on five inner folds (inner_folds.h, groups together), so
// that five more fits are made. Classes that the labels don't have get probability 0.
class LinearSvm final : public Learner {
 public:
  using Options = LinearSvmOptions;
  explicit LinearSvm(LinearSvmOptions options) : options_(std::move(options)) {}

  // Logs a warning if it did not converge; what was reached is kept.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

  // One a present class; of two classes the second's only, as scikit-learn's decision_function.
  [[nodiscard]] Matrix decisions(const Matrix& x) const;
  [[nodiscard]] double sharpness() const { return sharpness_; }

 private:
  size_t columns_ = 0;
  int classes_ = 0;
  LinearSvmOptions options_;
  std::vector<int32_t> present_;  // the classes that were in the labels, rising
  std::vector<double> weights_;   // columns and then the intercept, one vector a machine
  double sharpness_ = 1.0;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_LINEAR_SVM_H_
