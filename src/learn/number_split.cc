// SPDX-License-Identifier: Apache-2.0
#include "learn/number_split.h"

#include <bit>
#include <utility>

#include "learn/bin_order.h"
#include "learn/widest.h"

namespace sleeve {
namespace {

SLEEVE_WIDEST void score_sides(const double* draws, const double* sums, size_t count, double all_draws,
                               double all_sum, double* scores) {
  for (size_t i = 0; i < count; ++i) {
    const double rest = all_draws - draws[i];
    const double rest_sum = all_sum - sums[i];
    scores[i] = (sums[i] * sums[i] * rest + rest_sum * rest_sum * draws[i]) / (draws[i] * rest);
  }
}

}  // namespace

NumberNode NumberNode::of(std::span<const NumberSample> samples) {
  NumberNode node;
  for (const NumberSample& sample : samples) {
    node.draws += sample.draws;
    node.sum += sample.sum();
    node.pure = node.pure && sample.value == samples[0].value;
  }
  return node;
}

void NumberSplitSearch::start(std::span<const NumberSample> samples, const NumberNode& node) {
  samples_ = samples;
  node_ = node;
  if (samples.size() > kSmall) return;
  for (size_t i = 0; i < samples.size(); ++i) row_bins_[i] = x_.row(samples[i].row);
}

bool NumberSplitSearch::consider(uint32_t feature, Split& best) {
  return samples_.size() <= kSmall ? consider_few(feature, best) : consider_many(feature, best);
}

void NumberSplitSearch::prefetch(uint32_t feature) const {
  if (samples_.size() <= kSmall) {
    for (size_t i = 0; i < samples_.size(); ++i) __builtin_prefetch(row_bins_[i] + feature);
  } else if (samples_.size() >= x_.rows() / kCacheLine) {
    const uint8_t* bins = x_.column(feature);
    for (size_t row = 0; row < x_.rows(); row += kCacheLine) __builtin_prefetch(bins + row);
  }
}

void NumberSplitSearch::score_cuts(size_t count) {
  score_sides(left_draws_.data(), left_sums_.data(), count, node_.draws, node_.sum, scores_.data());
}

bool NumberSplitSearch::consider_few(uint32_t feature, Split& best) {
  static_assert(kSmall <= size_t{1} << kPlaceBits);
  const size_t count = samples_.size();
  if (!rank_rows(row_bins_.data(), count, feature, keys_.data(), ranks_.data())) return false;
  for (size_t i = 0; i < count; ++i) order_[static_cast<size_t>(ranks_[i])] = static_cast<uint16_t>(i);
  double draws = 0.0;
  double sum = 0.0;
  for (size_t i = 0; i < count; ++i) {
    const size_t place = order_[i];
    left_draws_[i] = draws += samples_[place].draws;
    left_sums_[i] = sum += samples_[place].sum();
    occupied_[i] = bin_of_key(keys_[place]);
  }
  score_cuts(count - 1);
  for (size_t i = 0; i + 1 < count; ++i) {
    if (scores_[i] > best.score && occupied_[i] != occupied_[i + 1] && enough_rows(i + 1)) {
      best = {feature, occupied_[i], occupied_[i + 1], scores_[i]};
    }
  }
  return true;
}

bool NumberSplitSearch::consider_many(uint32_t feature, Split& best) {
  const uint8_t* const bins_of_rows = x_.column(feature);
  for (const NumberSample& sample : samples_) {
    const size_t bin = bins_of_rows[sample.row];
    Bin& counted = histogram_[bin];
    counted.sum += sample.sum();
    counted.draws += sample.draws;
    ++counted.rows;
    touched_[bin] = 1;
  }
  size_t bins = 0;
  size_t rows = 0;
  double draws = 0.0;
  double sum = 0.0;
  for (size_t first = 0; first < kMaxBins; first += 64) {
    for (uint64_t bits = take_flags(touched_.data() + first); bits != 0; bits &= bits - 1) {
      const size_t bin = first + static_cast<size_t>(std::countr_zero(bits));
      const Bin counted = std::exchange(histogram_[bin], Bin{});
      left_rows_[bins] = rows += counted.rows;
      left_draws_[bins] = draws += counted.draws;
      left_sums_[bins] = sum += counted.sum;
      occupied_[bins++] = static_cast<uint8_t>(bin);
    }
  }
  if (bins < 2) return false;
  score_cuts(bins - 1);
  for (size_t i = 0; i + 1 < bins; ++i) {
    if (scores_[i] > best.score && enough_rows(left_rows_[i])) {
      best = {feature, occupied_[i], occupied_[i + 1], scores_[i]};
    }
  }
  return true;
}

}  // namespace sleeve
