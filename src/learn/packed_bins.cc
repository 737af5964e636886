// SPDX-License-Identifier: Apache-2.0
#include "learn/packed_bins.h"

#include <bit>
#include <cassert>

#if defined(__x86_64__) && defined(__GNUC__)
#define SLEEVE_SUMS_WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,popcnt")))
#include <immintrin.h>
#endif

namespace sleeve {

#ifdef SLEEVE_SUMS_WIDE

namespace {

constexpr __mmask8 kAll = 0xff;

// Lane i of the result: the sum of lanes 0 … i. Instructions that leave lanes out are taken with zeros there.
SLEEVE_SUMS_WIDE inline __m512i running_sums(__m512i own) {
  __m512i sums = _mm512_add_epi64(own, _mm512_maskz_alignr_epi64(0xfe, own, own, 7));
  sums = _mm512_add_epi64(sums, _mm512_maskz_alignr_epi64(0xfc, sums, sums, 6));
  return _mm512_add_epi64(sums, _mm512_maskz_alignr_epi64(0xf0, sums, sums, 4));
}

SLEEVE_SUMS_WIDE inline __m512i running_halves(__m512i own) {
  __m512i sums = _mm512_add_epi32(own, _mm512_maskz_alignr_epi32(0xfffe, own, own, 15));
  sums = _mm512_add_epi32(sums, _mm512_maskz_alignr_epi32(0xfffc, sums, sums, 14));
  sums = _mm512_add_epi32(sums, _mm512_maskz_alignr_epi32(0xfff0, sums, sums, 12));
  return _mm512_add_epi32(sums, _mm512_maskz_alignr_epi32(0xff00, sums, sums, 8));
}

// One word of eight bins: puts the sums up to the occupied ones side by side, adds the last to `before`.
SLEEVE_SUMS_WIDE inline void sum_eight(__m512i own, __mmask8 occupied, uint64_t* left, __m512i& before) {
  const __m512i sums = running_sums(own);
  _mm512_storeu_si512(left, _mm512_maskz_compress_epi64(occupied, _mm512_add_epi64(sums, before)));
  before = _mm512_add_epi64(before, _mm512_maskz_permutexvar_epi64(kAll, _mm512_set1_epi64(7), sums));
}

template <bool kTwoWords>
SLEEVE_SUMS_WIDE size_t sum_words(const PackedWords& histogram, size_t all_bins, const PackedWords& left,
                                  uint8_t* occupied) {
  static_assert(kMaxBins % kWordsAtOnce == 0 && kWordsAtOnce == 8 && kCutsAtOnce <= kWordsAtOnce);
  const __m512i nothing = _mm512_setzero_si512();
  __m512i low_before = nothing;
  __m512i high_before = nothing;
  __m128i numbers = _mm_set_epi64x(0, 0x0706050403020100);
  size_t bins = 0;
  for (size_t bin = 0; bin < all_bins; bin += 8) {
    const __m512i low = _mm512_loadu_si512(histogram.low + bin);
    _mm512_storeu_si512(histogram.low + bin, nothing);
    __m512i any = low;
    __m512i high = nothing;
    if constexpr (kTwoWords) {
      high = _mm512_loadu_si512(histogram.high + bin);
      _mm512_storeu_si512(histogram.high + bin, nothing);
      any = _mm512_or_si512(low, high);
    }
    const __mmask8 mask = _mm512_test_epi64_mask(any, any);
    sum_eight(low, mask, left.low + bins, low_before);
    if constexpr (kTwoWords) sum_eight(high, mask, left.high + bins, high_before);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(occupied + bins), _mm_maskz_compress_epi8(mask, numbers));
    numbers = _mm_add_epi8(numbers, _mm_set1_epi8(8));
    bins += static_cast<size_t>(std::popcount(static_cast<unsigned>(mask)));
  }
  _mm512_storeu_si512(left.low + bins, low_before);
  if constexpr (kTwoWords) _mm512_storeu_si512(left.high + bins, high_before);
  return bins;
}

SLEEVE_SUMS_WIDE size_t sum_halves(uint32_t* histogram, size_t all_bins, uint32_t* left, uint8_t* occupied) {
  static_assert(kMaxBins % kHalvesAtOnce == 0 && kHalvesAtOnce == 16);
  const __m512i nothing = _mm512_setzero_si512();
  __m512i before = nothing;
  __m128i numbers = _mm_set_epi64x(0x0f0e0d0c0b0a0908, 0x0706050403020100);
  size_t bins = 0;
  for (size_t bin = 0; bin < all_bins; bin += 16) {
    const __m512i own = _mm512_loadu_si512(histogram + bin);
    _mm512_storeu_si512(histogram + bin, nothing);
    const __mmask16 mask = _mm512_test_epi32_mask(own, own);
    const __m512i sums = running_halves(own);
    _mm512_storeu_si512(left + bins, _mm512_maskz_compress_epi32(mask, _mm512_add_epi32(sums, before)));
    before = _mm512_add_epi32(before, _mm512_maskz_permutexvar_epi32(0xffff, _mm512_set1_epi32(15), sums));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(occupied + bins), _mm_maskz_compress_epi8(mask, numbers));
    numbers = _mm_add_epi8(numbers, _mm_set1_epi8(16));
    bins += static_cast<size_t>(std::popcount(static_cast<unsigned>(mask)));
  }
  _mm512_storeu_si512(left + bins, before);
  return bins;
}

}  // namespace

bool sums_wide() {
  static const bool can = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                          __builtin_cpu_supports("avx512vl") != 0 &&
                          __builtin_cpu_supports("avx512vbmi2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  return can;
}

size_t sum_wide(const PackedWords& histogram, size_t all_bins, const PackedWords& left, uint8_t* occupied) {
  assert(sums_wide() && all_bins <= kMaxBins);
  return histogram.high == nullptr ? sum_words<false>(histogram, all_bins, left, occupied)
                                   : sum_words<true>(histogram, all_bins, left, occupied);
}

size_t sum_narrow(uint32_t* histogram, size_t all_bins, uint32_t* left, uint8_t* occupied) {
  assert(sums_wide() && all_bins <= kMaxBins);
  return sum_halves(histogram, all_bins, left, occupied);
}

#else

bool sums_wide() { return false; }
size_t sum_wide(const PackedWords&, size_t, const PackedWords&, uint8_t*) {
  assert(false);
  return 0;
}
size_t sum_narrow(uint32_t*, size_t, uint32_t*, uint8_t*) {
  assert(false);
  return 0;
}

#endif

}  // namespace sleeve
