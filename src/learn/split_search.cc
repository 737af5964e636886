// SPDX-License-Identifier: Apache-2.0
#include "learn/split_search.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "learn/bin_order.h"

namespace sleeve {
namespace {

constexpr size_t kCacheLine = 64;

}  // namespace

SplitSearch::SplitSearch(const BinnedMatrix& x, const ScoreSettings& settings, size_t min_leaf)
    : x_(x),
      min_leaf_(min_leaf),
      classes_(settings.class_weights.size()),
      class_bits_(static_cast<unsigned>(std::bit_width(classes_ - 1))),
      score_(settings),
      histogram_(kMaxBins << class_bits_),
      left_(kMaxBins * classes_),
      running_(classes_),
      packed_(score_.gini() && classes_ <= kMaxPackedClasses && x.rows() <= kMaxPackedDraws),
      words_(classes_ <= kClassesPerWord ? 1 : 2) {
  if (packed_) packed_histogram_.resize(words_ * kMaxBins);
}

void SplitSearch::start(std::span<const Sample> node, std::span<const uint32_t> counts) {
  node_ = node;
  score_.start(counts);
  if (packed_) {
    packed_node_ = score_.packed();
    sample_words_.resize(node.size());
    for (size_t i = 0; i < node.size(); ++i) sample_words_[i] = packed_draws(node[i].label, node[i].draws);
  }
  if (node.size() > kSmall) return;
  for (size_t i = 0; i < node.size(); ++i) row_bins_[i] = x_.row(node[i].row);
}

bool SplitSearch::consider(uint32_t feature, Split& best) {
  if (node_.size() <= kSmall) {
    if (!sort_few(feature)) return false;
    packed_ ? consider_few_packed(feature, best) : consider_few(feature, best);
    return true;
  }
  return packed_ ? consider_many_packed(feature, best) : consider_many(feature, best);
}

// What consider() will read, all cache lines at once instead of one after the other as it asks.
void SplitSearch::prefetch(uint32_t feature) const {
  if (node_.size() <= kSmall) {
    for (size_t i = 0; i < node_.size(); ++i) __builtin_prefetch(row_bins_[i] + feature);
  } else if (node_.size() >= x_.rows() / kCacheLine) {
    const uint8_t* bins = x_.column(feature);
    for (size_t row = 0; row < x_.rows(); row += kCacheLine) __builtin_prefetch(bins + row);
  }
}

bool SplitSearch::sort_few(uint32_t feature) {
  static_assert(kSmall <= size_t{1} << kPlaceBits);
  const size_t count = node_.size();
  if (!rank_rows(row_bins_.data(), count, feature, keys_.data(), ranks_.data())) return false;
  for (size_t i = 0; i < count; ++i) {
    sorted_bins_[static_cast<size_t>(ranks_[i])] = bin_of_key(keys_[i]);
  }
  return true;
}

void SplitSearch::consider_few(uint32_t feature, Split& best) {
  const size_t count = node_.size();
  for (size_t i = 0; i < count; ++i) {
    const auto rank = static_cast<size_t>(ranks_[i]);
    sorted_labels_[rank] = node_[i].label;
    sorted_draws_[rank] = node_[i].draws;
  }
  score_.score_rows(sorted_labels_.data(), sorted_draws_.data(), count - 1, scores_.data());
  choose_few(feature, best);
}

void SplitSearch::consider_few_packed(uint32_t feature, Split& best) {
  const size_t count = node_.size();
  uint64_t* const low = packed_left_[0].data();
  uint64_t* const high = packed_left_[1].data();
  if (words_ == 1) {
    for (size_t i = 0; i < count; ++i) low[static_cast<size_t>(ranks_[i])] = sample_words_[i];
    for (size_t i = 1; i < count; ++i) low[i] += low[i - 1];
  } else {
    for (size_t i = 0; i < count; ++i) {
      const auto rank = static_cast<size_t>(ranks_[i]);
      const bool in_low = node_[i].label < kClassesPerWord;
      low[rank] = in_low ? sample_words_[i] : 0;
      high[rank] = in_low ? 0 : sample_words_[i];
    }
    for (size_t i = 1; i < count; ++i) {
      low[i] += low[i - 1];
      high[i] += high[i - 1];
    }
  }
  score_packed(low, high, classes_, count - 1, packed_node_, scores_.data());
  choose_few(feature, best);
}

// The best of the cuts behind the sorted rows, none of them between rows of one bin.
void SplitSearch::choose_few(uint32_t feature, Split& best) const {
  for (size_t i = 0; i + 1 < node_.size(); ++i) {
    if (scores_[i] > best.score && sorted_bins_[i] != sorted_bins_[i + 1] && enough_rows(i + 1)) {
      best = {feature, sorted_bins_[i], sorted_bins_[i + 1], scores_[i]};
    }
  }
}

void SplitSearch::count_bins(const uint8_t* bins) {
  uint32_t* const histogram = histogram_.data();
  uint8_t* const touched = touched_.data();
  const unsigned shift = class_bits_;
  // A plain store marks a bin as occupied: neighbours in the loop don't wait for each other.
  for (const Sample& sample : node_) {
    const size_t bin = bins[sample.row];
    histogram[bin << shift | sample.label] += sample.draws;
    touched[bin] = 1;
  }
  if (min_leaf_ == 1) return;
  for (const Sample& sample : node_) ++rows_in_bin_[bins[sample.row]];
}

// Fills occupied_, left_ and left_rows_, clears what was counted. Returns the number of bins.
size_t SplitSearch::sum_bins() {
  size_t bins = 0;
  size_t rows = 0;
  std::ranges::fill(running_, 0);
  int32_t* const running = running_.data();
  for (size_t first = 0; first < kMaxBins; first += 64) {
    for (uint64_t bits = take_flags(touched_.data() + first); bits != 0; bits &= bits - 1) {
      const size_t bin = first + static_cast<size_t>(std::countr_zero(bits));
      uint32_t* const counts = histogram_.data() + (bin << class_bits_);
      int32_t* const left = left_.data() + bins;
      for (size_t label = 0; label < classes_; ++label) {
        running[label] += static_cast<int32_t>(counts[label]);
        left[label * kMaxBins] = running[label];
        counts[label] = 0;
      }
      if (min_leaf_ > 1) left_rows_[bins] = rows += std::exchange(rows_in_bin_[bin], 0U);
      occupied_[bins++] = static_cast<uint8_t>(bin);
    }
  }
  return bins;
}

bool SplitSearch::consider_many(uint32_t feature, Split& best) {
  count_bins(x_.column(feature));
  const size_t bins = sum_bins();
  if (bins < 2) return false;
  score_.score_cuts(left_.data(), kMaxBins, bins - 1, scores_.data());
  choose_many(feature, bins, best);
  return true;
}

void SplitSearch::count_packed(const uint8_t* bins) {
  uint64_t* const histogram = packed_histogram_.data();
  uint8_t* const touched = touched_.data();
  const uint64_t* const words = sample_words_.data();
  const Sample* const samples = node_.data();
  const size_t count = node_.size();
  if (words_ == 1) {
    for (size_t i = 0; i < count; ++i) {
      const size_t bin = bins[samples[i].row];
      histogram[bin] += words[i];
      touched[bin] = 1;
    }
  } else {
    for (size_t i = 0; i < count; ++i) {
      const size_t bin = bins[samples[i].row];
      histogram[samples[i].label / kClassesPerWord * kMaxBins + bin] += words[i];
      touched[bin] = 1;
    }
  }
  if (min_leaf_ == 1) return;
  for (const Sample& sample : node_) ++rows_in_bin_[bins[sample.row]];
}

size_t SplitSearch::sum_packed() {
  size_t bins = 0;
  size_t rows = 0;
  uint64_t low = 0;
  uint64_t high = 0;
  for (size_t first = 0; first < kMaxBins; first += 64) {
    for (uint64_t bits = take_flags(touched_.data() + first); bits != 0; bits &= bits - 1) {
      const size_t bin = first + static_cast<size_t>(std::countr_zero(bits));
      low += std::exchange(packed_histogram_[bin], 0U);
      packed_left_[0][bins] = low;
      if (words_ == 2) {
        high += std::exchange(packed_histogram_[kMaxBins + bin], 0U);
        packed_left_[1][bins] = high;
      }
      if (min_leaf_ > 1) left_rows_[bins] = rows += std::exchange(rows_in_bin_[bin], 0U);
      occupied_[bins++] = static_cast<uint8_t>(bin);
    }
  }
  return bins;
}

bool SplitSearch::consider_many_packed(uint32_t feature, Split& best) {
  count_packed(x_.column(feature));
  const size_t bins = sum_packed();
  if (bins < 2) return false;
  score_packed(packed_left_[0].data(), packed_left_[1].data(), classes_, bins - 1, packed_node_,
               scores_.data());
  choose_many(feature, bins, best);
  return true;
}

// The best of the cuts behind the occupied bins.
void SplitSearch::choose_many(uint32_t feature, size_t bins, Split& best) const {
  double best_score = best.score;
  size_t best_cut = bins;
  for (size_t i = 0; i + 1 < bins; ++i) {
    if (scores_[i] > best_score && (min_leaf_ == 1 || enough_rows(left_rows_[i]))) {
      best_score = scores_[i];
      best_cut = i;
    }
  }
  if (best_cut < bins) best = {feature, occupied_[best_cut], occupied_[best_cut + 1], best_score};
}

}  // namespace sleeve
