// SPDX-License-Identifier: Apache-2.0
#include "feature/lbp_kernel.h"

#include <cmath>
#include <numbers>

#include "feature/cpu.h"

#if SLEEVE_HAS_AVX2_KERNELS
#include <immintrin.h>
#endif

namespace sleeve {
namespace {

constexpr int64_t kDecimals = 100'000;
constexpr int kWeightBits = 15;
constexpr int32_t kWeightSum = 1 << kWeightBits;

struct SplitOffset {
  int whole;
  double fraction;
};

SplitOffset split_offset(double offset) {
  const auto scaled = static_cast<int64_t>(std::nearbyint(offset * kDecimals));
  const int64_t whole = scaled >= 0 ? scaled / kDecimals : -((-scaled + kDecimals - 1) / kDecimals);
  return {static_cast<int>(whole), static_cast<double>(scaled - whole * kDecimals) / kDecimals};
}

}  // namespace

std::vector<LbpPoint> lbp_points(int points, int radius) {
  std::vector<LbpPoint> result;
  for (int i = 0; i < points; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / points;
    const SplitOffset row = split_offset(-radius * std::sin(angle));
    const SplitOffset column = split_offset(radius * std::cos(angle));
    const double shares[4] = {(1 - row.fraction) * (1 - column.fraction),
                              (1 - row.fraction) * column.fraction, row.fraction * (1 - column.fraction),
                              row.fraction * column.fraction};
    LbpPoint point{row.whole, column.whole, {}};
    int32_t sum = 0;
    int largest = 0;
    for (int k = 0; k < 4; ++k) {
      point.weights[k] = static_cast<int32_t>(std::nearbyint(shares[k] * kWeightSum));
      sum += point.weights[k];
      if (point.weights[k] > point.weights[largest]) largest = k;
    }
    point.weights[largest] += kWeightSum - sum;
    result.push_back(point);
  }
  return result;
}

void lbp_row_plain(std::span<const LbpPoint> points, const LbpWindow& window, uint8_t* codes) {
  const uint8_t* centre = window.rows[static_cast<size_t>(window.margin)] + window.margin;
  for (size_t x = 0; x < window.width; ++x) {
    int ones = 0, changes = 0, last = -1;
    for (const LbpPoint& point : points) {
      const auto row = static_cast<size_t>(window.margin + point.row);
      const size_t at = x + static_cast<size_t>(window.margin + point.column);
      // An axis without a fraction has no second pixel: the window may end there.
      const bool right = point.weights[1] != 0 || point.weights[3] != 0;
      const bool below = point.weights[2] != 0 || point.weights[3] != 0;
      const uint8_t* upper = window.rows[row] + at;
      const uint8_t* lower = below ? window.rows[row + 1] + at : upper;
      const int32_t sum = point.weights[0] * upper[0] + point.weights[1] * upper[right ? 1 : 0] +
                          point.weights[2] * lower[0] + point.weights[3] * lower[right ? 1 : 0];
      const int bit = sum >= kWeightSum * centre[x] ? 1 : 0;
      ones += bit;
      changes += last >= 0 && bit != last ? 1 : 0;
      last = bit;
    }
    codes[x] = static_cast<uint8_t>(changes <= 2 ? ones : static_cast<int>(points.size()) + 1);
  }
}

#if SLEEVE_HAS_AVX2_KERNELS
namespace {

SLEEVE_AVX2 SLEEVE_INLINE __m256i load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

// The two 16-bit weights of a pair of pixels, in every 32-bit lane.
SLEEVE_AVX2 SLEEVE_INLINE __m256i weight_pair(int32_t left, int32_t right) {
  return _mm256_set1_epi32(left | right << 16);
}

// Bytes that are 0xff where the point is darker than the centre, for 32 pixels. The packing leaves
// the pixels in another order (blocks of four 0,2,4,6,1,3,5,7 …), the same for every point.
SLEEVE_AVX2 SLEEVE_INLINE __m256i darker(const LbpPoint& point, const LbpWindow& window, size_t x,
                                         const __m256i* centre) {
  const auto row = static_cast<size_t>(window.margin + point.row);
  const size_t at = 2 * (x + static_cast<size_t>(window.margin + point.column));
  const int16_t* upper = window.pairs[row] + at;
  const __m256i upper_weights = weight_pair(point.weights[0], point.weights[1]);
  __m256i sums[4];
  for (size_t i = 0; i < 4; ++i) sums[i] = _mm256_madd_epi16(load(upper + 16 * i), upper_weights);
  if (point.weights[2] != 0 || point.weights[3] != 0) {
    const int16_t* lower = window.pairs[row + 1] + at;
    const __m256i lower_weights = weight_pair(point.weights[2], point.weights[3]);
    for (size_t i = 0; i < 4; ++i) {
      sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(load(lower + 16 * i), lower_weights));
    }
  }
  for (size_t i = 0; i < 4; ++i) sums[i] = _mm256_cmpgt_epi32(centre[i], sums[i]);
  return _mm256_packs_epi16(_mm256_packs_epi32(sums[0], sums[1]), _mm256_packs_epi32(sums[2], sums[3]));
}

// 32 pixels whose point lies on a pixel: weight 32768 doesn't fit into 16 bits and needn't.
SLEEVE_AVX2 SLEEVE_INLINE __m256i darker_pixel(const LbpPoint& point, const LbpWindow& window, size_t x,
                                               __m256i centre_bytes) {
  const uint8_t* row = window.rows[static_cast<size_t>(window.margin + point.row)];
  const __m256i pixels = load(row + x + static_cast<size_t>(window.margin + point.column));
  const __m256i not_darker = _mm256_cmpeq_epi8(_mm256_max_epu8(pixels, centre_bytes), pixels);
  const __m256i mask = _mm256_xor_si256(not_darker, _mm256_set1_epi8(-1));
  // Into the order that packing gives: its inverse is applied at the end.
  return _mm256_permutevar8x32_epi32(mask, _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
}

SLEEVE_AVX2 void code_32(std::span<const LbpPoint> points, const LbpWindow& window, size_t x,
                         uint8_t* codes) {
  const auto margin = static_cast<size_t>(window.margin);
  const __m256i centre_bytes = load(window.rows[margin] + margin + x);
  __m256i centre[4];
  for (size_t i = 0; i < 4; ++i) {
    const __m256i pair = load(window.pairs[margin] + 2 * (margin + x) + 16 * i);
    centre[i] = _mm256_slli_epi32(_mm256_and_si256(pair, _mm256_set1_epi32(0xffff)), kWeightBits);
  }
  __m256i zeros = _mm256_setzero_si256(), changes = _mm256_setzero_si256(), last = _mm256_setzero_si256();
  bool first = true;
  for (const LbpPoint& point : points) {
    const __m256i mask = point.weights[0] == kWeightSum ? darker_pixel(point, window, x, centre_bytes)
                                                        : darker(point, window, x, centre);
    zeros = _mm256_sub_epi8(zeros, mask);
    if (!first) changes = _mm256_sub_epi8(changes, _mm256_xor_si256(mask, last));
    last = mask;
    first = false;
  }
  const auto count = static_cast<char>(points.size());
  const __m256i ones = _mm256_sub_epi8(_mm256_set1_epi8(count), zeros);
  const __m256i mixed = _mm256_cmpgt_epi8(changes, _mm256_set1_epi8(2));
  const __m256i code = _mm256_blendv_epi8(ones, _mm256_set1_epi8(static_cast<char>(count + 1)), mixed);
  const __m256i ordered = _mm256_permutevar8x32_epi32(code, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  _mm256_storeu_si256(static_cast<__m256i*>(static_cast<void*>(codes + x)), ordered);
}

}  // namespace
#endif

void lbp_row(std::span<const LbpPoint> points, const LbpWindow& window, uint8_t* codes) {
#if SLEEVE_HAS_AVX2_KERNELS
  if (cpu_has_avx2()) {
    for (size_t x = 0; x < window.width; x += 32) code_32(points, window, x, codes);
    return;
  }
#endif
  lbp_row_plain(points, window, codes);
}

}  // namespace sleeve
