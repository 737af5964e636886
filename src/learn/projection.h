// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_PROJECTION_H_
#define SLEEVE_LEARN_PROJECTION_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "learn/blockwise.h"
#include "learn/transform.h"

namespace sleeve {

struct ProjectionOptions {
  int columns = 256;
  std::string kind = "gaussian";
  std::string blocks = {};
  int seed = 1;
};
template <class V>
void describe(V& v, ProjectionOptions& o) {
  v.number("columns", o.columns, {1, 20000}, "columns", "How many stay, of each block if blocks are named");
  v.choice("kind", o.kind, {"gaussian", "sparse"},
           "Weights of the sums: normal, or 0 with two in three chances and else +1 or -1, scaled");
  v.text("blocks", o.blocks,
         "Descriptors that are reduced, each for itself: hog+hsv, or each; nothing: all columns together");
  v.number("seed", o.seed, {0, 2147483647}, "", "Which weights are drawn");
}
// kUsage for names that can't be.
Status check(const ProjectionOptions& options);

// Random projection: every column becomes a sum of all with drawn weights, which keeps distances nearly as
// they were (Johnson & Lindenstrauss 1984), as scikit-learn's GaussianRandomProjection: weights are normal
// with variance 1/columns; sparse: Achlioptas 2003, 0 or ±√(3/columns). It learns nothing but the number of
// columns, and costs next to nothing beside principal components. A block (or all) that has no more columns
// than asked for stays as it is.
class Projection final : public Transform {
 public:
  using Options = ProjectionOptions;
  explicit Projection(ProjectionOptions options) : options_(std::move(options)) {}

  // kUsage if a block isn't known; kTooLarge if the weights would take more than a quarter of the memory.
  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns) override;
  [[nodiscard]] size_t columns_after(size_t columns) const override;
  [[nodiscard]] std::vector<ColumnBlock> blocks_after(std::span<const ColumnBlock> blocks,
                                                      size_t columns) const override;

 private:
  // The weights of a part, rows of `width` for every column that it becomes. Drawn when first needed: a file
  // that claims huge ones costs nothing by being read.
  struct Weights {
    std::once_flag drawn;
    std::vector<float> values;
  };
  [[nodiscard]] const std::vector<float>& weights(size_t part) const;
  void set_parts(std::vector<ColumnRange> parts);

  ProjectionOptions options_;
  std::vector<ColumnRange> parts_;  // those that are projected; rising
  std::vector<std::unique_ptr<Weights>> weights_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_PROJECTION_H_
