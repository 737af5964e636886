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
      is_constant_(x.columns()) {}

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

// Constants of the nodes above stay constant here; those of other branches don't count.
void TreeBuilder::keep_constants(size_t count) {
  for (size_t i = count; i < constants_.size(); ++i) is_constant_[constants_[i]] = 0;
  constants_.resize(count);
}

Split TreeBuilder::find_split(Pending& node, Rng& rng) {
  search_.start(std::span(samples_).subspan(node.begin, node.end - node.begin), counts_);
  keep_constants(node.constants);
  const size_t features = features_.size();
  // The k-th draw moves a feature, whichever, to place k: a Fisher-Yates shuffle as far as it is needed.
  const auto draw = [&](size_t k) {
    std::swap(features_[k], features_[k + static_cast<size_t>(rng.below(features - k))]);
    if (is_constant_[features_[k]] == 0) search_.prefetch(features_[k]);
  };
  Split best;
  size_t varying = 0;  // features looked at that could part the rows, were there enough of them on each side
  draw(0);
  for (size_t visited = 0; varying + constants_.size() < features; ++visited) {
    if (visited >= settings_.features_per_node && varying > 0) break;
    if (visited + 1 < features) draw(visited + 1);  // one ahead, for memory to bring it in time
    const uint32_t feature = features_[visited];
    if (is_constant_[feature] != 0) continue;
    if (search_.consider(feature, best)) {
      ++varying;
      if (search_.perfect(best)) break;
    } else {
      is_constant_[feature] = 1;
      constants_.push_back(feature);
    }
  }
  node.constants = constants_.size();
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
  keep_constants(0);
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
