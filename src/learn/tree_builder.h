// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_TREE_BUILDER_H_
#define SLEEVE_LEARN_TREE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"
#include "learn/binning.h"
#include "learn/decision_tree.h"
#include "learn/split_search.h"

namespace sleeve {

struct TreeSettings {
  ScoreSettings score;
  size_t min_leaf = 1;  // distinct rows
  size_t features_per_node = 1;
  size_t max_depth = 0;  // 0: no limit
  bool bootstrap = true;
};

// Grows one tree, as scikit-learn's depth-first builder with its random-features splitter does:
// at every node features are drawn without replacement until `features_per_node` were looked at,
// constant ones included, and at least one of them could part the node's rows; a node is a leaf when it is
// pure, at the largest depth, or can't be parted.
class TreeBuilder {
 public:
  // All of them must outlive the builder. One builder grows any number of trees, one after the other.
  TreeBuilder(const BinnedMatrix& x, std::span<const int> labels, const TreeSettings& settings);

  // Depends on the data, the settings and the generator only.
  DecisionTree grow(Rng rng);

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

  void draw_samples(Rng& rng);
  void count_classes(const Pending& node);
  [[nodiscard]] bool must_be_leaf(const Pending& node) const;
  void keep_constants(size_t count);
  Split find_split(Pending& node, Rng& rng);
  size_t part(const Pending& node, const Split& split);

  const BinnedMatrix& x_;
  std::span<const int> labels_;
  const TreeSettings& settings_;
  SplitSearch search_;
  std::vector<Sample> samples_;  // a node's are neighbours, in the order of their rows
  std::vector<Sample> right_;
  std::vector<uint32_t> draws_;
  std::vector<uint32_t> counts_;    // draws per class at the current node
  std::vector<uint32_t> features_;  // all, in the order of the last draws
  // Features known to be constant at the current node, those of the nodes above first.
  std::vector<uint32_t> constants_;
  std::vector<uint8_t> is_constant_;  // one a feature
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_TREE_BUILDER_H_
