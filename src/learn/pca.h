// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_PCA_H_
#define SLEEVE_LEARN_PCA_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/blockwise.h"
#include "learn/transform.h"

namespace sleeve {

struct PcaOptions {
  std::string components = "0.95";
  bool whiten = false;
  std::string blocks = {};
};
template <class V>
void describe(V& v, PcaOptions& o) {
  v.text("components", o.components,
         "How many columns stay: a whole number, a share of the variance as 0.95, or all");
  v.flag("whiten", o.whiten, "Whether every component is brought to variance 1");
  v.text("blocks", o.blocks,
         "Descriptors that are reduced, each for itself: hog+hsv, or each; nothing: all columns together");
}
// kUsage where describe() can't tell: components, blocks.
Status check(const PcaOptions& options);

// Principal components: the rows minus the training rows' mean, on the directions of largest variance,
// as scikit-learn's PCA (variances over n - 1). A share keeps the fewest components whose variance is
// at least that much of the whole. Never more than there are directions in which the training rows
// vary, but at least one column; asking for more is no error.
//
// Found by the eigenvectors of the covariance matrix or, with fewer rows than columns, of the rows'
// Gram matrix, in double precision. The sign of a component is free: here its largest coefficient (the
// first among equals) is positive, as in scikit-learn from 1.5. Then they are rounded to float32, which is
// how files hold them: what a model says doesn't depend on whether it was saved meanwhile.
//
// With `blocks` named the columns of each descriptor get components of their own and stay known by its name;
// other columns pass through.
class Pca final : public Transform {
 public:
  using Options = PcaOptions;
  explicit Pca(PcaOptions options) : options_(std::move(options)) {}

  // kNoData without rows; kUsage if a block isn't known.
  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns) override;
  // Components were doubles, and are used as such: the model says what it always said.
  Status load_earlier(ByteReader& in, size_t columns) override;
  [[nodiscard]] size_t columns_after(size_t columns) const override;
  // Components of all columns together are no columns of a descriptor, even where there are as many of them.
  [[nodiscard]] std::vector<ColumnBlock> blocks_after(std::span<const ColumnBlock> blocks,
                                                      size_t columns) const override;

  // Of all columns together, or of the first block. components × columns, of length 1 each (but for
  // rounding).
  [[nodiscard]] const std::vector<double>& components() const { return parts_[0].components; }
  // Of the components that are kept; falling.
  [[nodiscard]] const std::vector<double>& variances() const { return parts_[0].variances; }

 private:
  struct Part {
    std::vector<double> means;       // one a column
    std::vector<double> components;  // row by row
    std::vector<double> variances;
    std::vector<double> scales;  // what a component is divided by: 1 without whitening

    void fit(const Matrix& x, const PcaOptions& options);
    void save(ByteWriter& out) const;
    // Stored: what a number of a component is in the file, float or double.
    template <class Stored>
    Status load(ByteReader& in, size_t columns);
  };
  template <class Stored>
  Status load_parts(ByteReader& in, size_t columns);

  PcaOptions options_;
  std::vector<ColumnRange> ranges_;  // rising
  std::vector<Part> parts_;          // one a range
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_PCA_H_
