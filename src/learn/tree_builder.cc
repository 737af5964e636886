// SPDX-License-Identifier: Apache-2.0
#include "learn/tree_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sleeve {

TreeBuilder::TreeBuilder(const BinnedMatrix& x, std::span<const int> labels, const TreeSettings& settings)
    : x_(x),
      labels_(labels),
      settings_(settings),
      search_(x, settings.score, settings.min_leaf),
      counts_(settings.score.class_weights.size()),
      features_(x.columns()),
      remembered_(x.columns()) {}

void TreeBuilder::draw_samples(Rng& rng) {
  const size_t rows = x_.rows();
  draws_.assign(rows, settings_.bootstrap ? 0 : 1);
  if (settings_.bootstrap) {
    for (size_t i = 0; i < rows; ++i) ++draws_[static_cast<size_t>(rng.below(rows))];
  }
  samples_.clear();
  for (size_t row = 0; row < rows; ++row) {
    if (draws_[row] == 0) continue;
    samples_.push_back({static_cast<uint32_t>(row), static_cast<uint16_t>(labels_[row]),
                        static_cast<uint16_t>(std::min<uint32_t>(draws_[row], 0xffff))});
  }
}

void TreeBuilder::count_classes(const Pending& node) {
  std::ranges::fill(counts_, 0U);
  for (size_t i = node.begin; i < node.end; ++i) counts_[samples_[i].label] += samples_[i].draws;
}

bool TreeBuilder::must_be_leaf(const Pending& node) const {
  const size_t rows = node.end - node.begin;
  if (settings_.max_depth != 0 && node.depth >= settings_.max_depth) return true;
  if (rows < 2 * settings_.min_leaf) return true;
  return std::ranges::count_if(counts_, [](uint32_t count) { return count > 0; }) < 2;
}

// The features fall into ranges that only move inwards while this node draws:
// [0, drawn) known constants drawn here, [drawn, known) known ones not drawn, [known, known + found)
// found constant here, then those yet to draw, and from `end` those looked at.
Split TreeBuilder::find_split(Pending& node, Rng& rng) {
  search_.start(std::span(samples_).subspan(node.begin, node.end - node.begin), counts_);
  Split best;
  const size_t known = node.constants;
  size_t drawn = 0;
  size_t found = 0;
  size_t end = features_.size();
  for (size_t visited = 0; end > known + found; ++visited) {
    const bool only_constants = visited <= found + drawn;
    if (visited >= settings_.features_per_node && !only_constants) break;
    size_t at = drawn + static_cast<size_t>(rng.below(end - found - drawn));
    if (at < known) {
      std::swap(features_[drawn++], features_[at]);
      continue;
    }
    at += found;
    if (!search_.consider(features_[at], best)) {
      std::swap(features_[at], features_[known + found++]);
      continue;
    }
    std::swap(features_[--end], features_[at]);
    if (search_.perfect(best)) break;
  }
  std::copy_n(remembered_.begin(), known, features_.begin());
  std::copy_n(features_.begin() + static_cast<std::ptrdiff_t>(known), found,
              remembered_.begin() + static_cast<std::ptrdiff_t>(known));
  node.constants = known + found;
  return best;
}

// Keeps the order of the rows on both sides: the next look at a column then walks through memory.
size_t TreeBuilder::part(const Pending& node, const Split& split) {
  const uint8_t* bins = x_.column(split.feature);
  size_t left = node.begin;
  size_t right = 0;
  right_.resize(node.end - node.begin);
  for (size_t i = node.begin; i < node.end; ++i) {
    const Sample sample = samples_[i];
    const bool goes_left = bins[sample.row] <= split.lower_bin;
    samples_[left] = sample;
    right_[right] = sample;
    left += goes_left ? 1 : 0;
    right += goes_left ? 0 : 1;
  }
  std::copy_n(right_.begin(), right, samples_.begin() + static_cast<std::ptrdiff_t>(left));
  return left;
}

DecisionTree TreeBuilder::grow(Rng rng) {
  draw_samples(rng);
  std::iota(features_.begin(), features_.end(), 0U);
  DecisionTree tree;
  std::vector<Pending> pending{{0, samples_.size(), 0, 0, 0, false}};
  while (!pending.empty()) {
    Pending node = pending.back();
    pending.pop_back();
    if (node.is_right) tree.set_right(node.parent, static_cast<uint32_t>(tree.nodes()));
    count_classes(node);
    const Split split = must_be_leaf(node) ? Split{} : find_split(node, rng);
    if (split.feature == Split::kNone) {
      tree.add_leaf(counts_);
      continue;
    }
    const size_t middle = part(node, split);
    const uint32_t made =
        tree.add_split(split.feature, x_.threshold(split.feature, split.lower_bin, split.upper_bin));
    pending.push_back({middle, node.end, node.depth + 1, node.constants, made, true});
    pending.push_back({node.begin, middle, node.depth + 1, node.constants, made, false});
  }
  tree.shrink_to_fit();
  return tree;
}

}  // namespace sleeve
