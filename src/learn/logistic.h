// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_LOGISTIC_H_
#define SLEEVE_LEARN_LOGISTIC_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct LogisticOptions {
  double c = 1.0;
  int max_iterations = 1000;
  double tolerance = 1e-5;
  std::string class_weight = "none";
};

template <class V>
void describe(V& v, LogisticOptions& o) {
  v.number("c", o.c, {1e-10, 1e10}, "", "Weight of the data against the L2 penalty: smaller is smoother");
  v.number("max_iterations", o.max_iterations, {1, 1000000}, "iterations", "When to give up converging");
  v.number("tolerance", o.tolerance, {1e-12, 1.0}, "",
           "Converged when no part of the mean log loss's gradient, penalty included, is larger");
  v.choice("class_weight", o.class_weight, {"none", "balanced"},
           "balanced: a row counts in inverse proportion to the rows of its class");
}

// Multinomial logistic regression with L2 penalty: minimises c · (sum of log losses) + ½·‖w‖², the
// intercepts unpenalised, as scikit-learn's LogisticRegression does (for two classes with a single
// weight vector, too). With class_weight=balanced each row's loss counts rows / (present classes · rows of
// its class) times, as there. Classes that the labels don't have get probability 0.
class Logistic final : public Learner {
 public:
  using Options = LogisticOptions;
  explicit Logistic(LogisticOptions options) : options_(std::move(options)) {}

  // Logs a warning if it did not converge; what was reached is kept.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

  [[nodiscard]] bool converged() const { return converged_; }
  [[nodiscard]] int iterations() const { return iterations_; }
  // One weight vector per present class, in rising order, columns values each and then the
  // intercept; for two classes only the second's (the first's score is 0); for one class none.
  [[nodiscard]] const std::vector<double>& weights() const { return weights_; }

 private:
  LogisticOptions options_;
  size_t columns_ = 0;
  int classes_ = 0;
  std::vector<int32_t> present_;  // the classes that were in the labels, rising
  std::vector<double> weights_;
  int32_t iterations_ = 0;
  bool converged_ = false;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_LOGISTIC_H_
