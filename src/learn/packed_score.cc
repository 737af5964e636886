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

// With the number of classes known, the compiler keeps everything in registers.
template <size_t kClasses>
[[gnu::always_inline]] inline double score(const uint64_t* low, const uint64_t* high, size_t count,
                                           const PackedNode& node, double* scores) {
  Doubles best = Doubles{} - std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < count; i += kLanes) {
    const auto low_words = load_lanes<Words>(low + i);
    const auto high_words = kClasses > kClassesPerWord ? load_lanes<Words>(high + i) : Words{};
    Doubles mass{};
    Doubles squares{};
    Doubles products{};
    for (size_t label = 0; label < kClasses; ++label) {
      const Words& words = label < kClassesPerWord ? low_words : high_words;
      const Doubles own =
          as_doubles(words >> (16 * (label % kClassesPerWord)) & 0xffff) * node.weights[label];
      mass += own;
      squares += own * own;
      products += own * node.totals[label];
    }
    // Σ r² = Σ (t - l)² = Σ t² - 2·Σ t·l + Σ l².
    const Doubles right_mass = node.mass - mass;
    const Doubles right_squares = node.squares - 2.0 * products + squares;
    const Doubles eight = (squares * right_mass + right_squares * mass) / (mass * right_mass);
    best = eight > best ? eight : best;
    store_lanes(eight, scores + i);
  }
  return largest_lane(best);
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

}  // namespace sleeve
