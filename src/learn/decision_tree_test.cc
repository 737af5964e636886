// SPDX-License-Identifier: Apache-2.0
#include "learn/decision_tree.h"

#include <array>
#include <limits>

#include <gtest/gtest.h>

namespace sleeve {
namespace {

const std::vector<double> kWeights{1.0, 1.0, 2.0};

// x0 <= 0.5 ? class 1 : (x1 <= -2 ? {3 of class 0, 1 of class 2} : class 2)
DecisionTree small_tree() {
  DecisionTree tree;
  const uint32_t root = tree.add_split(0, 0.5F);
  tree.add_leaf(std::array<uint32_t, 3>{0, 5, 0});
  const uint32_t second = tree.add_split(1, -2.0F);
  tree.set_right(root, second);
  tree.add_leaf(std::array<uint32_t, 3>{3, 0, 1});
  tree.set_right(second, tree.add_leaf(std::array<uint32_t, 3>{0, 0, 7}));
  return tree;
}

std::vector<double> distribution(const DecisionTree& tree, float a, float b) {
  const std::array<float, 2> row{a, b};
  std::vector<double> sum(3);
  tree.add_distribution(row.data(), kWeights, sum);
  return sum;
}

Bytes bytes_of(const std::vector<uint8_t>& shape, const std::vector<float>& thresholds) {
  ByteWriter out;
  out.put_array(shape);
  out.put_array(thresholds);
  return out.take();
}

bool loads(const std::vector<uint8_t>& shape, const std::vector<float>& thresholds) {
  const Bytes bytes = bytes_of(shape, thresholds);
  ByteReader in(bytes);
  const auto tree = DecisionTree::load(in, 2, kWeights);
  EXPECT_TRUE(tree.ok() || tree.error().code == ErrorCode::kCorrupt);
  return tree.ok();
}

TEST(DecisionTree, RowsReachTheLeafOfTheirValues) {
  const DecisionTree tree = small_tree();
  EXPECT_EQ(tree.nodes(), 5U);
  EXPECT_EQ(tree.leaves(), 3U);
  EXPECT_EQ(tree.depth(), 2U);
  EXPECT_EQ(distribution(tree, 0.5F, 9.0F), (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(distribution(tree, 0.6F, 9.0F), (std::vector<double>{0, 0, 1}));
  // Class 2 counts double: 3 against 1 · 2.
  EXPECT_EQ(distribution(tree, 0.6F, -2.0F), (std::vector<double>{0.6, 0, 0.4}));
}

TEST(DecisionTree, SavedAndLoadedIsTheSameTree) {
  ByteWriter out;
  small_tree().save(out);
  ByteReader in(out.bytes());
  EXPECT_EQ(DecisionTree::load(in, 2, kWeights).value(), small_tree());
  EXPECT_EQ(in.remaining(), 0U);
}

// The codes of a file: 0 mixed leaf, 1 pure leaf, f + 2 split on f.
TEST(DecisionTree, AHostileFileIsCorruptNotATree) {
  EXPECT_TRUE(loads({1, 2}, {}));
  EXPECT_TRUE(loads({2, 1, 0, 1, 1}, {0.5F}));
  EXPECT_TRUE(loads({0, 2, 0, 3, 2, 1}, {}));
  EXPECT_FALSE(loads({}, {})) << "no node";
  EXPECT_FALSE(loads({1, 3}, {})) << "class that isn't there";
  EXPECT_FALSE(loads({2, 1, 0}, {0.5F})) << "no right child";
  EXPECT_FALSE(loads({4, 1, 0, 1, 1}, {0.5F})) << "feature that isn't there";
  EXPECT_FALSE(loads({2, 1, 0, 1, 1}, {})) << "no threshold";
  EXPECT_FALSE(loads({2, 1, 0, 1, 1}, {0.5F, 0.5F})) << "a threshold too many";
  EXPECT_FALSE(loads({2, 1, 0, 1, 1}, {std::numeric_limits<float>::quiet_NaN()}));
  EXPECT_FALSE(loads({1, 0, 1, 0}, {})) << "two roots";
  EXPECT_FALSE(loads({0, 1, 0, 3}, {})) << "a mixed leaf of one class";
  EXPECT_FALSE(loads({0, 2, 2, 1, 0, 3}, {})) << "classes not rising";
  EXPECT_FALSE(loads({0, 2, 0, 0, 2, 1}, {})) << "a count of 0";
  EXPECT_FALSE(loads({0x80, 0x80, 0x80, 0x80, 0x80, 0x80}, {})) << "a number without end";
  EXPECT_FALSE(loads({0xff, 0xff, 0xff, 0xff, 0x0f, 1, 0, 1, 0}, {0.5F})) << "the largest feature";
}

}  // namespace
}  // namespace sleeve
