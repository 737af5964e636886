// SPDX-License-Identifier: Apache-2.0
#include "learn/packed_score.h"

#include <bit>
#include <cassert>

#include "learn/widest.h"

namespace sleeve {
namespace {

// Of a whole number below 2⁵²: put into the last bits of 2⁵², which is then taken away. Unlike a conversion
// it keeps to lanes of 64 bits.
[[gnu::always_inline]] inline double as_double(uint64_t value) {
  constexpr uint64_t kBitsOf2To52 = 0x4330000000000000;
  return std::bit_cast<double>(value | kBitsOf2To52) - 0x1.0p52;
}

// With the number of classes known, the compiler keeps everything in registers, many cuts at a time.
template <size_t kClasses>
[[gnu::always_inline]] inline void score(const uint64_t* low, const uint64_t* high, size_t count,
                                         const PackedNode& node, double* scores) {
  const std::array<double, kMaxPackedClasses> weights = node.weights;
  const std::array<double, kMaxPackedClasses> totals = node.totals;
  for (size_t i = 0; i < count; ++i) {
    double mass = 0.0;
    double squares = 0.0;
    double products = 0.0;
    for (size_t label = 0; label < kClasses; ++label) {
      const uint64_t word = label < kClassesPerWord ? low[i] : high[i];
      const double own = as_double(word >> (16 * (label % kClassesPerWord)) & 0xffff) * weights[label];
      mass += own;
      squares += own * own;
      products += own * totals[label];
    }
    // Σ r² = Σ (t - l)² = Σ t² - 2·Σ t·l + Σ l².
    const double right_mass = node.mass - mass;
    const double right_squares = node.squares - 2.0 * products + squares;
    scores[i] = (squares * right_mass + right_squares * mass) / (mass * right_mass);
  }
}

SLEEVE_WIDEST void score2(const uint64_t* low, size_t count, const PackedNode& node, double* scores) {
  score<2>(low, nullptr, count, node, scores);
}
SLEEVE_WIDEST void score3(const uint64_t* low, size_t count, const PackedNode& node, double* scores) {
  score<3>(low, nullptr, count, node, scores);
}
SLEEVE_WIDEST void score4(const uint64_t* low, size_t count, const PackedNode& node, double* scores) {
  score<4>(low, nullptr, count, node, scores);
}
SLEEVE_WIDEST void score5(const uint64_t* low, const uint64_t* high, size_t count, const PackedNode& node,
                          double* scores) {
  score<5>(low, high, count, node, scores);
}
SLEEVE_WIDEST void score8(const uint64_t* low, const uint64_t* high, size_t count, const PackedNode& node,
                          double* scores) {
  score<8>(low, high, count, node, scores);
}

}  // namespace

void score_packed(const uint64_t* low, const uint64_t* high, size_t classes, size_t count,
                  const PackedNode& node, double* scores) {
  assert(classes <= kMaxPackedClasses && (classes <= kClassesPerWord || high != nullptr));
  if (classes <= 2) return score2(low, count, node, scores);
  if (classes == 3) return score3(low, count, node, scores);
  if (classes == 4) return score4(low, count, node, scores);
  // Classes that aren't there have no draws and add nothing.
  if (classes == 5) return score5(low, high, count, node, scores);
  score8(low, high, count, node, scores);
}

}  // namespace sleeve
