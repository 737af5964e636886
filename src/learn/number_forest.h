// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_NUMBER_FOREST_H_
#define SLEEVE_LEARN_NUMBER_FOREST_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/learner.h"
#include "learn/value_tree.h"

namespace sleeve {

struct NumberForestOptions {
  int trees = 100;
  std::string max_features = "0.3333";
  int max_depth = 0;
  int min_leaf = 1;
  bool bootstrap = true;
  bool oob = false;
};

template <class V>
void describe(V& v, NumberForestOptions& o) {
  v.number("trees", o.trees, {1, 100000}, "trees", "How many trees are averaged");
  v.text("max_features", o.max_features,
         "Features drawn at a node: sqrt, log2, all, a whole number, or a share as 0.1");
  v.number("max_depth", o.max_depth, {0, 1000000}, "levels", "Deepest leaf; 0 for no limit");
  v.number("min_leaf", o.min_leaf, {1, 1000000}, "rows", "Fewest distinct training rows in a leaf");
  v.flag("bootstrap", o.bootstrap, "Whether each tree sees a sample drawn with replacement, or all rows");
  v.flag("oob", o.oob, "Judge the training rows by the trees that did not see them; needs bootstrap");
}
// kUsage where describe() can't tell: max_features, oob without bootstrap.
Status check(const NumberForestOptions& options);

// Random forest of regression trees (Breiman 2001), whose splits lower the squared error, as
// scikit-learn's RandomForestRegressor grows it, but on features quantised to at most 256 bins. A row's
// number is the mean of its leaves' means. Tree number k depends on the seed, k and the data only: the
// first 100 trees of a forest of 1000 are the forest of 100.
//
// A third of the features is drawn at a node, as Breiman proposes for regression; scikit-learn's
// default, all of them, makes trees that are alike and takes three times as long.
class NumberForest final : public Learner {
 public:
  using Options = NumberForestOptions;
  explicit NumberForest(NumberForestOptions options) : options_(std::move(options)) {}

  // Also kUsage if max_features is a number above the number of columns.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;
  // {"oob_r2": …, "oob_rows": …} with option oob, and {"importance": {block: share}}.
  [[nodiscard]] Json facts() const override { return facts_; }

  [[nodiscard]] const std::vector<ValueTree>& trees() const& { return trees_; }
  const std::vector<ValueTree>& trees() && = delete;  // they go with the forest
  // One a column, sum 1 (0 if no tree has a split); see GrownTrees. Empty after load().
  [[nodiscard]] const std::vector<double>& importance() const& { return importance_; }
  const std::vector<double>& importance() && = delete;
  // With option oob: rows × 1, the mean of the trees that did not draw the row; NaN where all of them did.
  [[nodiscard]] const Matrix& oob_outputs() const& { return oob_outputs_; }
  const Matrix& oob_outputs() && = delete;

 private:
  void judge_out_of_bag(const TrainingSet& data, uint64_t seed);

  NumberForestOptions options_;
  std::vector<ValueTree> trees_;
  std::vector<double> importance_;
  Matrix oob_outputs_;
  Json facts_ = Json::object();
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_NUMBER_FOREST_H_
