// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SPLIT_SEARCH_H_
#define SLEEVE_LEARN_SPLIT_SEARCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "learn/binning.h"
#include "learn/few_cuts.h"
#include "learn/packed_bins.h"
#include "learn/packed_score.h"
#include "learn/split_score.h"

// The inner loop of growing a tree: where is the best cut of one feature at one node?
namespace sleeve {

// A training row as a tree sees it: drawn `draws` times by the bootstrap.
struct Sample {
  uint32_t row;
  uint16_t label;
  uint16_t draws;
};

struct Split {
  static constexpr uint32_t kNone = 0xffffffffU;
  uint32_t feature = kNone;
  size_t lower_bin = 0;  // the two bins, both occupied at the node, between which the cut is
  size_t upper_bin = 0;
  double score = -std::numeric_limits<double>::infinity();
};

// Scratch memory of one thread for one tree.
class SplitSearch {
 public:
  // `min_leaf`: the fewest distinct rows on each side. Both references must outlive the search.
  SplitSearch(const BinnedMatrix& x, const ScoreSettings& settings, size_t min_leaf);

  // The node that consider() is about. `counts` has draws per class.
  void start(std::span<const Sample> node, std::span<const uint32_t> counts);
  // Says that consider() will be asked about this feature soon.
  void prefetch(uint32_t feature) const;
  // Replaces `best` if this feature has a better cut. False if all rows of the node are in one
  // bin: then the feature can't part them, here or further down.
  bool consider(uint32_t feature, Split& best);
  // No other cut can be better than this one.
  [[nodiscard]] bool perfect(const Split& best) const {
    return best.feature != Split::kNone && best.score >= score_.perfect();
  }
  // The node's own score, without a cut: a cut's less this is what it gains.
  [[nodiscard]] double score_uncut() const { return score_.uncut(); }

 private:
  // Up to this many rows a node's bins are sorted, beyond they are counted.
  static constexpr size_t kSmall = kFewRows;

  // The bins of the few rows of a node by rank, in sorted_bins_ and ranks_; false if there is only one.
  bool sort_few(uint32_t feature);
  bool consider_few(uint32_t feature, Split& best);
  void start_packed(uint32_t all_draws);
  void start_few_packed();
  bool consider_few_packed(uint32_t feature, Split& best);
  bool consider_many_packed(uint32_t feature, Split& best);
  bool consider_many_narrow(uint32_t feature, Split& best);
  void choose_few(uint32_t feature, Split& best) const;
  void choose_many(uint32_t feature, size_t bins, Split& best) const;
  bool consider_many(uint32_t feature, Split& best);
  void count_bins(const uint8_t* bins);
  size_t sum_bins();
  void count_packed(const uint8_t* bins);
  template <bool kTwoWords, bool kMark>
  void add_packed(const uint8_t* bins);
  size_t sum_packed(size_t all_bins);
  template <bool kTwoWords, bool kCountRows>
  size_t sum_packed_bins(size_t all_bins);
  [[nodiscard]] bool enough_rows(size_t left) const {
    return left >= min_leaf_ && node_.size() - left >= min_leaf_;
  }

  const BinnedMatrix& x_;
  size_t min_leaf_;
  size_t classes_;
  unsigned class_bits_;  // classes rounded up to a power of two
  NodeScore score_;
  std::span<const Sample> node_;
  bool few_ = false;

  // For few rows: their bins by row; keys are bin, then place in the node.
  std::array<const uint8_t*, kSmall> row_bins_{};
  std::array<int16_t, kSmall> keys_{};
  std::array<int16_t, kSmall> ranks_{};
  std::array<uint8_t, kSmall> sorted_bins_{};
  std::array<uint16_t, kSmall> sorted_labels_{};
  std::array<uint16_t, kSmall> sorted_draws_{};

  // For many. Per bin, all 0 between calls: draws per class, whether there is a row, how many there are.
  std::vector<uint32_t> histogram_;
  std::array<uint8_t, kMaxBins> touched_{};
  std::array<uint32_t, kMaxBins> rows_in_bin_{};
  // The occupied bins; draws per class in them and all before, [label * kMaxBins + i]; rows likewise.
  std::array<uint8_t, kOccupiedPlaces> occupied_{};
  std::vector<int32_t> left_;
  std::array<size_t, kMaxBins + 1> left_rows_{};
  std::vector<int32_t> running_;

  // For few rows of few classes.
  FewRows few_rows_;
  alignas(64) std::array<int16_t, kFewRows> few_bins_{};

  // With few classes all of a row's counts fit into one or two words (packed_score.h).
  bool packed_ = false;
  size_t words_ = 1;
  bool wide_ = false;  // bins are added up by sum_wide() or sum_narrow()
  PackedNode packed_node_;
  std::vector<uint64_t> sample_words_;      // of each row of the node: its draws
  std::vector<uint64_t> packed_histogram_;  // [word * kMaxBins + bin], all 0 between calls
  std::array<std::array<uint64_t, kLeftPlaces>, 2> packed_left_{};  // by word: of the cuts' left sides
  std::array<double, kMaxBins> scores_{};

  // With few draws, too, all of a row's counts fit into half a word.
  bool narrow_ = false;
  std::vector<uint32_t> sample_halves_;              // as sample_words_
  std::array<uint32_t, kMaxBins> half_histogram_{};  // as packed_histogram_
  std::array<uint32_t, kNarrowPlaces> half_left_{};  // as packed_left_
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SPLIT_SEARCH_H_
