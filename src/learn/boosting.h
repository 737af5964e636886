// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_BOOSTING_H_
#define SLEEVE_LEARN_BOOSTING_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "learn/learner.h"
#include "learn/value_tree.h"

namespace sleeve {

struct BoostingOptions {
  int trees = 300;
  double learning_rate = 0.1;
  int depth = 4;
  double min_child_weight = 1.0;
  double subsample = 0.8;
  double column_share = 0.3;
  double l2 = 1.0;
  int early_stopping = 20;
  double validation = 0.2;
};

template <class V>
void describe(V& v, BoostingOptions& o) {
  v.number("trees", o.trees, {1, 100000}, "rounds",
           "Most rounds; with more than two classes a tree a class each");
  v.number("learning_rate", o.learning_rate, {1e-6, 1.0}, "", "What a tree's numbers are multiplied by");
  v.number("depth", o.depth, {1, 16}, "levels", "Deepest leaf");
  v.number("min_child_weight", o.min_child_weight, {0.0, 1e9}, "",
           "Least sum of second derivatives in a leaf: of numbers the rows, of classes the sum of p(1-p)");
  v.number("subsample", o.subsample, {0.01, 1.0}, "", "Share of the rows that a tree is grown on");
  v.number("column_share", o.column_share, {0.001, 1.0}, "", "Share of the features that a tree is grown on");
  v.number("l2", o.l2, {0.0, 1e9}, "", "Penalty on the squared numbers of the leaves");
  v.number("early_stopping", o.early_stopping, {0, 100000}, "rounds",
           "Stop when so many rounds made validation rows no better; 0: grow all rounds");
  v.number("validation", o.validation, {0.01, 0.5}, "",
           "Share of the training rows held out, by group, to find the number of rounds");
}

// Gradient boosted trees by XGBoost (Chen & Guestrin 2016), on histograms of 256 bins: squared error of
// numbers, log loss of classes. The first guess is the mean, or the classes' shares.
//
// With early stopping a share of the training rows (whole groups, classes in proportion) is held out, the
// rounds are counted until they stop helping there, and the model is fitted again on all rows with the best
// number of rounds. Where no rows can be held out (too few of them or of groups) all rounds are grown.
//
// XGBoost's histograms are summed in an order that depends on the number of threads; so one fit takes one
// thread, and what runs in parallel are fits. XGBoost is needed for fitting only: what is kept, saved and
// predicted with are trees of our own, which give the bits that XGBoost gives.
class Boosting : public Learner {
 public:
  using Options = BoostingOptions;

  // Also kTooLarge if XGBoost's model is beyond a gigabyte.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) final;
  [[nodiscard]] Matrix outputs(const Matrix& x) const final;
  void save(ByteWriter& out) const final;
  Status load(ByteReader& in, size_t columns, int classes) final;
  // {"rounds": …, "validation_rows": …}; 0 validation rows: none were held out.
  [[nodiscard]] Json facts() const final { return facts_; }

  [[nodiscard]] const std::vector<ValueTree>& trees() const& { return trees_; }
  const std::vector<ValueTree>& trees() && = delete;  // they go with the model
  // Sums of leaves: rows × 1 for numbers and two classes (the log odds of the second), otherwise rows ×
  // present classes. REQUIRES: not fitted on rows of a single class.
  [[nodiscard]] Matrix margins(const Matrix& x) const;

 protected:
  Boosting(Goal goal, BoostingOptions options) : goal_(goal), options_(options) {}

 private:
  [[nodiscard]] Result<size_t> best_rounds(const TrainingSet& data, uint64_t seed,
                                           const WorkContext& context);
  Status fit_rounds(const TrainingSet& data, size_t rounds, uint64_t seed, const WorkContext& context);

  Goal goal_;
  BoostingOptions options_;
  int classes_ = 1;
  std::vector<int32_t> present_;  // the classes that were in the labels, rising; empty for numbers
  std::vector<float> base_;       // the first guess of every margin
  std::vector<ValueTree> trees_;  // a tree a margin, round by round
  Json facts_ = Json::object();
};

class ClassBoosting final : public Boosting {
 public:
  explicit ClassBoosting(BoostingOptions options) : Boosting(Goal::kClass, options) {}
};

class NumberBoosting final : public Boosting {
 public:
  explicit NumberBoosting(BoostingOptions options) : Boosting(Goal::kNumber, options) {}
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_BOOSTING_H_
