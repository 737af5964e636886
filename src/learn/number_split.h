// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_NUMBER_SPLIT_H_
#define SLEEVE_LEARN_NUMBER_SPLIT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "learn/binning.h"
#include "learn/split_search.h"

// SplitSearch's counterpart for numbers: the best cut is the one that leaves the least squared error, which
// is where S²/n of the left side plus that of the right is largest, S being a side's sum of n draws.
namespace sleeve {

// A training row as a tree of numbers sees it: drawn `draws` times by the bootstrap.
struct NumberSample {
  uint32_t row;
  uint32_t draws;
  double value;
  [[nodiscard]] double sum() const { return draws * value; }
};

// What the rows of a node have to say.
struct NumberNode {
  double draws = 0.0;
  double sum = 0.0;
  bool pure = true;  // all numbers are the same

  static NumberNode of(std::span<const NumberSample> samples);
  [[nodiscard]] double score() const { return sum * sum / draws; }
};

// Scratch memory of one thread for one tree. Functions as SplitSearch's.
class NumberSplitSearch {
 public:
  // `x` must outlive the search.
  NumberSplitSearch(const BinnedMatrix& x, size_t min_leaf) : x_(x), min_leaf_(min_leaf) {}

  void start(std::span<const NumberSample> samples, const NumberNode& node);
  void prefetch(uint32_t feature) const;
  bool consider(uint32_t feature, Split& best);

 private:
  static constexpr size_t kSmall = 64;

  bool consider_few(uint32_t feature, Split& best);
  bool consider_many(uint32_t feature, Split& best);
  // Draws and sum to the left of every cut become its score.
  void score_cuts(size_t count);
  [[nodiscard]] bool enough_rows(size_t left) const {
    return left >= min_leaf_ && samples_.size() - left >= min_leaf_;
  }

  const BinnedMatrix& x_;
  size_t min_leaf_;
  std::span<const NumberSample> samples_;
  NumberNode node_;

  // For few rows, whose bins are sorted: keys are bin, then place in the node.
  std::array<const uint8_t*, kSmall> row_bins_{};
  std::array<int16_t, kSmall> keys_{};
  std::array<int16_t, kSmall> ranks_{};
  std::array<uint16_t, kSmall> order_{};

  // For many, whose bins are counted. All 0 between calls.
  struct Bin {
    double sum = 0.0;
    uint32_t draws = 0;
    uint32_t rows = 0;
  };
  std::array<Bin, kMaxBins> histogram_{};
  std::array<uint8_t, kMaxBins> touched_{};

  // Per cut.
  std::array<uint8_t, kMaxBins> occupied_{};
  std::array<size_t, kMaxBins> left_rows_{};
  std::array<double, kMaxBins> left_draws_{};
  std::array<double, kMaxBins> left_sums_{};
  std::array<double, kMaxBins> scores_{};
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_NUMBER_SPLIT_H_
