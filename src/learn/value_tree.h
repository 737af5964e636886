// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_VALUE_TREE_H_
#define SLEEVE_LEARN_VALUE_TREE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/byte_stream.h"

namespace sleeve {

// A tree whose leaves are numbers. Nodes in depth-first order, so the left child of a split is the next
// node and every child comes after its parent.
class ValueTree {
 public:
  // Building, in depth-first order. Each returns the new node's number.
  uint32_t add_split(uint32_t feature, float threshold);
  // Instead of the one that the split was made with.
  void set_threshold(uint32_t split, float threshold) { nodes_[split].value = threshold; }
  uint32_t add_leaf(float value);
  void set_right(uint32_t split, uint32_t child) { nodes_[split].right = child; }
  void shrink_to_fit() { nodes_.shrink_to_fit(); }

  [[nodiscard]] size_t nodes() const { return nodes_.size(); }
  [[nodiscard]] size_t leaves() const { return (nodes_.size() + 1) / 2; }
  [[nodiscard]] size_t depth() const;  // edges on the longest way down

  // The leaf that `row` reaches; `value <= threshold` goes left. REQUIRES: row has all features.
  [[nodiscard]] float value_at(const float* row) const;

  // Per node a varint, 0 for a leaf and f + 1 for a split on feature f; in an array of floats the value of
  // every leaf and the threshold of every split. The order says where the right children are, so a file
  // can't hold a loop.
  void save(ByteWriter& out) const;
  // kCorrupt unless the bytes are one whole tree over `columns` features with finite numbers.
  static Result<ValueTree> load(ByteReader& in, size_t columns);

  friend bool operator==(const ValueTree&, const ValueTree&) = default;

 private:
  static constexpr uint32_t kLeaf = 0xffffffffU;
  struct Node {
    uint32_t feature;  // kLeaf: none
    float value;       // a leaf's value, a split's threshold
    uint32_t right;
    friend bool operator==(const Node&, const Node&) = default;
  };

  std::vector<Node> nodes_;
};

// A number of trees, at least 1, one after the other. `owner` ("boosting") starts the message of kCorrupt.
void save_trees(const std::vector<ValueTree>& trees, ByteWriter& out);
Result<std::vector<ValueTree>> load_trees(ByteReader& in, size_t columns, std::string_view owner);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_VALUE_TREE_H_
