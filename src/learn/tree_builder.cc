// SPDX-License-Identifier: Apache-2.0
#include "learn/tree_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "learn/finite_float.h"

namespace sleeve {

void ClassGrowth::look_at(std::span<const Sample> node) {
  std::ranges::fill(counts_, 0U);
  for (const Sample& sample : node) counts_[sample.label] += sample.draws;
}

bool ClassGrowth::pure() const {
  return std::ranges::count_if(counts_, [](uint32_t count) { return count > 0; }) < 2;
}

void NumberGrowth::add_leaf(Tree& tree) const {
  tree.add_leaf(finite_float(centre_ + node_.sum / node_.draws));
}

std::vector<uint32_t> bootstrap_draws(Rng& rng, size_t rows) {
  std::vector<uint32_t> draws(rows);
  for (size_t i = 0; i < rows; ++i) ++draws[static_cast<size_t>(rng.below(rows))];
  return draws;
}

template <class Growth>
BasicTreeBuilder<Growth>::BasicTreeBuilder(const BinnedMatrix& x, std::span<const Answer> answers,
                                           const TreeSettings& settings)
    : x_(x),
      answers_(answers),
      settings_(settings),
      growth_(x, settings),
      features_(x.columns()),
      is_constant_(x.columns()) {}

template <class Growth>
void BasicTreeBuilder<Growth>::draw_samples(Rng& rng) {
  const size_t rows = x_.rows();
  const std::vector<uint32_t> draws =
      settings_.bootstrap ? bootstrap_draws(rng, rows) : std::vector<uint32_t>(rows, 1);
  samples_.clear();
  for (size_t row = 0; row < rows; ++row) {
    if (draws[row] == 0) continue;
    samples_.push_back(Growth::sample(static_cast<uint32_t>(row), answers_[row], draws[row]));
  }
}

template <class Growth>
bool BasicTreeBuilder<Growth>::must_be_leaf(const Pending& node) const {
  const size_t rows = node.end - node.begin;
  if (settings_.max_depth != 0 && node.depth >= settings_.max_depth) return true;
  return rows < 2 * settings_.min_leaf || growth_.pure();
}

// Constants of the nodes above stay constant here; those of other branches don't count.
template <class Growth>
void BasicTreeBuilder<Growth>::keep_constants(size_t count) {
  for (size_t i = count; i < constants_.size(); ++i) is_constant_[constants_[i]] = 0;
  constants_.resize(count);
}

template <class Growth>
Split BasicTreeBuilder<Growth>::find_split(Pending& node, Rng& rng) {
  growth_.start(samples_of(node));
  keep_constants(node.constants);
  const size_t features = features_.size();
  // The k-th draw moves a feature, whichever, to place k: a Fisher-Yates shuffle as far as it is needed.
  const auto draw = [&](size_t k) {
    std::swap(features_[k], features_[k + static_cast<size_t>(rng.below(features - k))]);
    if (is_constant_[features_[k]] == 0) growth_.prefetch(features_[k]);
  };
  Split best;
  size_t varying = 0;  // features looked at that could part the rows, were there enough of them on each side
  draw(0);
  for (size_t visited = 0; varying + constants_.size() < features; ++visited) {
    if (visited >= settings_.features_per_node && varying > 0) break;
    if (visited + 1 < features) draw(visited + 1);  // one ahead, for memory to bring it in time
    const uint32_t feature = features_[visited];
    if (is_constant_[feature] != 0) continue;
    if (growth_.consider(feature, best)) {
      ++varying;
      if (growth_.perfect(best)) break;
    } else {
      is_constant_[feature] = 1;
      constants_.push_back(feature);
    }
  }
  node.constants = constants_.size();
  return best;
}

// Keeps the order of the rows on both sides: the next look at a column then walks through memory.
template <class Growth>
size_t BasicTreeBuilder<Growth>::part(const Pending& node, const Split& split) {
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

// All at the end: the bins' values lie far apart in memory, and here none has to be waited for.
template <class Growth>
void BasicTreeBuilder<Growth>::set_thresholds(Tree& tree) const {
  for (const auto& [node, split] : cuts_) {
    tree.set_threshold(node, x_.threshold(split.feature, split.lower_bin, split.upper_bin));
  }
}

template <class Growth>
typename Growth::Tree BasicTreeBuilder<Growth>::grow(Rng rng) {
  draw_samples(rng);
  std::iota(features_.begin(), features_.end(), 0U);
  keep_constants(0);
  gains_.clear();
  cuts_.clear();
  Tree tree;
  std::vector<Pending> pending{{0, samples_.size(), 0, 0, 0, false}};
  while (!pending.empty()) {
    Pending node = pending.back();
    pending.pop_back();
    if (node.is_right) tree.set_right(node.parent, static_cast<uint32_t>(tree.nodes()));
    growth_.look_at(samples_of(node));
    const Split split = must_be_leaf(node) ? Split{} : find_split(node, rng);
    if (split.feature == Split::kNone) {
      growth_.add_leaf(tree);
      continue;
    }
    gains_.push_back({split.feature, split.score - growth_.score_uncut()});
    const size_t middle = part(node, split);
    const uint32_t made = tree.add_split(split.feature, 0.0F);
    cuts_.push_back({made, split});
    pending.push_back({middle, node.end, node.depth + 1, node.constants, made, true});
    pending.push_back({node.begin, middle, node.depth + 1, node.constants, made, false});
  }
  set_thresholds(tree);
  tree.shrink_to_fit();
  return tree;
}

template class BasicTreeBuilder<ClassGrowth>;
template class BasicTreeBuilder<NumberGrowth>;

}  // namespace sleeve
