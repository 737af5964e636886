// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_FOREST_PARTS_H_
#define SLEEVE_LEARN_FOREST_PARTS_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/parallel.h"
#include "learn/learner.h"
#include "learn/tree_builder.h"

// What forests of classes and of numbers share. For this room's .cc files only.
namespace sleeve {

// The number of features that max_features stands for, or nothing if it isn't understood. A number above
// `columns` is returned as it is.
std::optional<size_t> features_per_node(const std::string& text, size_t columns);
// kUsage where features_per_node() doesn't understand, or out-of-bag scores are asked for without bags.
Status check_forest(const std::string& max_features, bool bootstrap, bool oob);
// The same with the number of columns known: kUsage if there are fewer.
Result<size_t> checked_features(const std::string& max_features, size_t columns);

template <class Growth>
struct GrownTrees {
  std::vector<typename Growth::Tree> trees;
  // One a column: the mean over the trees of the share that the column's splits have in all that the tree's
  // splits gained; sums to 1, unless no tree has a split. (Breiman's mean decrease in impurity.)
  std::vector<double> importance;
};

// Adds one tree's gains as shares of their sum.
void add_gain_shares(std::span<const SplitGain> gains, std::vector<double>& importance);
void normalise_importance(std::vector<double>& importance);

// Tree number k depends on the seed, k and the data only. kCancelled.
template <class Growth>
Result<GrownTrees<Growth>> grow_trees(const BinnedMatrix& x, std::span<const typename Growth::Answer> answers,
                                      const TreeSettings& settings, size_t count, uint64_t seed,
                                      const WorkContext& context) {
  GrownTrees<Growth> grown;
  grown.trees.resize(count);
  std::vector<std::vector<SplitGain>> gains(count);
  parallel_for(count, [&](size_t tree) {
    if (context.stopping()) return;
    BasicTreeBuilder<Growth> builder(x, answers, settings);
    grown.trees[tree] = builder.grow(Rng(seed, tree));
    gains[tree] = builder.gains();
  });
  if (context.stopping()) {
    return make_error(ErrorCode::kCancelled, "forest: stopped before all trees were grown");
  }
  grown.importance.assign(x.columns(), 0.0);
  for (const auto& own : gains) add_gain_shares(own, grown.importance);
  normalise_importance(grown.importance);
  return grown;
}

// Calls body(row, trees that did not draw the row, rising) for every row, in parallel.
void for_each_out_of_bag(size_t rows, size_t trees, uint64_t seed,
                         const std::function<void(size_t, std::span<const size_t>)>& body);

// {"importance": {block: share}} where the columns' blocks are known, otherwise nothing.
Json importance_facts(std::span<const double> importance, std::span<const ColumnBlock> blocks);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_FOREST_PARTS_H_
