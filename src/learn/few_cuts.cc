// SPDX-License-Identifier: Apache-2.0
#include "learn/few_cuts.h"

#include <algorithm>
#include <limits>

#include "learn/lanes.h"
#include "learn/widest.h"

namespace sleeve {
namespace {

static_assert(kFewRows == kShortLanes);

using LeftDraws = std::array<std::array<int16_t, kFewRows>, kMaxPackedClasses>;  // by class, then by row

// What lies to the left of a cut behind each row; no draws at all where there can't be a cut. Selections by a
// comparison, one at a time: what is made of several comparisons the compiler takes apart into single lanes.
template <bool kCountRows>
[[gnu::always_inline]] inline void count_left(const int16_t* bins, int16_t last_bin, const FewRows& rows,
                                              int16_t min_leaf, LeftDraws& left) {
  const auto own = load_lanes<Shorts>(bins);
  constexpr Shorts kNothing{};
  Shorts counted{};
  for (size_t label = 0; label < rows.classes; ++label) {
    Shorts draws{};
    for (size_t j = rows.begins[label]; j < rows.begins[label + 1]; ++j) {
      draws += own >= bins[j] ? kNothing + rows.draws[j] : kNothing;
      if constexpr (kCountRows) counted += own >= bins[j] ? kNothing + int16_t{1} : kNothing;
    }
    draws = own < last_bin ? draws : kNothing;
    store_lanes(draws, left[label].data());
  }
  if constexpr (kCountRows) {
    const Shorts right = static_cast<int16_t>(rows.count) - counted;
    for (size_t label = 0; label < rows.classes; ++label) {
      auto draws = load_lanes<Shorts>(left[label].data());
      draws = counted >= min_leaf ? draws : kNothing;
      draws = right >= min_leaf ? draws : kNothing;
      store_lanes(draws, left[label].data());
    }
  }
}

// In two steps, for which machines have instructions.
[[gnu::always_inline]] inline Doubles eight_doubles(const int16_t* from) {
  return __builtin_convertvector(__builtin_convertvector(load_lanes<EightShorts>(from), EightInts), Doubles);
}

// Of eight cuts; without draws on the left 0 / 0, which is larger than nothing.
[[gnu::always_inline]] inline Doubles score_eight(size_t first, size_t classes, const LeftDraws& left,
                                                  const PackedNode& node) {
  Doubles mass{};
  Doubles squares{};
  Doubles products{};
  for (size_t label = 0; label < classes; ++label) {
    const Doubles own = eight_doubles(left[label].data() + first) * node.weights[label];
    mass += own;
    squares += own * own;
    products += own * node.totals[label];
  }
  const Doubles right_mass = node.mass - mass;
  const Doubles right_squares = node.squares - 2.0 * products + squares;
  return (squares * right_mass + right_squares * mass) / (mass * right_mass);
}

// Fills `scores`, returns the largest.
SLEEVE_WIDEST double score_few(const int16_t* bins, int16_t last_bin, const FewRows& rows,
                               const PackedNode& node, int16_t min_leaf, double* scores) {
  LeftDraws left;
  if (min_leaf > 1) {
    count_left<true>(bins, last_bin, rows, min_leaf, left);
  } else {
    count_left<false>(bins, last_bin, rows, min_leaf, left);
  }
  Doubles best = Doubles{} - std::numeric_limits<double>::infinity();
  for (size_t first = 0; first < rows.count; first += kLanes) {
    const Doubles eight = score_eight(first, rows.classes, left, node);
    best = eight > best ? eight : best;
    store_lanes(eight, scores + first);
  }
  return largest_lane(best);
}

}  // namespace

FewCut best_few_cut(const int16_t* bins, int16_t last_bin, const FewRows& rows, const PackedNode& node,
                    size_t min_leaf, double least) {
  std::array<double, kFewRows> scores;
  const auto enough = static_cast<int16_t>(std::min(min_leaf, kFewRows));
  const double largest = score_few(bins, last_bin, rows, node, enough, scores.data());
  FewCut cut;
  if (!(largest > least)) return cut;
  cut.score = largest;
  int16_t lowest = kNoBin;
  for (size_t i = 0; i < rows.count; ++i) {
    if (scores[i] != largest || bins[i] >= lowest) continue;
    lowest = bins[i];
    cut.row = i;
  }
  return cut;
}

}  // namespace sleeve
