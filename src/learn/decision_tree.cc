// SPDX-License-Identifier: Apache-2.0
#include "learn/decision_tree.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/try.h"
#include "learn/varint.h"

namespace sleeve {
namespace {

// What a node's code in a file means; kFirstSplit + f is a split on feature f.
constexpr uint32_t kMixed = 0;
constexpr uint32_t kPure = 1;
constexpr uint32_t kFirstSplit = 2;

Error corrupt_decision_tree(std::string_view what) {
  return make_error(ErrorCode::kCorrupt, "decision tree: {}", what);
}

}  // namespace

uint32_t DecisionTree::add_split(uint32_t feature, float threshold) {
  nodes_.push_back({feature, threshold, 0});
  return static_cast<uint32_t>(nodes_.size() - 1);
}

uint32_t DecisionTree::add_leaf(std::span<const uint32_t> class_counts) {
  const auto node = static_cast<uint32_t>(nodes_.size());
  const auto present = std::ranges::count_if(class_counts, [](uint32_t count) { return count > 0; });
  if (present == 1) {
    const auto only = std::ranges::find_if(class_counts, [](uint32_t count) { return count > 0; });
    nodes_.push_back({kPureLeaf, 0.0F, static_cast<uint32_t>(only - class_counts.begin())});
    return node;
  }
  for (uint32_t label = 0; label < class_counts.size(); ++label) {
    if (class_counts[label] > 0) table_.push_back({label, class_counts[label]});
  }
  nodes_.push_back({kMixedLeaf, 0.0F, static_cast<uint32_t>(table_ends_.size())});
  table_ends_.push_back(static_cast<uint32_t>(table_.size()));
  return node;
}

void DecisionTree::shrink_to_fit() {
  nodes_.shrink_to_fit();
  table_ends_.shrink_to_fit();
  table_.shrink_to_fit();
}

size_t DecisionTree::depth() const {
  std::vector<size_t> depths(nodes_.size(), 0);
  size_t deepest = 0;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    deepest = std::max(deepest, depths[i]);
    if (nodes_[i].feature >= kMixedLeaf) continue;
    depths[i + 1] = depths[i] + 1;
    depths[nodes_[i].link] = depths[i] + 1;
  }
  return deepest;
}

const DecisionTree::Node& DecisionTree::leaf_of(const float* row) const {
  size_t at = 0;
  while (nodes_[at].feature < kMixedLeaf) {
    const Node& node = nodes_[at];
    at = row[node.feature] <= node.threshold ? at + 1 : node.link;
  }
  return nodes_[at];
}

std::span<const DecisionTree::LeafCount> DecisionTree::counts_of(const Node& leaf) const {
  const size_t begin = leaf.link == 0 ? 0 : table_ends_[leaf.link - 1];
  return {table_.data() + begin, table_ends_[leaf.link] - begin};
}

void DecisionTree::add_distribution(const float* row, std::span<const double> class_weights,
                                    std::span<double> sum) const {
  const Node& leaf = leaf_of(row);
  if (leaf.feature == kPureLeaf) {
    sum[leaf.link] += 1.0;
    return;
  }
  double total = 0.0;
  for (const LeafCount& entry : counts_of(leaf)) total += entry.count * class_weights[entry.label];
  for (const LeafCount& entry : counts_of(leaf)) {
    sum[entry.label] += entry.count * class_weights[entry.label] / total;
  }
}

// The depth-first order says where the right children are, so they needn't be written: a file can't
// hold a loop. Per node a varint: 0 a mixed leaf (then its number of classes, then class and count of
// each), 1 a pure leaf (then its class), f + 2 a split on feature f. Thresholds stand in an array.
void DecisionTree::save(ByteWriter& out) const {
  std::vector<uint8_t> shape;
  std::vector<float> thresholds;
  for (const Node& node : nodes_) {
    if (node.feature == kPureLeaf) {
      put_varint(shape, kPure);
      put_varint(shape, node.link);
    } else if (node.feature == kMixedLeaf) {
      put_varint(shape, kMixed);
      const auto counts = counts_of(node);
      put_varint(shape, static_cast<uint32_t>(counts.size()));
      for (const LeafCount& entry : counts) {
        put_varint(shape, entry.label);
        put_varint(shape, entry.count);
      }
    } else {
      put_varint(shape, node.feature + kFirstSplit);
      thresholds.push_back(node.threshold);
    }
  }
  out.put_array(shape);
  out.put_array(thresholds);
}

// The side table takes classes in rising order, each once.
bool DecisionTree::load_leaf(bool mixed, VarintReader& reader, std::span<const double> class_weights) {
  if (!mixed) {
    const auto label = reader.next();
    if (!label || *label >= class_weights.size()) return false;
    nodes_.push_back({kPureLeaf, 0.0F, *label});
    return true;
  }
  const auto size = reader.next();
  if (!size || *size < 2) return false;
  uint32_t lowest = 0;
  for (uint32_t i = 0; i < *size; ++i) {
    const auto label = reader.next();
    const auto count = reader.next();
    if (!label || *label < lowest || *label >= class_weights.size()) return false;
    if (!count || *count == 0 || class_weights[*label] <= 0.0) return false;
    lowest = *label + 1;
    table_.push_back({*label, *count});
  }
  nodes_.push_back({kMixedLeaf, 0.0F, static_cast<uint32_t>(table_ends_.size())});
  table_ends_.push_back(static_cast<uint32_t>(table_.size()));
  return true;
}

Result<DecisionTree> DecisionTree::load(ByteReader& in, size_t columns,
                                        std::span<const double> class_weights) {
  SLEEVE_TRY(const std::vector<uint8_t> shape, in.get_array<uint8_t>());
  SLEEVE_TRY(const std::vector<float> thresholds, in.get_array<float>());
  DecisionTree tree;
  VarintReader reader(shape);
  std::vector<uint32_t> open;  // splits whose right child is still to come
  size_t splits = 0;
  for (bool whole = false; !whole;) {
    const auto code = reader.next();
    if (!code) return corrupt_decision_tree("ends too early");
    if (*code >= kFirstSplit) {
      const uint32_t feature = *code - kFirstSplit;
      if (feature >= columns) return corrupt_decision_tree("splits on a feature that isn't there");
      if (splits >= thresholds.size()) return corrupt_decision_tree("a threshold is missing");
      if (!std::isfinite(thresholds[splits])) return corrupt_decision_tree("a threshold is not finite");
      open.push_back(tree.add_split(feature, thresholds[splits++]));
      continue;
    }
    if (!tree.load_leaf(*code == kMixed, reader, class_weights)) {
      return corrupt_decision_tree("a leaf has an impossible class or count");
    }
    whole = open.empty();
    if (!whole) {
      tree.set_right(open.back(), static_cast<uint32_t>(tree.nodes_.size()));
      open.pop_back();
    }
  }
  if (!reader.at_end() || splits != thresholds.size())
    return corrupt_decision_tree("goes on after its last leaf");
  tree.shrink_to_fit();
  return tree;
}

}  // namespace sleeve
