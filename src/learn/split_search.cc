// SPDX-License-Identifier: Apache-2.0
#include "learn/split_search.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <utility>

#include "learn/bin_order.h"

namespace sleeve {

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
      words_(classes_ <= kClassesPerWord ? 1 : 2),
      wide_(sums_wide() && min_leaf == 1) {
  if (packed_) packed_histogram_.resize(words_ * kMaxBins);
}

void SplitSearch::start(std::span<const Sample> node, std::span<const uint32_t> counts) {
  node_ = node;
  score_.start(counts);
  const uint32_t all_draws = std::accumulate(counts.begin(), counts.end(), 0U);
  few_ = node.size() <= kSmall && all_draws <= kMaxFewDraws;
  if (packed_) start_packed(all_draws);
  if (!few_) return;
  if (packed_) return start_few_packed();
  for (size_t i = 0; i < node.size(); ++i) row_bins_[i] = x_.row(node[i].row);
}

void SplitSearch::start_packed(uint32_t all_draws) {
  packed_node_ = score_.packed();
  narrow_ = wide_ && fits_narrow(classes_, all_draws);
  sample_halves_.resize(narrow_ ? node_.size() : 0);
  sample_words_.resize(narrow_ ? 0 : node_.size());
  for (size_t i = 0; i < sample_halves_.size(); ++i) {
    sample_halves_[i] = narrow_draws(classes_, node_[i].label, node_[i].draws);
  }
  for (size_t i = 0; i < sample_words_.size(); ++i) {
    sample_words_[i] = packed_draws(node_[i].label, node_[i].draws);
  }
}

// Puts the rows of a class side by side.
void SplitSearch::start_few_packed() {
  few_rows_.count = node_.size();
  few_rows_.classes = classes_;
  few_rows_.begins.fill(0);
  for (const Sample& sample : node_) ++few_rows_.begins[sample.label + 1U];
  for (size_t label = 0; label < classes_; ++label) few_rows_.begins[label + 1] += few_rows_.begins[label];
  auto places = few_rows_.begins;
  for (const Sample& sample : node_) {
    const size_t place = places[sample.label]++;
    row_bins_[place] = x_.row(sample.row);
    few_rows_.draws[place] = static_cast<int16_t>(sample.draws);
  }
  std::fill(few_bins_.begin() + static_cast<std::ptrdiff_t>(node_.size()), few_bins_.end(), kNoBin);
}

bool SplitSearch::consider(uint32_t feature, Split& best) {
  if (packed_) return few_ ? consider_few_packed(feature, best) : consider_many_packed(feature, best);
  return few_ ? consider_few(feature, best) : consider_many(feature, best);
}

// What consider() will read, all cache lines at once instead of one after the other as it asks.
void SplitSearch::prefetch(uint32_t feature) const {
  if (few_) {
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

bool SplitSearch::consider_few(uint32_t feature, Split& best) {
  if (!sort_few(feature)) return false;
  const size_t count = node_.size();
  for (size_t i = 0; i < count; ++i) {
    const auto rank = static_cast<size_t>(ranks_[i]);
    sorted_labels_[rank] = node_[i].label;
    sorted_draws_[rank] = node_[i].draws;
  }
  score_.score_rows(sorted_labels_.data(), sorted_draws_.data(), count - 1, scores_.data());
  choose_few(feature, best);
  return true;
}

bool SplitSearch::consider_few_packed(uint32_t feature, Split& best) {
  const size_t count = few_rows_.count;
  int16_t first = kNoBin;
  int16_t last = 0;
  for (size_t i = 0; i < count; ++i) {
    const int16_t bin = row_bins_[i][feature];
    few_bins_[i] = bin;
    first = std::min(first, bin);
    last = std::max(last, bin);
  }
  if (first == last) return false;
  const FewCut cut = best_few_cut(few_bins_.data(), last, few_rows_, packed_node_, min_leaf_, best.score);
  if (cut.row == FewCut::kNone) return true;
  const int16_t lower = few_bins_[cut.row];
  int16_t upper = last;
  for (size_t i = 0; i < count; ++i) {
    if (few_bins_[i] > lower) upper = std::min(upper, few_bins_[i]);
  }
  best = {feature, static_cast<size_t>(lower), static_cast<size_t>(upper), cut.score};
  return true;
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

// `kMark`: marks the bins that have rows.
template <bool kTwoWords, bool kMark>
void SplitSearch::add_packed(const uint8_t* bins) {
  uint64_t* const histogram = packed_histogram_.data();
  uint8_t* const touched = touched_.data();
  const uint64_t* const words = sample_words_.data();
  const Sample* const samples = node_.data();
  const size_t count = node_.size();
  for (size_t i = 0; i < count; ++i) {
    const size_t bin = bins[samples[i].row];
    const size_t word = kTwoWords ? samples[i].label / kClassesPerWord : 0;
    histogram[word * kMaxBins + bin] += words[i];
    if constexpr (kMark) touched[bin] = 1;
  }
}

void SplitSearch::count_packed(const uint8_t* bins) {
  if (wide_) return words_ == 1 ? add_packed<false, false>(bins) : add_packed<true, false>(bins);
  words_ == 1 ? add_packed<false, true>(bins) : add_packed<true, true>(bins);
  if (min_leaf_ == 1) return;
  for (const Sample& sample : node_) ++rows_in_bin_[bins[sample.row]];
}

// Everything that the loops need by value: they store bytes, after which nothing that is read through a
// pointer could be taken for unchanged.
template <bool kTwoWords, bool kCountRows>
size_t SplitSearch::sum_packed_bins(size_t all_bins) {
  uint8_t* const touched = touched_.data();
  uint64_t* const low_histogram = packed_histogram_.data();
  uint64_t* const high_histogram = low_histogram + kMaxBins;
  uint64_t* const low_left = packed_left_[0].data();
  uint64_t* const high_left = packed_left_[1].data();
  uint8_t* const occupied = occupied_.data();
  size_t bins = 0;
  size_t rows = 0;
  uint64_t low = 0;
  uint64_t high = 0;
  const auto add = [&](size_t bin, size_t step) {
    low += low_histogram[bin];
    low_left[bins] = low;
    if constexpr (kTwoWords) {
      high += high_histogram[bin];
      high_left[bins] = high;
    }
    if constexpr (kCountRows) left_rows_[bins] = rows += std::exchange(rows_in_bin_[bin], 0U);
    occupied[bins] = static_cast<uint8_t>(bin);
    bins += step;
  };
  if (2 * node_.size() > all_bins) {
    // Most bins have rows: an empty one is written, too, and then written over, which no branch can
    // mispredict.
    for (size_t bin = 0; bin < all_bins; ++bin) add(bin, touched[bin]);
    std::memset(touched, 0, kMaxBins);
    std::memset(low_histogram, 0, all_bins * sizeof(uint64_t));
    if constexpr (kTwoWords) std::memset(high_histogram, 0, all_bins * sizeof(uint64_t));
  } else {
    for (size_t first = 0; first < kMaxBins; first += 64) {
      for (uint64_t bits = take_flags(touched + first); bits != 0; bits &= bits - 1) {
        const size_t bin = first + static_cast<size_t>(std::countr_zero(bits));
        add(bin, 1);
        low_histogram[bin] = 0;
        if constexpr (kTwoWords) high_histogram[bin] = 0;
      }
    }
  }
  // Behind the last bin all is on the left, and so it is in the places that are scored along with it.
  for (size_t i = bins; i % kCutsAtOnce != 0; ++i) {
    low_left[i] = low;
    high_left[i] = high;
  }
  return bins;
}

size_t SplitSearch::sum_packed(size_t all_bins) {
  if (wide_) {
    const auto words = [&](uint64_t* low, uint64_t* high) {
      return PackedWords{low, words_ == 2 ? high : nullptr};
    };
    return sum_wide(words(packed_histogram_.data(), packed_histogram_.data() + kMaxBins), all_bins,
                    words(packed_left_[0].data(), packed_left_[1].data()), occupied_.data());
  }
  if (min_leaf_ > 1) {
    return words_ == 2 ? sum_packed_bins<true, true>(all_bins) : sum_packed_bins<false, true>(all_bins);
  }
  return words_ == 2 ? sum_packed_bins<true, false>(all_bins) : sum_packed_bins<false, false>(all_bins);
}

bool SplitSearch::consider_many_packed(uint32_t feature, Split& best) {
  if (narrow_) return consider_many_narrow(feature, best);
  count_packed(x_.column(feature));
  const size_t bins = sum_packed(x_.bins(feature));
  if (bins < 2) return false;
  const double largest = score_packed(packed_left_[0].data(), packed_left_[1].data(), classes_, bins,
                                      packed_node_, scores_.data());
  if (largest > best.score) choose_many(feature, bins, best);
  return true;
}

bool SplitSearch::consider_many_narrow(uint32_t feature, Split& best) {
  uint32_t* const histogram = half_histogram_.data();
  const uint8_t* const bins_of_rows = x_.column(feature);
  for (size_t i = 0; i < node_.size(); ++i) histogram[bins_of_rows[node_[i].row]] += sample_halves_[i];
  const size_t bins = sum_narrow(histogram, x_.bins(feature), half_left_.data(), occupied_.data());
  if (bins < 2) return false;
  const double largest = score_narrow(half_left_.data(), classes_, bins, packed_node_, scores_.data());
  if (largest > best.score) choose_many(feature, bins, best);
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
