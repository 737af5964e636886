// SPDX-License-Identifier: Apache-2.0
#include "learn/value_tree.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/try.h"
#include "learn/varint.h"

namespace sleeve {
namespace {

Error corrupt_tree(std::string_view what) {
  return make_error(ErrorCode::kCorrupt, "tree of numbers: {}", what);
}

}  // namespace

uint32_t ValueTree::add_split(uint32_t feature, float threshold) {
  nodes_.push_back({feature, threshold, 0});
  return static_cast<uint32_t>(nodes_.size() - 1);
}

uint32_t ValueTree::add_leaf(float value) {
  nodes_.push_back({kLeaf, value, 0});
  return static_cast<uint32_t>(nodes_.size() - 1);
}

size_t ValueTree::depth() const {
  std::vector<size_t> depths(nodes_.size(), 0);
  size_t deepest = 0;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    deepest = std::max(deepest, depths[i]);
    if (nodes_[i].feature == kLeaf) continue;
    depths[i + 1] = depths[i] + 1;
    depths[nodes_[i].right] = depths[i] + 1;
  }
  return deepest;
}

float ValueTree::value_at(const float* row) const {
  size_t at = 0;
  while (nodes_[at].feature != kLeaf) {
    const Node& node = nodes_[at];
    at = row[node.feature] <= node.value ? at + 1 : node.right;
  }
  return nodes_[at].value;
}

void ValueTree::save(ByteWriter& out) const {
  std::vector<uint8_t> shape;
  std::vector<float> values;
  for (const Node& node : nodes_) {
    put_varint(shape, node.feature == kLeaf ? 0 : node.feature + 1);
    values.push_back(node.value);
  }
  out.put_array(shape);
  out.put_array(values);
}

Result<ValueTree> ValueTree::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(const std::vector<uint8_t> shape, in.get_array<uint8_t>());
  SLEEVE_TRY(const std::vector<float> values, in.get_array<float>());
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    return corrupt_tree("a number is not finite");
  }
  ValueTree tree;
  VarintReader reader(shape);
  std::vector<uint32_t> open;  // splits whose right child is still to come
  for (bool whole = false; !whole;) {
    const auto code = reader.next();
    if (!code || tree.nodes() == values.size()) return corrupt_tree("ends too early");
    const float value = values[tree.nodes()];
    if (*code > 0) {
      if (*code - 1 >= columns) return corrupt_tree("splits on a feature that isn't there");
      open.push_back(tree.add_split(*code - 1, value));
      continue;
    }
    tree.add_leaf(value);
    whole = open.empty();
    if (whole) break;
    tree.set_right(open.back(), static_cast<uint32_t>(tree.nodes()));
    open.pop_back();
  }
  if (!reader.at_end() || tree.nodes() != values.size()) return corrupt_tree("goes on after its last leaf");
  tree.shrink_to_fit();
  return tree;
}

void save_trees(const std::vector<ValueTree>& trees, ByteWriter& out) {
  out.put<uint64_t>(trees.size());
  for (const ValueTree& tree : trees) tree.save(out);
}

Result<std::vector<ValueTree>> load_trees(ByteReader& in, size_t columns, std::string_view owner) {
  SLEEVE_TRY(const uint64_t count, in.get<uint64_t>());
  // A tree has at least two array counts and one leaf.
  if (count == 0 || count > in.remaining() / (2 * sizeof(uint64_t) + 1 + sizeof(float))) {
    return make_error(ErrorCode::kCorrupt, "{}: {} trees can't be", owner, count);
  }
  std::vector<ValueTree> trees;
  for (uint64_t i = 0; i < count; ++i) {
    SLEEVE_TRY(ValueTree tree, ValueTree::load(in, columns));
    trees.push_back(std::move(tree));
  }
  return trees;
}

}  // namespace sleeve
