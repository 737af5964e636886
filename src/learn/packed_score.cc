// SPDX-License-Identifier: Apache-2.0
#include "learn/packed_score.h"

#include <cassert>
#include <limits>

#include "learn/lanes.h"
#include "learn/widest.h"

namespace sleeve {
namespace {

static_assert(kCutsAtOnce == kLanes);

// Of whole numbers below 2⁵²: put into the last bits of 2⁵², which is then taken away. Unlike a conversion
// it keeps to lanes of 64 bits.
[[gnu::always_inline]] inline Doubles as_doubles(const Words& values) {
  constexpr uint64_t kBitsOf2To52 = 0x4330000000000000;
  return reinterpret_cast<Doubles>(values | kBitsOf2To52) - 0x1.0p52;
}

// Of eight cuts, whose words of class c (from 0) are words_of(c) with its draws shifted up by bits · c.
template <size_t kClasses, unsigned kBits, class WordsOf>
[[gnu::always_inline]] inline Doubles score_eight(const PackedNode& node, const WordsOf& words_of) {
  constexpr size_t kFields = kBits == 16 ? kClassesPerWord : kClasses;
  Doubles mass{};
  Doubles squares{};
  Doubles products{};
  for (size_t label = 0; label < kClasses; ++label) {
    const Words field = words_of(label) >> (kBits * (label % kFields)) & ((uint64_t{1} << kBits) - 1);
    const Doubles own = as_doubles(field) * node.weights[label];
    mass += own;
    squares += own * own;
    products += own * node.totals[label];
  }
  // Σ r² = Σ (t - l)² = Σ t² - 2·Σ t·l + Σ l².
  const Doubles right_mass = node.mass - mass;
  const Doubles right_squares = node.squares - 2.0 * products + squares;
  return (squares * right_mass + right_squares * mass) / (mass * right_mass);
}

// `eight(i)`: the scores of cuts i to i+7.
template <class Eight>
[[gnu::always_inline]] inline double score_all(size_t count, double* scores, const Eight& eight) {
  Doubles best = Doubles{} - std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < count; i += kLanes) {
    const Doubles own = eight(i);
    best = own > best ? own : best;
    store_lanes(own, scores + i);
  }
  return largest_lane(best);
}

// With the number of classes known, the compiler keeps everything in registers.
template <size_t kClasses>
[[gnu::always_inline]] inline double score(const uint64_t* low, const uint64_t* high, size_t count,
                                           const PackedNode& node, double* scores) {
  return score_all(
      count, scores, [&](size_t i) __attribute__((always_inline)) {
        const auto low_words = load_lanes<Words>(low + i);
        const auto high_words = kClasses > kClassesPerWord ? load_lanes<Words>(high + i) : Words{};
        return score_eight<kClasses, 16>(
            node, [&](size_t label) __attribute__((always_inline)) {
              return label < kClassesPerWord ? low_words : high_words;
            });
      });
}

template <size_t kClasses>
[[gnu::always_inline]] inline double score(const uint32_t* left, size_t count, const PackedNode& node,
                                           double* scores) {
  return score_all(
      count, scores, [&](size_t i) __attribute__((always_inline)) {
        const Words words = __builtin_convertvector(load_lanes<EightUints>(left + i), Words);
        return score_eight<kClasses, narrow_bits(kClasses)>(
            node, [&](size_t) __attribute__((always_inline)) { return words; });
      });
}

SLEEVE_WIDEST double score2(const uint64_t* low, size_t count, const PackedNode& node, double* scores) {
  return score<2>(low, nullptr, count, node, scores);
}
SLEEVE_WIDEST double score3(const uint64_t* low, size_t count, const PackedNode& node, double* scores) {
  return score<3>(low, nullptr, count, node, scores);
}
SLEEVE_WIDEST double score4(const uint64_t* low, size_t count, const PackedNode& node, double* scores) {
  return score<4>(low, nullptr, count, node, scores);
}
SLEEVE_WIDEST double score5(const uint64_t* low, const uint64_t* high, size_t count, const PackedNode& node,
                            double* scores) {
  return score<5>(low, high, count, node, scores);
}
SLEEVE_WIDEST double narrow2(const uint32_t* left, size_t count, const PackedNode& node, double* scores) {
  return score<2>(left, count, node, scores);
}
SLEEVE_WIDEST double narrow3(const uint32_t* left, size_t count, const PackedNode& node, double* scores) {
  return score<3>(left, count, node, scores);
}
SLEEVE_WIDEST double narrow4(const uint32_t* left, size_t count, const PackedNode& node, double* scores) {
  return score<4>(left, count, node, scores);
}
SLEEVE_WIDEST double score8(const uint64_t* low, const uint64_t* high, size_t count, const PackedNode& node,
                            double* scores) {
  return score<8>(low, high, count, node, scores);
}

}  // namespace

double score_packed(const uint64_t* low, const uint64_t* high, size_t classes, size_t count,
                    const PackedNode& node, double* scores) {
  assert(classes <= kMaxPackedClasses && (classes <= kClassesPerWord || high != nullptr));
  if (classes <= 2) return score2(low, count, node, scores);
  if (classes == 3) return score3(low, count, node, scores);
  if (classes == 4) return score4(low, count, node, scores);
  // Classes that aren't there have no draws and add nothing.
  if (classes == 5) return score5(low, high, count, node, scores);
  return score8(low, high, count, node, scores);
}

double score_narrow(const uint32_t* left, size_t classes, size_t count, const PackedNode& node,
                    double* scores) {
  assert(classes <= kMaxNarrowClasses);
  if (classes <= 2) return narrow2(left, count, node, scores);
  return classes == 3 ? narrow3(left, count, node, scores) : narrow4(left, count, node, scores);
}

}  // namespace sleeve
