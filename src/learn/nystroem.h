// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_NYSTROEM_H_
#define SLEEVE_LEARN_NYSTROEM_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/transform.h"

namespace sleeve {

struct NystroemOptions {
  int components = 300;
  std::string kernel = "rbf";
  std::string gamma = "scale";
  int degree = 3;
  double coef0 = 0.0;
  int seed = 1;
};
template <class V>
void describe(V& v, NystroemOptions& o) {
  v.number("components", o.components, {1, 20000}, "columns",
           "How many training rows are landmarks: more come nearer to the kernel and cost their square");
  v.choice("kernel", o.kernel, {"rbf", "poly", "chi2", "intersection"},
           "How alike two rows are, as in svm; chi2 and intersection are for histograms");
  v.text("gamma", o.gamma, "Of rbf, poly and chi2: scale, auto (one over the columns), or a number");
  v.number("degree", o.degree, {1, 20}, "", "Of poly");
  v.number("coef0", o.coef0, {0, 1e6}, "", "Of poly: what is added to the product");
  v.number("seed", o.seed, {0, 2147483647}, "", "Which landmarks are drawn");
}
// kUsage where describe() can't tell: gamma.
Status check(const NystroemOptions& options);

// Columns whose products are nearly a kernel's values (Williams & Seeger 2001), so that a linear learner
// behind them does nearly what a support vector machine with the kernel does, in time and memory that grow
// with the rows and not with their square: "nystroem:components=1000 > linear_svm".
//
// Landmarks are the first `components` rows of the training rows shuffled by Rng(seed). With K the kernel
// values of the landmarks and k(x) those of a row with them, the columns are L⁻¹ k(x), where K = L Lᵀ by
// Cholesky's method, the landmark with the largest rest first. Their products are k(x)ᵀ K⁻¹ k(y), those of
// scikit-learn's Nystroem, whose columns are these turned around. Landmarks that others already stand for
// (rest below 1e-10 of the largest value) are left out, so there may be fewer columns than asked for.
class Nystroem final : public Transform {
 public:
  using Options = NystroemOptions;
  explicit Nystroem(NystroemOptions options) : options_(std::move(options)) {}

  // kNoData without rows; kUsage for values below 0 with a kernel for histograms; kTooLarge if the landmarks'
  // kernel values would take more than half of the memory.
  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns) override;
  [[nodiscard]] size_t columns_after(size_t /*columns*/) const override { return landmarks_.rows(); }
  // They are no columns of a descriptor, even where there are as many of them.
  [[nodiscard]] std::vector<ColumnBlock> blocks_after(std::span<const ColumnBlock> /*blocks*/,
                                                      size_t /*columns*/) const override {
    return {};
  }

 private:
  NystroemOptions options_;
  double gamma_ = 1.0;
  Matrix landmarks_;           // in the order of the columns
  std::vector<double> lower_;  // L by rows: 1 value, 2 values, …
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_NYSTROEM_H_
