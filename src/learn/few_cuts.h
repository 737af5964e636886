// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_FEW_CUTS_H_
#define SLEEVE_LEARN_FEW_CUTS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "learn/packed_score.h"

// The best Gini cut of one feature at a node of few rows. Nothing is sorted: every row is held against every
// other, 32 at a time, which tells at once what would lie to the left of a cut behind it. For this room's .cc
// files only.
namespace sleeve {

inline constexpr size_t kFewRows = 32;
inline constexpr uint32_t kMaxFewDraws = 0x7fff;  // of a node: counts are kept in 16 bits
inline constexpr int16_t kNoBin = 0x7fff;         // of the places behind the last row

// The rows of a small node, those of one class together.
struct FewRows {
  size_t count = 0;
  size_t classes = 0;
  std::array<uint32_t, kMaxPackedClasses + 1> begins{};  // of class c: rows begins[c] to begins[c + 1]
  std::array<int16_t, kFewRows> draws{};
};

struct FewCut {
  static constexpr size_t kNone = kFewRows;
  size_t row = kNone;  // whose bin is the last on the left; the lowest bin of those that are as good
  double score = 0.0;
};

// The cut with the largest score (packed_score.h: the same bits), if that is above `least` and both sides
// have at least `min_leaf` rows. `bins` has kFewRows places: a row's bin, kNoBin behind the last row;
// `last_bin` is the largest bin.
FewCut best_few_cut(const int16_t* bins, int16_t last_bin, const FewRows& rows, const PackedNode& node,
                    size_t min_leaf, double least);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_FEW_CUTS_H_
