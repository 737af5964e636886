// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_PACKED_SCORE_H_
#define SLEEVE_LEARN_PACKED_SCORE_H_

#include <array>
#include <cstddef>
#include <cstdint>

// Draws per class, packed: 16 bits each, four classes a word. Counting a row, or adding up bins, is then one
// addition for all classes of a word. For this room's .cc files only.
namespace sleeve {

inline constexpr size_t kClassesPerWord = 4;
inline constexpr size_t kMaxPackedClasses = 2 * kClassesPerWord;
inline constexpr size_t kMaxPackedDraws = 0xffff;  // of a tree: no count, and no sum of counts, is larger

inline uint64_t packed_draws(size_t label, uint32_t draws) {
  return static_cast<uint64_t>(draws) << (16 * (label % kClassesPerWord));
}

// Narrower, where a node has few draws: all classes (four at most) in half a word.
inline constexpr size_t kMaxNarrowClasses = 4;
inline constexpr unsigned narrow_bits(size_t classes) { return classes <= 2 ? 16 : classes == 3 ? 10 : 8; }
inline bool fits_narrow(size_t classes, uint32_t all_draws) {
  return classes <= kMaxNarrowClasses && all_draws < 1U << narrow_bits(classes);
}
inline uint32_t narrow_draws(size_t classes, size_t label, uint32_t draws) {
  return draws << (narrow_bits(classes) * label);
}

// A node's class masses, and what weighs a draw of a class.
struct PackedNode {
  std::array<double, kMaxPackedClasses> weights{};
  std::array<double, kMaxPackedClasses> totals{};
  double mass = 0.0;
  double squares = 0.0;  // Σ totals²
};

// Cuts are scored so many at a time: arrays of cuts have room for a multiple, and hold in the places behind
// the last cut what a cut behind the last row would have.
inline constexpr size_t kCutsAtOnce = 8;

// The Gini scores (split_score.h) of `count` cuts, and the largest of them: to the left of cut i are the
// draws low[i], of classes 0 to 3, and high[i], of 4 to 7. `high` may be nullptr for at most four classes. A
// cut with an empty side has the score NaN. The same operations in the same order as for counts that are not
// packed: the same bits.
double score_packed(const uint64_t* low, const uint64_t* high, size_t classes, size_t count,
                    const PackedNode& node, double* scores);
// The same of narrow draws.
double score_narrow(const uint32_t* left, size_t classes, size_t count, const PackedNode& node,
                    double* scores);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_PACKED_SCORE_H_
