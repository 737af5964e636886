// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SVM_H_
#define SLEEVE_LEARN_SVM_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct SvmMachine;

struct SvmOptions {
  std::string kernel = "rbf";
  double c = 1.0;
  std::string gamma = "scale";
  int degree = 3;
  double coef0 = 0.0;
  std::string class_weight = "none";
  double tolerance = 1e-3;
};

template <class V>
void describe(V& v, SvmOptions& o) {
  v.choice("kernel", o.kernel, {"linear", "rbf", "poly", "sigmoid", "chi2", "intersection"},
           "How alike two rows are; chi2 and intersection are for histograms");
  v.number("c", o.c, {1e-10, 1e10}, "", "Cost of a training row on the wrong side: smaller is smoother");
  v.text("gamma", o.gamma, "Of rbf, poly, sigmoid and chi2: scale, auto (one over the columns), or a number");
  v.number("degree", o.degree, {1, 20}, "", "Of poly");
  v.number("coef0", o.coef0, {-1e6, 1e6}, "", "Of poly and sigmoid: what is added to the product");
  v.choice("class_weight", o.class_weight, {"none", "balanced"},
           "balanced: a class's c is in inverse proportion to its rows");
  v.number("tolerance", o.tolerance, {1e-10, 1.0}, "", "When the solver has converged");
}
// kUsage where describe() can't tell: gamma.
Status check(const SvmOptions& options);

// C-SVC by LIBSVM (Chang & Lin 2011), one against one, as scikit-learn's SVC: every pair of classes has a
// machine, whose decision above 0 is a vote for the first of the two. The kernel values of all training
// rows are computed once, in blocks by matrix products, and shared by all machines.
//
// Probabilities are softmax(sharpness · score). With two classes the score is the decision and 0; with
// more a class's score is its votes + confidence / (3·(|confidence| + 1)), where confidence is the sum of
// its decisions: scikit-learn's `decision_function` of shape ovr. So the most probable class is the one
// with the most votes, and the confidence decides between equal ones (SVC with break_ties). The
// sharpness is fitted on five inner folds of the training rows, drawn within classes from the seed, and
// by group where data.groups are given: unlike LIBSVM's own probabilities it never turns the order of the
// classes.
class Svm final : public Learner {
 public:
  using Options = SvmOptions;
  explicit Svm(SvmOptions options) : options_(std::move(options)) {}

  // Also kUsage for values below 0 with a kernel for histograms, and for kernel values that are too large
  // for LIBSVM; kTooLarge if the kernel values would take more than half of the memory.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

  // Of every row the decisions of the machines of classes (0, 1), (0, 2), …, (1, 2), …, present ones only.
  [[nodiscard]] std::vector<std::vector<double>> decisions(const Matrix& x) const;
  [[nodiscard]] size_t support_vectors() const { return supports_.rows(); }
  [[nodiscard]] double sharpness() const { return sharpness_; }

 private:
  void keep(const Matrix& x, const std::vector<std::vector<uint32_t>>& groups,
            const std::vector<SvmMachine>& machines);
  [[nodiscard]] Status check_loaded() const;

  SvmOptions options_;
  int classes_ = 0;
  double gamma_ = 1.0;
  double sharpness_ = 1.0;
  std::vector<int32_t> present_;  // the classes that were in the labels, rising
  std::vector<uint32_t> counts_;  // support vectors of each
  Matrix supports_;               // by class
  // LIBSVM's layout: (present - 1) × support vectors; a support vector of class i has its coefficient
  // against class j in row j - 1 if j > i, otherwise in row j.
  std::vector<double> coefficients_;
  std::vector<double> rhos_;  // one a machine
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SVM_H_
