// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SVR_H_
#define SLEEVE_LEARN_SVR_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct SvrOptions {
  std::string kernel = "rbf";
  double c = 10.0;
  double epsilon = 0.1;
  std::string gamma = "scale";
  int degree = 3;
  double coef0 = 0.0;
  double tolerance = 1e-3;
};

template <class V>
void describe(V& v, SvrOptions& o) {
  v.choice("kernel", o.kernel, {"linear", "rbf", "poly", "sigmoid", "chi2", "intersection"},
           "How alike two rows are; chi2 and intersection are for histograms");
  v.number("c", o.c, {1e-10, 1e10}, "",
           "Most that a training row may pull, in units of the numbers: smaller is smoother");
  v.number("epsilon", o.epsilon, {0.0, 1e10}, "", "Errors up to this cost nothing, in units of the numbers");
  v.text("gamma", o.gamma, "Of rbf, poly, sigmoid and chi2: scale, auto (one over the columns), or a number");
  v.number("degree", o.degree, {1, 20}, "", "Of poly");
  v.number("coef0", o.coef0, {-1e6, 1e6}, "", "Of poly and sigmoid: what is added to the product");
  v.number("tolerance", o.tolerance, {1e-10, 1.0}, "", "When the solver has converged");
}
// kUsage where describe() can't tell: gamma.
Status check(const SvrOptions& options);

// ε-SVR by LIBSVM (Chang & Lin 2011), as scikit-learn's SVR, on kernel values that are computed once, in
// blocks by matrix products: see Svm, whose kernels it has. The numbers are taken as they are. For a
// popularity of 0 to 100 scikit-learn's default of c, 1, hardly leaves the mean, so it is 10 here.
class Svr final : public Learner {
 public:
  using Options = SvrOptions;
  explicit Svr(SvrOptions options) : options_(std::move(options)) {}

  // Errors as Svm::fit().
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

  [[nodiscard]] size_t support_vectors() const { return supports_.rows(); }

 private:
  SvrOptions options_;
  double gamma_ = 1.0;
  double rho_ = 0.0;
  Matrix supports_;
  std::vector<double> coefficients_;  // one a support vector
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SVR_H_
