// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SELECT_BEST_H_
#define SLEEVE_LEARN_SELECT_BEST_H_

#include <cstdint>
#include <vector>

#include "learn/transform.h"

namespace sleeve {

struct SelectBestOptions {
  int k = 100;
};
template <class V>
void describe(V& v, SelectBestOptions& o) {
  v.number("k", o.k, {1, 1e9}, "columns", "How many columns stay; all if there are fewer");
}

// Per column the F of a one-way analysis of variance between the classes: (variance of the class means,
// with K - 1 degrees of freedom) / (variance within the classes, with n - K). Two passes in double
// precision. Huge or infinite where the classes differ and nothing varies within them; 0 where nothing
// differs, and in all columns if there are fewer than two classes or no degree of freedom within them.
std::vector<double> anova_f(const Matrix& x, std::span<const int> labels);

// Per column the F of its correlation with the values, r² / (1 - r²) · (n - 2), as scikit-learn's
// f_regression; 0 where either is constant or there are fewer than three rows.
std::vector<double> correlation_f(const Matrix& x, std::span<const float> values);

// Keeps the k columns with the largest F, in their order, as scikit-learn's SelectKBest with f_classif, for
// a number with f_regression, for several labels with the largest f_classif of a label against the rest; of
// equal columns the first. It looks at the answers: outside a fold it would leak, in a Pipeline it can't.
class SelectBest final : public Transform {
 public:
  using Options = SelectBestOptions;
  explicit SelectBest(SelectBestOptions options) : options_(options) {}

  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override { out.put_array(kept_); }
  Status load(ByteReader& in, size_t columns) override;
  [[nodiscard]] size_t columns_after(size_t /*columns*/) const override { return kept_.size(); }

  [[nodiscard]] const std::vector<uint32_t>& kept() const { return kept_; }

 private:
  SelectBestOptions options_;
  std::vector<uint32_t> kept_;  // rising
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SELECT_BEST_H_
