// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_PCA_H_
#define SLEEVE_LEARN_PCA_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/transform.h"

namespace sleeve {

struct PcaOptions {
  std::string components = "0.95";
  bool whiten = false;
};
template <class V>
void describe(V& v, PcaOptions& o) {
  v.text("components", o.components,
         "How many columns stay: a whole number, a share of the variance as 0.95, or all");
  v.flag("whiten", o.whiten, "Whether every component is brought to variance 1");
}
// kUsage where describe() can't tell: components.
Status check(const PcaOptions& options);

// Principal components: the rows minus the training rows' mean, on the directions of largest variance,
// as scikit-learn's PCA (variances over n - 1). A share keeps the fewest components whose variance is
// at least that much of the whole. Never more than there are directions in which the training rows
// vary, but at least one column; asking for more is no error.
//
// Found by the eigenvectors of the covariance matrix or, with fewer rows than columns, of the rows'
// Gram matrix, in double precision. The sign of a component is free: here its largest coefficient (the
// first among equals) is positive, as in scikit-learn from 1.5.
class Pca final : public Transform {
 public:
  using Options = PcaOptions;
  explicit Pca(PcaOptions options) : options_(std::move(options)) {}

  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns) override;
  [[nodiscard]] size_t columns_after(size_t /*columns*/) const override { return scales_.size(); }

  // Components are no columns of a descriptor, even where there are as many of them.
  [[nodiscard]] std::vector<ColumnBlock> blocks_after(std::span<const ColumnBlock> /*blocks*/,
                                                      size_t /*columns*/) const override {
    return {};
  }

  // components × columns, of length 1 each.
  [[nodiscard]] const std::vector<double>& components() const { return components_; }
  // Of the components that are kept; falling.
  [[nodiscard]] const std::vector<double>& variances() const { return variances_; }

 private:
  PcaOptions options_;
  std::vector<double> means_;       // one a column
  std::vector<double> components_;  // row by row
  std::vector<double> variances_;
  std::vector<double> scales_;  // what a component is divided by: 1 without whitening
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_PCA_H_
