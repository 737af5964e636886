// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_PACKED_BINS_H_
#define SLEEVE_LEARN_PACKED_BINS_H_

#include <cstddef>
#include <cstdint>

#include "learn/binning.h"
#include "learn/packed_score.h"

// Adding up a node's packed draws (packed_score.h) from bin to bin, eight or sixteen bins at a time where the
// machine can (AVX-512 with VBMI2). Whole numbers: the same on every machine. For this room's .cc files only.
namespace sleeve {

// By word: draws per bin; draws to the left of the cut behind the i-th occupied bin. `high` is nullptr if one
// word has all classes.
struct PackedWords {
  uint64_t* low;
  uint64_t* high;
};

// So many bins are summed up, and written, at once: by sum_wide() and by sum_narrow().
inline constexpr size_t kWordsAtOnce = 8;
inline constexpr size_t kHalvesAtOnce = 16;
inline constexpr size_t kLeftPlaces = kMaxBins + kWordsAtOnce;
inline constexpr size_t kNarrowPlaces = kMaxBins + kHalvesAtOnce;
inline constexpr size_t kOccupiedPlaces = kMaxBins + kHalvesAtOnce;

// Whether the two may be called.
bool sums_wide();

// Fills `left` (of kLeftPlaces; behind the last cut as score_packed() wants it) and `occupied` (of
// kOccupiedPlaces: which bins have draws, in their order), clears the histogram (of kMaxBins), of which only
// the first `all_bins` have draws. Returns how many are occupied.
size_t sum_wide(const PackedWords& histogram, size_t all_bins, const PackedWords& left, uint8_t* occupied);

// The same of narrow draws; `left` is of kNarrowPlaces.
size_t sum_narrow(uint32_t* histogram, size_t all_bins, uint32_t* left, uint8_t* occupied);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_PACKED_BINS_H_
