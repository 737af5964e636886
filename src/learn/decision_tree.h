// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_DECISION_TREE_H_
#define SLEEVE_LEARN_DECISION_TREE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <sleeve/result.h>

#include "base/byte_stream.h"

namespace sleeve {

class VarintReader;

// One grown tree: nodes in depth-first order, so the left child of a split is the next node and
// every child comes after its parent. A leaf of a single class (nearly all of them in a fully
// grown tree) is just that class; others have their class counts in a side table.
class DecisionTree {
 public:
  struct LeafCount {
    uint32_t label;
    uint32_t count;
    friend bool operator==(const LeafCount&, const LeafCount&) = default;
  };

  // Building, in depth-first order. Each returns the new node's number.
  uint32_t add_split(uint32_t feature, float threshold);
  // Instead of the one that the split was made with.
  void set_threshold(uint32_t split, float threshold) { nodes_[split].threshold = threshold; }
  uint32_t add_leaf(std::span<const uint32_t> class_counts);
  void set_right(uint32_t split, uint32_t child) { nodes_[split].link = child; }
  void shrink_to_fit();

  [[nodiscard]] size_t nodes() const { return nodes_.size(); }
  [[nodiscard]] size_t leaves() const { return (nodes_.size() + 1) / 2; }
  [[nodiscard]] size_t depth() const;  // edges on the longest way down

  // Adds the class distribution of the leaf that `row` reaches to `sum` (one place a class): counts
  // times class weights, divided by their sum. `value <= threshold` goes left.
  // REQUIRES: row has all features.
  void add_distribution(const float* row, std::span<const double> class_weights, std::span<double> sum) const;

  // A few bytes a node (save() has the layout).
  void save(ByteWriter& out) const;
  // kCorrupt unless the bytes are one whole tree over `columns` features and as many classes as there
  // are weights (a class of weight 0 can't be part of a mixed leaf).
  static Result<DecisionTree> load(ByteReader& in, size_t columns, std::span<const double> class_weights);

  friend bool operator==(const DecisionTree&, const DecisionTree&) = default;

 private:
  // `feature` of a leaf: its class, or the number of its counts in the side table, is in `link`.
  static constexpr uint32_t kPureLeaf = 0xffffffffU;
  static constexpr uint32_t kMixedLeaf = 0xfffffffeU;
  struct Node {
    uint32_t feature;
    float threshold;
    uint32_t link;  // right child of a split
    friend bool operator==(const Node&, const Node&) = default;
  };

  bool load_leaf(bool mixed, VarintReader& reader, std::span<const double> class_weights);
  [[nodiscard]] const Node& leaf_of(const float* row) const;
  [[nodiscard]] std::span<const LeafCount> counts_of(const Node& leaf) const;

  std::vector<Node> nodes_;
  std::vector<uint32_t> table_ends_;  // mixed leaf k has the counts from the end of k-1 to its own
  std::vector<LeafCount> table_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_DECISION_TREE_H_
