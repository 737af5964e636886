// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_TREE_BUILDER_H_
#define SLEEVE_LEARN_TREE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "learn/binning.h"
#include "learn/decision_tree.h"
#include "learn/number_split.h"
#include "learn/split_search.h"
#include "learn/value_tree.h"

namespace sleeve {

struct TreeSettings {
  ScoreSettings score;  // of classes
  size_t min_leaf = 1;  // distinct rows
  size_t features_per_node = 1;
  size_t max_depth = 0;  // 0: no limit
  bool bootstrap = true;
  double centre = 0.0;  // of numbers: what was subtracted from the answers
};

// What is different between trees of classes and of numbers. Each is about one node at a time.
class ClassGrowth {
 public:
  using Answer = int;
  using Sample = sleeve::Sample;
  using Tree = DecisionTree;

  ClassGrowth(const BinnedMatrix& x, const TreeSettings& settings)
      : search_(x, settings.score, settings.min_leaf), counts_(settings.score.class_weights.size()) {}

  static Sample sample(uint32_t row, int label, uint32_t draws) {
    return {row, static_cast<uint16_t>(label), static_cast<uint16_t>(draws < 0xffff ? draws : 0xffff)};
  }
  void look_at(std::span<const Sample> node);
  [[nodiscard]] bool pure() const;
  void start(std::span<const Sample> node) { search_.start(node, counts_); }
  void prefetch(uint32_t feature) const { search_.prefetch(feature); }
  bool consider(uint32_t feature, Split& best) { return search_.consider(feature, best); }
  [[nodiscard]] bool perfect(const Split& best) const { return search_.perfect(best); }
  [[nodiscard]] double score_uncut() const { return search_.score_uncut(); }
  void add_leaf(Tree& tree) const { tree.add_leaf(counts_); }

 private:
  SplitSearch search_;
  std::vector<uint32_t> counts_;  // draws per class
};

class NumberGrowth {
 public:
  using Answer = double;
  using Sample = NumberSample;
  using Tree = ValueTree;

  NumberGrowth(const BinnedMatrix& x, const TreeSettings& settings)
      : search_(x, settings.min_leaf), centre_(settings.centre) {}

  static Sample sample(uint32_t row, double value, uint32_t draws) { return {row, draws, value}; }
  void look_at(std::span<const Sample> node) { node_ = NumberNode::of(node); }
  [[nodiscard]] bool pure() const { return node_.pure; }
  void start(std::span<const Sample> node) { search_.start(node, node_); }
  void prefetch(uint32_t feature) const { search_.prefetch(feature); }
  bool consider(uint32_t feature, Split& best) { return search_.consider(feature, best); }
  [[nodiscard]] static bool perfect(const Split& /*best*/) { return false; }  // isn't known beforehand
  [[nodiscard]] double score_uncut() const { return node_.score(); }
  void add_leaf(Tree& tree) const;

 private:
  NumberSplitSearch search_;
  double centre_;
  NumberNode node_;
};

// By how much a split lowered the impurity of its node: of classes as split_score.h has it, of numbers
// their squared error; both times the node's mass.
struct SplitGain {
  uint32_t feature;
  double gain;
};

// How often each row is drawn for the tree whose generator this is: the first thing that a tree takes
// from it.
std::vector<uint32_t> bootstrap_draws(Rng& rng, size_t rows);

// Grows one tree, as scikit-learn's depth-first builder with its random-features splitter does:
// at every node features are drawn without replacement until `features_per_node` were looked at,
// constant ones included, and at least one of them could part the node's rows; a node is a leaf when it is
// pure, at the largest depth, or can't be parted.
template <class Growth>
class BasicTreeBuilder {
 public:
  using Answer = typename Growth::Answer;
  using Sample = typename Growth::Sample;
  using Tree = typename Growth::Tree;

  // All of them must outlive the builder. One builder grows any number of trees, one after the other.
  BasicTreeBuilder(const BinnedMatrix& x, std::span<const Answer> answers, const TreeSettings& settings);

  // Depends on the data, the settings and the generator only.
  Tree grow(Rng rng);
  // Of the last tree's splits, in depth-first order.
  [[nodiscard]] const std::vector<SplitGain>& gains() const { return gains_; }

 private:
  // A node yet to be made from samples_[begin, end).
  struct Pending {
    size_t begin;
    size_t end;
    size_t depth;
    size_t constants;  // how many features are known to be constant
    uint32_t parent;
    bool is_right;
  };

  [[nodiscard]] std::span<const Sample> samples_of(const Pending& node) const {
    return std::span(samples_).subspan(node.begin, node.end - node.begin);
  }
  void draw_samples(Rng& rng);
  [[nodiscard]] bool must_be_leaf(const Pending& node) const;
  void keep_constants(size_t count);
  Split find_split(Pending& node, Rng& rng);
  size_t part(const Pending& node, const Split& split);
  void set_thresholds(Tree& tree) const;

  const BinnedMatrix& x_;
  std::span<const Answer> answers_;
  const TreeSettings& settings_;
  Growth growth_;
  std::vector<Sample> samples_;  // a node's are neighbours, in the order of their rows
  std::vector<Sample> right_;
  std::vector<SplitGain> gains_;
  std::vector<std::pair<uint32_t, Split>> cuts_;  // of the tree's splits, by node
  std::vector<uint32_t> features_;                // all, in the order of the last draws
  // Features known to be constant at the current node, those of the nodes above first.
  std::vector<uint32_t> constants_;
  std::vector<uint8_t> is_constant_;  // one a feature
};

using TreeBuilder = BasicTreeBuilder<ClassGrowth>;
using NumberTreeBuilder = BasicTreeBuilder<NumberGrowth>;

}  // namespace sleeve

#endif  // SLEEVE_LEARN_TREE_BUILDER_H_
