// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_FOREST_H_
#define SLEEVE_LEARN_FOREST_H_

#include <string>
#include <vector>

#include "learn/binning.h"
#include "learn/decision_tree.h"
#include "learn/learner.h"

namespace sleeve {

struct ForestOptions {
  int trees = 100;
  std::string max_features = "sqrt";
  std::string criterion = "gini";
  int max_depth = 0;
  int min_leaf = 1;
  bool bootstrap = true;
  std::string class_weight = "none";
  bool oob = false;
};

template <class V>
void describe(V& v, ForestOptions& o) {
  v.number("trees", o.trees, {1, 100000}, "trees", "How many trees vote");
  v.text("max_features", o.max_features,
         "Features drawn at a node: sqrt, log2, all, a whole number, or a share as 0.1");
  v.choice("criterion", o.criterion, {"gini", "entropy"}, "The impurity that a split has to lower");
  v.number("max_depth", o.max_depth, {0, 1000000}, "levels", "Deepest leaf; 0 for no limit");
  v.number("min_leaf", o.min_leaf, {1, 1000000}, "rows", "Fewest distinct training rows in a leaf");
  v.flag("bootstrap", o.bootstrap, "Whether each tree sees a sample drawn with replacement, or all rows");
  v.choice("class_weight", o.class_weight, {"none", "balanced"},
           "balanced: a class counts in inverse proportion to its rows");
  v.flag("oob", o.oob, "Judge the training rows by the trees that did not see them; needs bootstrap");
}
// kUsage where describe() can't tell: max_features, oob without bootstrap.
Status check(const ForestOptions& options);

// Random forest (Breiman 2001) as scikit-learn's RandomForestClassifier grows it, but on features
// quantised to at most 256 bins. A row's probabilities are the mean of its leaves' class
// distributions. Tree number k depends on the seed, k and the data only: the first 100 trees of a
// forest of 1000 are the forest of 100.
class Forest final : public Learner {
 public:
  using Options = ForestOptions;
  explicit Forest(ForestOptions options) : options_(std::move(options)) {}

  // Also kUsage if max_features is a number above the number of columns.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  // The same on features that are binned already. REQUIRES: `binned` is made of data.x.
  Status fit_binned(const BinnedMatrix& binned, const TrainingSet& data, uint64_t seed,
                    const WorkContext& context);
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  // What forests of only the first so many trees give. REQUIRES: rising, from 1 to the number of trees.
  [[nodiscard]] std::vector<Matrix> outputs_after(const Matrix& x, std::span<const size_t> trees) const;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

  [[nodiscard]] const std::vector<DecisionTree>& trees() const& { return trees_; }
  const std::vector<DecisionTree>& trees() && = delete;  // they go with the forest
  // {"oob_accuracy": …, "oob_rows": …} with option oob, and {"importance": {block: share}}.
  [[nodiscard]] Json facts() const override { return facts_; }
  // One a column, sum 1 (0 if no tree has a split); see GrownTrees. Empty after load().
  [[nodiscard]] const std::vector<double>& importance() const& { return importance_; }
  const std::vector<double>& importance() && = delete;
  // With option oob: rows × classes, what the trees say that did not draw the row; 0 where all of them did.
  [[nodiscard]] const Matrix& oob_outputs() const& { return oob_outputs_; }
  const Matrix& oob_outputs() && = delete;

 private:
  void judge_out_of_bag(const TrainingSet& data, uint64_t seed);

  ForestOptions options_;
  std::vector<double> class_weights_;  // one a class
  std::vector<DecisionTree> trees_;
  std::vector<double> importance_;
  Matrix oob_outputs_;
  Json facts_ = Json::object();
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_FOREST_H_
